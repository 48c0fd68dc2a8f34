"""What would roll this rollout back, and whether the rehearsal saw it happen."""

from collections.abc import Iterator
from typing import Any

from sandbox.base.arms import INCUMBENT
from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import rounded_duration
from sandbox.report.decisions import ending
from sandbox.report.harm import Harm


def readiness(flight: Flight, suffered: Harm) -> Iterator[str]:
    """One line for each thing that bears on a rollback."""
    plan = flight.header.plan
    yield _gates(plan)
    acting = [str(one["name"]) for one in plan.get("alerts", []) if one.get("action") == "roll back"]
    halts = plan.get("plan", {}).get("halt", {})
    acting += [name for name, one in halts.items() if one.get("when") and one.get("then") == "roll back"]
    yield f"rolls back by itself when {', '.join(acting)} fires" if acting else "no alert or halt condition rolls back"
    watched = [name for name, one in halts.items() if not one.get("when")]
    if watched:
        yield f"people watch for: {', '.join(watched)}"
    ramp = plan.get("ramp", {})
    if ramp.get("patience") and ramp.get("out_of_patience") == "roll back":
        yield f"a step that waits for more than {ramp['patience']} past its bake is rolled back"
    yield from _recipes(plan)
    yield _rehearsed(flight, suffered)


def _gates(plan: dict[str, Any]) -> str:
    deciding = [one for one in plan.get("gates", []) if not one.get("dry_run")]
    if plan.get("ramp", {}).get("on_fail", "roll back") != "roll back":
        return "a failed gate only holds; somebody has to roll back"
    if not deciding:
        return "no gate decides, so none can roll back"
    return f"a failure of any of {len(deciding)} gate{'' if len(deciding) == 1 else 's'} rolls everybody back at once"


def _recipes(plan: dict[str, Any]) -> Iterator[str]:
    recipes = {name: one.get("rollback", {}) for name, one in plan.get("runbook", {}).items()}
    found = [
        f"{name} ({len(one['steps'])} steps, {len(one.get('requires', []))} preconditions)"
        for name, one in recipes.items() if one.get("steps")
    ]
    yield f"rollback recipe in runbook {', '.join(found)}" if found else "no runbook has a rollback recipe"


def _rehearsed(flight: Flight, suffered: Harm) -> str:
    last = ending(flight)
    if last is None or last.what not in ("roll back", "abort"):
        return "no rollback was rehearsed in this flight: nothing here shows that one works"
    late = _last_met(flight, last.at)
    left = "nobody met the candidate afterwards" if late is None else f"users met the candidate until {clock(late)}"
    began = suffered.onset
    since = "" if began is None else f", {rounded_duration(max(0, last.at - began.at))} after harm began"
    return f"rolled back at {clock(last.at)}{since}; {left}"


def _last_met(flight: Flight, at: int) -> int | None:
    """The end of the last window after an instant in which a candidate still answered users; None where none did."""
    truth = flight.truth
    met = truth.starts[(truth.requests[:, INCUMBENT + 1 :].sum(axis=(1, 2, 3)) > 0) & (truth.starts >= at)]
    return int(met[-1]) + flight.header.tick if met.size else None
