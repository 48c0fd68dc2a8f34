"""Who was called by whom, and whether they came; and whether those were called whom the runbook names."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.report.debrief.acts import Act, acts, granted
from sandbox.report.debrief.clocks import Clocks
from sandbox.report.debrief.duty import Duty

CALLS = ("page", "escalate")
GRACE = 5 * 60 * NS_PER_SECOND
"""How much later than the runbook says a role may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: when, by whom, which role, how; and when the role first did anything after it, None for never."""

    at: int
    actor: str
    kind: str
    role: str
    reason: str
    answered: int | None


def calls(flight: Flight) -> tuple[Call, ...]:
    """Every call that was granted, in order."""
    done = acts(flight)
    return tuple(_call(one, done) for one in granted(flight, *CALLS))


def _call(one: Act, done: tuple[Act, ...]) -> Call:
    role = str(one.arguments["role"])
    return Call(
        at=one.at, actor=one.actor, kind=one.kind, role=role, reason=str(one.arguments.get("reason", "")),
        answered=next((act.at for act in done if act.actor == role and act.at > one.at), None),
    )


def escalated(paths: list[tuple[tuple[str, int], ...]], called: tuple[Call, ...], found: Clocks) -> Iterator[Duty]:
    """Whether each role on the paths of the runbooks that applied was called by its time, and no other was.

    A path is (role, how long after the incident was declared); nobody need be called once it is over.
    """
    began = found.detected if found.declared is None else found.declared
    if began is None:
        return
    over = min((one for one in (found.mitigated, found.recovered) if one is not None), default=found.ended)
    for role, after in dict.fromkeys(step for path in paths for step in path):
        if (due := began + after) + GRACE < over:
            first = next((one.at for one in called if one.role == role), None)
            because = "never" if first is None else f"at {clock(first)}, due at {clock(due)}"
            name = f"{role} called after {format_duration(after)}"
            yield Duty(name=name, done=first is not None and first <= due + GRACE, because=because)
    known = {role for path in paths for role, _ in path}
    others = dict.fromkeys(one.role for one in called if one.kind == "escalate" and one.role not in known)
    if known and others:
        because = f"{', '.join(others)}; the runbook names {', '.join(sorted(known))}"
        yield Duty(name="escalated to the right role", done=False, because=because)
