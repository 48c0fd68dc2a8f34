"""One rollout that every kind of fault is flown on: shadow, a fifth, a half, and a rollback, with alerts and pages.

It is small, and everything that a fault could touch happens in it: pools follow their shares, steps begin, a person
rolls back, alerts fire and are told of.
"""

from collections.abc import Callable
from typing import Any

from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.base.units import NS_PER_SECOND
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.faults.kinds import KINDS

MINUTE = 60 * NS_PER_SECOND
TICK = 10 * NS_PER_SECOND
ROLLED_BACK = 10 * MINUTE
ENDS = 14 * MINUTE

DRILL: dict[str, Any] = {
    "scenario": {"title": "Every fault", "seed": 11, "duration": "14m", "tick": "10s"},
    "traffic": {"kind": "steady", "mean": "60/s"},
    "users": {"count": 4_000},
    "models": {
        "incumbent": {"kind": "synthetic", "auc": 0.76, "errors": "0.2%", "latency": {"p50": "30ms", "p99": "90ms"}},
        "candidate": {"kind": "synthetic", "auc": 0.86, "errors": "0.2%", "latency": {"p50": "40ms", "p99": "110ms"}},
    },
    "services": {
        name: {"replicas": 8, "queue": 40, "cold_start": "2s", "follow_share": True, "timeout": "1s"}
        for name in ("incumbent", "candidate")
    },
    "labels": {"delay": "3s", "slowest": "12s"},
    "ramp": {
        "steps": [{"shadow": "100%", "bake": "3m"}, {"share": "20%", "bake": "3m"}, {"share": "50%", "bake": "30m"}],
    },
    "gates": [
        {"kind": "threshold", "metric": "failures.rate", "max": "90%", "dry_run": True},
        {"kind": "threshold", "metric": "drift.psi.score", "max": 9, "dry_run": True},
    ],
    "alerts": [
        {"name": "half of all", "expr": "traffic.share{arm=candidate} > 35%"},
        {"name": "more than shadow", "expr": "traffic.share{arm=candidate} > 5%", "severity": "ticket"},
        {"name": "no traffic", "expr": "absent(traffic.rate{arm=incumbent})", "for": "20s"},
    ],
    "notify": {"to": "on-call", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1m"},
}
"""The scenario, as a file would have it, but for the fault."""

SETTINGS: dict[str, dict[str, Any]] = {
    "shadow-writes": {"at": "1m", "lasts": "90s", "rate": "15%"},
    "slow-start": {"at": "5m30s", "lasts": "2m", "model": "all", "takes": "40s"},
    "autoscaler-lag": {"at": "5m30s", "lasts": "2m", "model": "all", "by": "40s"},
    "unapplied": {"at": "5m30s", "lasts": "2m"},
    "ramp-stuck": {"at": "5m", "lasts": "2m"},
    "slow-rollback": {"at": "9m", "lasts": "3m", "takes": "1m"},
    "partial-rollback": {"at": "9m", "lasts": "3m", "left": "40%"},
    "incompatible-rollback": {"at": "9m", "lasts": "3m", "rate": "40%"},
    **{kind: {"at": "5m30s", "lasts": "2m"} for kind in (
        "misrouted-alert", "silence", "alert-typo", "broad-inhibition", "monitoring-down", "scrape-gap",
    )},
    "memory-leak": {"life": "45s", "per_minute": "200MB", "factor": 2},
    "crash": {"part": "100%", "restart": "8s"},
    "latency": {"factor": 1.4},
    "warm-up": {"factor": 2.5, "time": "15s"},
    "noisy-neighbour": {"every": "40s", "factor": 1.8},
    "wrong-label": {"at": "5m30s", "lasts": "2m"},
    "lag": {"by": "40s"},
    "errors": {"rate": "10%"},
    "tail": {"part": "3%", "factor": 8},
    "sample-ratio": {"factor": 0.6},
    "no-safe-target": {"rate": "10%", "factor": 1.2},
    "overflow": {"part": "8%"},
    "partition": {"part": "15%"},
    "capacity": {"lost": "80%"},
    "mixed-versions": {"part": "50%"},
    "swapped-classes": {"part": "20%"},
    "blip": {"lasts": "30s"},
    "outage": {"lasts": "1m"},
}
"""What is said of a kind in the drill besides when it strikes, which is at 7m for 2m unless said."""


def kind_of(spec: type) -> str:
    """What a file calls a kind."""
    return str(spec.model_fields["kind"].default)  # type: ignore[attr-defined]


NAMES = tuple(map(kind_of, KINDS))
"""Every kind of fault by name."""


def settings(kind: str) -> dict[str, Any]:
    """The table of a fault in the drill."""
    return {"kind": kind, "at": "7m", "lasts": "2m"} | SETTINGS.get(kind, {})


def drill(*faults: dict[str, Any]) -> Plan:
    """The drill with these faults."""
    document = Document.model_validate(DRILL | {"faults": list(faults)})
    mistakes = [f"{one.path}: {one.message}" for one in document.problems()]
    assert not mistakes, mistakes
    return Plan(name="every-fault", text="", document=document)


def fly_drill(plan: Plan, *, keep: Callable[[RequestRows], None] | None = None, every: int = 0) -> Flight:
    """Fly the drill, with the rollback at its time; `every` ns the world is touched, which should change nothing."""
    session = Session(plan, keep=keep)
    at = 0
    while at < ROLLED_BACK:
        at = min(at + (every or ROLLED_BACK), ROLLED_BACK)
        session.advance(at)
        session.touch()
    session.apply("roll back", actor="drill")
    return session.finish()


def span(kind: str) -> tuple[int, int]:
    """When a kind strikes in the drill and when it is lifted, in ns."""
    fault = drill(settings(kind)).document.faults[0]
    return fault.at, fault.until
