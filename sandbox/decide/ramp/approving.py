"""Approvals as a fold: which step waits for whom, since when it was asked, and who has agreed."""

from dataclasses import dataclass

from sandbox.base.action import Action, Advance, Hold, Promote
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.pacing import Approval, Pacing


@dataclass(frozen=True, slots=True)
class Asked:
    """When approval of a step (from 1) was first asked for; roles that agreed, to which step."""

    since: tuple[tuple[int, int], ...] = ()
    granted: frozenset[tuple[int, str]] = frozenset()


def next_step(ramp: Pacing, climb: Climb) -> int:
    """The step (from 1) that an approval given now is for; 1 while the ramp itself waits for some."""
    begins = climb.phase is Phase.WAITING and any(one.step == 1 for one in ramp.approvals)
    return 1 if begins else climb.step + 2


def approve(ramp: Pacing, asked: Asked, role: str, *, step: int) -> Asked:
    """Somebody agrees to the step that comes next."""
    return Asked(asked.since, asked.granted | {(step, role)})


def missing(ramp: Pacing, asked: Asked, *, step: int, at: int) -> tuple[Approval, ...]:
    """Whose approval of a step (from 1) is still out."""
    since = dict(asked.since).get(step, at)
    return tuple(
        one for one in ramp.approvals
        if one.step == step and (step, one.role) not in asked.granted
        and (one.takes is None or at < since + one.takes)
    )


def heed(ramp: Pacing, asked: Asked, action: Action, *, at: int) -> tuple[Asked, Action]:
    """The action, or a hold in its place where somebody must agree first; asking is remembered."""
    if isinstance(action, Advance):
        step = action.to_step + 1
    elif isinstance(action, Promote):
        step = len(ramp.climbs) + 1
    else:
        return asked, action
    if step not in dict(asked.since):
        asked = Asked((*asked.since, (step, at)), asked.granted)
    waits = waiting(ramp, asked, step=step, at=at)
    return asked, Hold(waits) if waits else action


def waiting(ramp: Pacing, asked: Asked, *, step: int, at: int) -> str:
    """For whom a step (from 1) waits; empty where it may begin."""
    out = missing(ramp, asked, step=step, at=at)
    if not out:
        return ""
    title = "promotion" if step > len(ramp.climbs) else "the ramp" if step == 1 else ramp.climbs[step - 1].title
    return f"{title} waits for the approval of {', '.join(one.role for one in out)}"
