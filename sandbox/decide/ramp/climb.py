"""The ramp as a fold: where it stands and what judgements say, to where it stands next and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sandbox.base.action import Action, Advance, Divert, Hold, Promote, RollBack
from sandbox.base.clock import clock
from sandbox.base.units import format_share
from sandbox.base.verdict import Judgement, Verdict, worst
from sandbox.decide.ramp.pacing import Pacing


class Phase(Enum):
    """Where a candidate stands."""

    WAITING = "waiting"
    CLIMBING = "climbing"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Climb:
    """The state of a ramp: its phase, its step (from 0) and since when."""

    phase: Phase = Phase.WAITING
    step: int = 0
    since: int = 0
    held_by: str = ""
    diverted: tuple[str, ...] = ()
    """Segments that were sent back and take no part any more."""
    cuts: tuple[tuple[str, float], ...] = ()
    """Segments of which a part was sent back, and the part of their share that they keep."""
    share: float | None = None
    """The share that evidence, or somebody, moved this step to, where that was done."""
    thresholds: tuple[tuple[str, float], ...] = ()
    """The groups for which the candidate decides from another score, and from which."""
    weights: tuple[tuple[str, float], ...] = ()
    """The groups for which the odds of the candidate's score are multiplied, and by what."""

    @property
    def mitigated(self) -> bool:
        """Whether anything was tried against unfairness."""
        return bool(self.thresholds or self.weights)

    @property
    def over(self) -> bool:
        """Whether nothing is left to decide."""
        return self.phase in (Phase.PROMOTED, Phase.ROLLED_BACK, Phase.ABORTED)


def begin(ramp: Pacing, *, at: int) -> Climb:
    """The climb when its first step is applied."""
    return Climb(Phase.CLIMBING, 0, at)


def step(
    ramp: Pacing, climb: Climb, judgements: Sequence[Judgement], *, at: int, answered: int, only_estimates: bool = False
) -> tuple[Climb, Action]:
    """One look at the judgements of the current step: the next state and the action, with its reason.

    A failed gate rolls back at once (or holds, where the ramp says so). Advance needs the bake served, the minimum
    answered, and every deciding gate at PASS: silence is not consent. `only_estimates` says that every deciding gate of
    the step reads what was inferred without labels; their PASS is none, their FAIL is one.
    """
    deciding = [one for one in judgements if one.decides and one.segment not in climb.diverted]
    failed = [judgement for judgement in deciding if judgement.verdict is Verdict.FAIL]
    title = ramp.climbs[climb.step].title if climb.share is None else format_share(climb.share)
    if failed and ramp.on_fail == "roll back":
        because = f"{failed[0].gate} failed at step {title}: {failed[0].because}"
        if ramp.rollback == "segment" and all(one.segment for one in failed):
            gone = tuple(dict.fromkeys(one.segment for one in failed))
            return replace(climb, diverted=(*climb.diverted, *gone), held_by=""), Divert(gone, because)
        return replace(climb, phase=Phase.ROLLED_BACK, since=at), RollBack(because)
    waited = _why_it_waits(ramp, climb, deciding, at=at, answered=answered)
    if not waited and only_estimates:
        waited = "every gate passed, and all of them on estimates: those may hold or roll back, not advance"
    if not waited:
        return _onward(ramp, climb, at=at, because="every gate passed" if deciding else "bake served, no gate to ask")
    overdue = at - climb.since - ramp.bake_of(climb.step)
    if ramp.patience is not None and overdue >= ramp.patience:
        if ramp.out_of_patience == "roll back":
            because = f"out of patience at step {title}: {waited}"
            return replace(climb, phase=Phase.ROLLED_BACK, since=at), RollBack(because)
        if not failed:
            return _onward(ramp, climb, at=at, because=f"out of patience: {waited}")
    return replace(climb, held_by=waited), Hold(waited)


def _why_it_waits(ramp: Pacing, climb: Climb, deciding: Sequence[Judgement], *, at: int, answered: int) -> str:
    bake_ends = climb.since + ramp.bake_of(climb.step)
    if at < bake_ends:
        return f"bakes until {clock(bake_ends)}"
    if answered < ramp.minimum_of(climb.step):
        return f"{answered:,} of at least {ramp.minimum_of(climb.step):,} answers"
    if deciding and (grave := worst(judgement.verdict for judgement in deciding)) is not Verdict.PASS:
        first = next(judgement for judgement in deciding if judgement.verdict is grave)
        return f"{first.gate}: {grave.value.replace('_', ' ')}, {first.because}"
    return ""


def _onward(ramp: Pacing, climb: Climb, *, at: int, because: str) -> tuple[Climb, Action]:
    if climb.step + 1 < len(ramp.climbs):
        return replace(climb, step=climb.step + 1, since=at, held_by="", share=None), Advance(climb.step + 1, because)
    return replace(climb, phase=Phase.PROMOTED, since=at, held_by=""), Promote(because)
