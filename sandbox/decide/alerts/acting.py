"""What firing alerts make of the ramp: roll back at once, or not go on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sandbox.base.action import Action, Advance, Hold, Promote, RollBack
from sandbox.decide.alerts.alerting import Acts
from sandbox.decide.ramp.climb import Climb, Phase


@dataclass(frozen=True, slots=True)
class Demand:
    """What a firing alert wants done, and why."""

    alert: str
    action: Acts
    because: str


def heed(
    climb: Climb, after: Climb, action: Action, demands: Iterable[Demand], *, at: int
) -> tuple[Climb, Action]:
    """The ramp's own conclusion (from `climb` to `after` by `action`), unless a firing alert overrules it.

    An alert that rolls back does so before a gate could advance; one that holds stops only what would go on.
    """
    wanted = list(demands)
    if isinstance(action, RollBack):
        return after, action
    back = next((one for one in wanted if one.action == "roll back"), None)
    if back is not None:
        because = f"alert {back.alert} fires: {back.because}"
        return replace(climb, phase=Phase.ROLLED_BACK, since=at, held_by=""), RollBack(because)
    hold = next((one for one in wanted if one.action == "hold"), None)
    if hold is not None and isinstance(action, (Advance, Promote)):
        because = f"alert {hold.alert} fires"  # without its numbers: they change at every look, and holding is no news
        return replace(climb, held_by=because), Hold(because)
    return after, action
