"""Approvals as a fold: which step waits for whom, since when it was asked, and who has agreed."""

from dataclasses import dataclass, replace

from sandbox.base.action import Action, Advance, Hold, Promote
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.pacing import Approval, Pacing


@dataclass(frozen=True, slots=True)
class Asked:
    """When approval of a step (from 1) was first asked for; roles that agreed, and to which step; roles that said no,
    and why.
    """

    since: tuple[tuple[int, int], ...] = ()
    granted: frozenset[tuple[int, str]] = frozenset()
    withheld: tuple[tuple[int, str, str], ...] = ()

    def refusals(self, step: int) -> dict[str, str]:
        """Who said no to a step, and why."""
        return {role: because for number, role, because in self.withheld if number == step}


def next_step(ramp: Pacing, climb: Climb) -> int:
    """The step (from 1) that an approval given now is for; 1 while the ramp itself waits for some."""
    begins = climb.phase is Phase.WAITING and any(one.step == 1 for one in ramp.approvals)
    return 1 if begins else climb.step + 2


def approve(asked: Asked, role: str, *, step: int) -> Asked:
    """Somebody agrees to the step that comes next."""
    others = tuple(one for one in asked.withheld if one[:2] != (step, role))
    return replace(asked, granted=asked.granted | {(step, role)}, withheld=others)


def refuse(asked: Asked, role: str, *, step: int, because: str) -> Asked:
    """Somebody says no to the step that comes next, until they agree."""
    return replace(
        asked, granted=asked.granted - {(step, role)}, withheld=(*asked.withheld, (step, role, because))
    )


def missing(ramp: Pacing, asked: Asked, *, step: int, at: int) -> tuple[Approval, ...]:
    """Whose approval of a step (from 1) is still out."""
    since, against = dict(asked.since).get(step, at), asked.refusals(step)
    return tuple(
        one for one in ramp.approvals
        if one.step == step and (step, one.role) not in asked.granted
        and (one.role in against or one.takes is None or at < since + one.takes)
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
        asked = replace(asked, since=(*asked.since, (step, at)))
    waits = waiting(ramp, asked, step=step, at=at)
    return asked, Hold(waits) if waits else action


def waiting(ramp: Pacing, asked: Asked, *, step: int, at: int) -> str:
    """For whom a step (from 1) waits; empty where it may begin."""
    out = missing(ramp, asked, step=step, at=at)
    if not out:
        return ""
    title = "promotion" if step > len(ramp.climbs) else "the ramp" if step == 1 else ramp.climbs[step - 1].title
    for role, because in asked.refusals(step).items():
        return f"{role} refused {title}: {because}"
    return f"{title} waits for the approval of {', '.join(one.role for one in out)}"
