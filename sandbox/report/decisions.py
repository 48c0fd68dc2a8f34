"""The story of the ramp, read back from the journal: what was decided when, why, and what each gate said."""

from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.base.journal import Entry

ENDINGS = ("promote", "roll back", "abort")
"""What ends a ramp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing done to the ramp: a step taken, a promotion, a rollback, an abort."""

    at: int
    what: str
    step: int
    title: str
    share: float
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stretch [start, end) of the flight between two decisions; step -1 is before the ramp."""

    start: int
    end: int
    step: int
    title: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a gate said at one instant."""

    at: int
    gate: str
    kind: str
    verdict: str
    because: str
    n: int
    decides: bool
    step: int


def decisions(flight: Flight) -> tuple[Decision, ...]:
    """Every decision that changed the routing, in order."""
    return tuple(
        Decision(
            at=entry.at, what=str(entry.facts["what"]), step=int(entry.facts["step"]), title=str(entry.facts["title"]),
            share=float(entry.facts["share"]), because=str(entry.facts["because"]),
        )
        for entry in flight.journal
        if entry.kind == "ramp" and entry.facts["what"] != "hold"
    )


def stays(flight: Flight) -> tuple[Stay, ...]:
    """The flight cut at its decisions, from begin to end."""
    made = decisions(flight)
    cuts = [*(decision.at for decision in made), flight.ended_at]
    before = [Stay(start=0, end=cuts[0], step=-1, title="before the ramp", share=0.0)] if cuts[0] > 0 else []
    return (*before, *(
        Stay(start=decision.at, end=end, step=decision.step, title=_where(decision), share=decision.share)
        for decision, end in zip(made, cuts[1:], strict=True)
    ))


def _where(decision: Decision) -> str:
    return {"promote": "promoted", "roll back": "rolled back", "abort": "aborted"}.get(decision.what, decision.title)


def said(entry: Entry) -> Said:
    """A gate's entry of the journal as a value."""
    facts = entry.facts
    return Said(
        at=entry.at, gate=str(facts["gate"]), kind=str(facts["kind"]), verdict=str(facts["verdict"]),
        because=str(facts["because"]), n=int(facts["n"]), decides=bool(facts["decides"]), step=int(facts["step"]),
    )


def sayings(flight: Flight) -> tuple[Said, ...]:
    """Everything the gates said, in order."""
    return tuple(said(entry) for entry in flight.journal if entry.kind == "gate")


def failures(flight: Flight) -> tuple[Said, ...]:
    """Every FAIL of a gate that decides, in order."""
    return tuple(one for one in sayings(flight) if one.decides and one.verdict == "fail")


def ending(flight: Flight) -> Decision | None:
    """The decision that ended the ramp; None where it was held."""
    return next((one for one in reversed(decisions(flight)) if one.what in ENDINGS), None)


def failed_gate(flight: Flight) -> str | None:
    """The gate whose failure rolled back; None where none did."""
    last = ending(flight)
    if last is None or last.what != "roll back":
        return None
    return next((one.gate for one in failures(flight) if one.at == last.at), None)
