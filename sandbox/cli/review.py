"""The sheet that `greenroom plan review` prints: what those who approve a plan must know, on one page."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from sandbox.cli.approved import said, step_title
from sandbox.cli.check import warnings

if TYPE_CHECKING:
    from sandbox.decide.alerts.kinds import AnyAlert
    from sandbox.decide.gates.kinds import Gate
    from sandbox.scenario.approvals import Standing
    from sandbox.scenario.plan import Plan

_WIDTH = 118
_LABEL = 14


def sheet(plan: "Plan", *, stands: "Sequence[Standing]", breaks: Sequence[str]) -> Iterator[str]:
    """The lines of the sheet; `breaks` are the rules of the organisation that it breaks."""
    yield f"{plan.source}   plan {plan.hash[:12]}…"
    yield plan.document.scenario.title
    yield ""
    for label, text in _stated(plan):
        yield from _row(label, text)
    yield ""
    yield from _table("steps", _steps(plan, stands))
    yield from _table("gates", [_gate(gate) for gate in plan.gates])
    yield from _table("halts", _halts(plan))
    yield from _table("alerts", [_alert(one) for one in plan.document.alerts])
    yield from _table("ends", _ends(plan))
    yield from _table("warnings", list(warnings(plan)))
    yield from _table("rules", list(breaks))
    yield from _table("approvals", [_approval(plan, one) for one in stands] or ["waits for nobody's approval"])


def _stated(plan: "Plan") -> Iterator[tuple[str, str]]:
    table = plan.document.plan
    yield "hypothesis", table.hypothesis or "not stated"
    yield "failure", table.failure_mode or "not stated"
    yield "goal", table.goal
    yield "risk", table.risk
    yield "owner", table.owner
    speaks = {"risk": table.champions.risk, "data": table.champions.data_quality, "users": table.champions.user_impact}
    yield "champions", ", ".join(f"{who} for {what}" for what, who in speaks.items() if who)
    lineage = table.lineage.model_dump()
    yield "lineage", ", ".join(f"{what} {which}" for what, which in lineage.items() if which)
    yield "success", "; ".join(f"{one.metric} better by {one.smallest_effect}" for one in table.success)
    yield "promised", "; ".join(f"{one.metric} {one.value:g}{_interval(one.low, one.high)}" for one in table.forecast)
    yield "told", table.communication


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None and high is None else f" ({'' if low is None else low} to {'' if high is None else high})"


def _steps(plan: "Plan", stands: "Sequence[Standing]") -> list[str]:
    from sandbox.base.units import format_duration

    ramp = plan.document.ramp
    lines = []
    for number, step in enumerate(ramp.climbs, start=1):
        asked = ", ".join(one.need.role for one in stands if one.need.step == number)
        waits = f"   waits for {asked}" if asked else ""
        lines.append(f"{number:>2}  {step.title:<24} at least {format_duration(ramp.bake_of(number - 1))}{waits}")
    last = ", ".join(one.need.role for one in stands if one.need.step == len(ramp.climbs) + 1)
    return [*lines, f"    promotion{f'                waits for {last}' if last else ''}"]


def _gate(gate: "Gate") -> str:
    limits = {
        name: str(value) for name in ("min", "max", "margin", "limit", "low", "high")
        if (value := gate.model_dump(mode="json").get(name)) is not None
    }
    said = ", ".join(f"{name} {value}" for name, value in limits.items())
    steps = f", at steps {', '.join(map(str, gate.steps))}" if gate.steps else ""
    return f"{gate.name} ({gate.kind}{f', {said}' if said else ''}{steps}{', dry run' if gate.dry_run else ''})"


def _halts(plan: "Plan") -> list[str]:
    lines = []
    for name, one in plan.document.plan.halt.items():
        what = "people watch for it" if one.when is None else f"{one.when}: {one.then}"
        lines.append(name if one.when is None else f"{name}: {what}")
    return lines


def _alert(alert: "AnyAlert") -> str:
    return f"{alert.name} ({alert.severity}{'' if alert.action == 'none' else f', {alert.action}'})"


def _ends(plan: "Plan") -> list[str]:
    from sandbox.base.units import format_duration, format_share

    ramp = plan.document.ramp
    lines = [f"a failed gate: {ramp.on_fail}{'' if ramp.rollback == 'all' else ', one segment where only it failed'}"]
    if ramp.patience is not None:
        lines.append(f"out of patience after {format_duration(ramp.patience)}: {ramp.out_of_patience}")
    if ramp.hold_out:
        lines.append(f"{format_share(ramp.hold_out)} of users stay on the incumbent to the last")
    harm = format_share(plan.document.plan.acceptable_harm)
    return [*lines, f"harm has begun where more than {harm} of the candidate's answers are worse on balance"]


def _approval(plan: "Plan", one: "Standing") -> str:
    where = f"{one.need.role}, step {one.need.step} ({step_title(plan, one.need.step)})"
    if one.state == "given":
        return f"{where}: {one.because}"
    return f"{where}: comes by itself" if one.need.by_itself else f"{where}: {said(one)}"


def _table(label: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield from _row(label if number == 0 else "", line)
    if lines:
        yield ""


def _row(label: str, text: str) -> Iterator[str]:
    if not text:
        return
    pieces = wrap(text, width=_WIDTH - _LABEL, drop_whitespace=True, break_long_words=False) if len(text) > (
        _WIDTH - _LABEL
    ) else [text]
    for number, piece in enumerate(pieces):
        yield f"{label if number == 0 else '':<{_LABEL}}{piece}".rstrip()
