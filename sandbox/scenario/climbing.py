"""What is wrong with a ramp that only the whole file can tell: nobody to ramp up, segments that nobody is in, hours and
judgements that it waits for in vain.
"""

from collections.abc import Callable, Iterator, Sequence

from sandbox.decide.gates.kinds import Gate
from sandbox.decide.ramp.bandit import Bandit
from sandbox.decide.ramp.kinds import Ramp
from sandbox.decide.ramp.strata import MOST, strata_of
from sandbox.scenario.allocation import allocation_problems
from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path

_MODELS: Path = ("models",)
LADDER: tuple[Path, ...] = tuple(
    ("ramp", key) for key in ("kind", "steps", "first", "by", "factor", "last", "shadow", "preview")
)
"""The keys that make the steps of a ramp."""


def ramp_problems(
    ramp: Ramp, gates: list[Gate], *, candidates: Sequence[str], segments: Sequence[str] | None, quiet: bool,
    unreadable: Callable[[Path, str], Iterator[Complaint]],
) -> Iterator[Complaint]:
    """Everything that no ramp can see on its own; segments are None where only a recording knows them, `quiet` is
    whether the calendar has quiet hours.
    """
    if ramp.model not in candidates:
        yield Complaint(("ramp", "model"), nowhere("candidate", ramp.model, list(candidates)), (_MODELS,))
    for position, approval in enumerate(ramp.approvals):
        if not 2 <= approval.step <= len(ramp.climbs) + 1:
            last = len(ramp.climbs)
            said = f"steps 2 to {last} may wait for approval, and promotion as {last + 1}"
            yield Complaint(("ramp", "approvals", position, "step"), said, LADDER)
    if ramp.quiet_hours and not quiet:
        said = 'no quiet hours are said; add [calendar] with quiet = ["Mon-Fri 02:00-05:00"]'
        yield Complaint(("ramp", "quiet_hours"), said, (("calendar",),))
    yield from _mitigation(ramp, gates)
    if isinstance(ramp, Bandit):
        unclear = list(allocation_problems(ramp, gates))
        yield from unclear
        if not any(one.path == ("ramp", "reward") for one in unclear):
            yield from unreadable(("ramp", "reward"), ramp.reward)
    if segments is not None:
        yield from _segments(ramp, segments)


def _mitigation(ramp: Ramp, gates: Sequence[Gate]) -> Iterator[Complaint]:
    fair = (gate for gate in gates if not gate.dry_run and "fairness." in " ".join(gate.reads))
    if ramp.mitigation != "none" and next(fair, None) is None:
        said = "no gate on fairness may decide, so there is nothing to mitigate; add one"
        yield Complaint(("ramp", "mitigation"), said, (("gates",),))


def _segments(ramp: Ramp, known: Sequence[str]) -> Iterator[Complaint]:
    for index, step in enumerate(ramp.climbs):
        places: list[tuple[str, str | int, str]] = [("segments", *one) for one in enumerate(step.segments)]
        for key, place, segment in [*places, *(("shares", name, name) for name in step.shares)]:
            if segment not in known:
                at: Path = ("ramp", "steps", index, key, place)
                yield Complaint(at, nowhere("segment", segment, list(known)), (("segments",),))
    strata = strata_of([ramp], tuple(known))
    if len(set(strata)) > MOST:
        said = f"segments are treated in {len(set(strata))} ways; {MOST} can be told apart, merge some"
        yield Complaint(("ramp", "steps"), said, (("segments",),))
