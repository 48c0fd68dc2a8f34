"""How teams guard rollouts today, as gates that replace a scenario's own: six policies that fly the same ramp."""

from dataclasses import dataclass, replace
from typing import Any

import tomli

from sandbox.lab.variants import rewritten
from sandbox.scenario.plan import Plan

ARGO, FLAGGER, KAYENTA = "Argo limit", "Flagger checks", "Kayenta score"
BARE, PEEKED, VALID = "z-test, no margin", "z-test, peeked", "always-valid"
MARGINS = {"failures.rate": "1pp", "latency.p95": "30%", "quality.brier": "5%"}
"""How much worse a candidate may be, of those policies that ask for a margin."""
NOTHING = dict(zip(MARGINS, ("0pp", "0%", "0%"), strict=True))


@dataclass(frozen=True, slots=True)
class Common:
    """One policy: what it is called, and how it is set here."""

    name: str
    says: str


POLICIES = (
    Common(ARGO, "failures at most 2% and p99 at most what users call slow, over 5m, every minute; three may fail"),
    Common(FLAGGER, "failures at most 1% and p99 at most what users call slow, over 1m, every minute; the fifth acts"),
    Common(KAYENTA, "Mann-Whitney on the windows of failures, p95 (+10%) and Brier, every 5m; 95 passes, 75 fails"),
    Common(BARE, "at every window a z-test at 5% of failures, p95 and Brier: is it worse at all?"),
    Common(PEEKED, "at every window a z-test at 5% of failures +1pp, p95 +30% and Brier +5%"),
    Common(VALID, "the same metrics and margins, by evidence that may be looked at at every window"),
)

NS_PER_MS = 1_000_000

_GONE = ("alerts", "alerting", "slos", "notify", "policies", "expect", "judgement", "certify", "runbook", "oncall")


def guarded(plan: Plan, policy: str) -> Plan:
    """The plan with its gates and alerts replaced by a policy's; raises ScenarioError where they do not fit it."""
    raw = tomli.loads(plan.text)
    needy = [fault.needs in ("alerts", "notify") for fault in plan.document.faults]
    raw["faults"] = [one for one, gone in zip(raw.get("faults", []), needy, strict=True) if not gone]
    for table in (*_GONE, *([] if raw["faults"] else ["faults"])):
        raw.pop(table, None)
    raw.get("ramp", {}).pop("mitigation", None)
    raw["gates"] = [{"model": plan.document.ramp.model, **gate} for gate in _gates(plan, policy)]
    changed = rewritten(plan, raw, why=f"the policy {policy}")
    return replace(changed, source=plan.source)


def _gates(plan: Plan, policy: str) -> list[dict[str, Any]]:
    slow = f"{plan.slow_ns / NS_PER_MS:g}ms"
    if policy == ARGO:
        timing = {"kind": "threshold", "interval": "1m", "over": "5m", "failure_limit": 3}
        return [
            {"name": "failures", "metric": "failures.rate", "max": "2%", **timing},
            {"name": "p99", "metric": "latency.p99", "max": slow, **timing},
        ]
    if policy == FLAGGER:
        checks = [{"metric": "failures.rate", "max": "1%"}, {"metric": "latency.p99", "max": slow}]
        return [{"name": "checks", "kind": "checks", "interval": "1m", "over": "1m", "threshold": 5, "metrics": checks}]
    if policy == KAYENTA:
        scored = [
            {"metric": "failures.rate", "group": "failures", "direction": "increase"},
            {"metric": "latency.p95", "group": "latency", "direction": "increase", "allowed_increase": 1.1},
            {"metric": "quality.brier", "group": "quality", "direction": "increase"},
        ]
        return [{
            "name": "score", "kind": "canary-score", "interval": "5m",
            "groups": {"failures": 40, "latency": 30, "quality": 30}, "metrics": scored,
        }]
    test = "always-valid" if policy == VALID else "peeked"
    return [
        {
            "name": metric, "kind": "no-worse", "metric": metric, "test": test,
            "margin": NOTHING[metric] if policy == BARE else margin,
        }
        for metric, margin in MARGINS.items()
    ]
