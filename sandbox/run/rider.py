"""A rider: a policy that sees what the flown one sees, and is told of as far as it would have done the same."""

from collections.abc import Iterator

from sandbox.base.action import Action, Adjust, Advance, Divert, Hold, Promote, Reallocate, Reweight
from sandbox.base.window import Window
from sandbox.decide.policy import Policy
from sandbox.decide.ramp.climb import Phase
from sandbox.run.monitor import Note
from sandbox.run.pilot import Pilot

Course = tuple[object, ...]
"""Where a policy puts the candidate: at a step with its share, shadow and segments, or at one of its ends."""


def course_of(pilot: Pilot, action: Action | None) -> Course:
    """Where a pilot is once this action is carried out."""
    if isinstance(action, Promote) or (action is None and pilot.climb.phase is Phase.PROMOTED):
        return ("promote",)
    if not isinstance(action, (Adjust, Advance, Divert, Hold, Reallocate, Reweight)) and not pilot.climbing:
        return ("roll back",)
    step = pilot.policy.ramp.climbs[pilot.climb.step]
    share = step.share if pilot.climb.share is None else pilot.climb.share
    where = (*step.segments, *step.shares.items(), "without", *pilot.climb.diverted, *pilot.climb.thresholds)
    return (pilot.policy.ramp.model, share, step.shadow, *where, "weighed", *pilot.climb.weights)


class Rider:
    """One policy beside the flown one, until they part."""

    def __init__(self, policy: Policy, pilot: Pilot) -> None:
        self.name = policy.name
        self.pilot = pilot
        self.parted = False

    def see(self, window: Window) -> None:
        """Take in a window that became readable."""
        if not self.parted:
            self.pilot.see(window)

    def take_off(self, at: int, flown: Pilot) -> Iterator[Note]:
        """The ramp that flies begins; so does this one, if it begins then and alike."""
        ramp = self.pilot.policy.ramp
        self.pilot.take_off(at)
        self.pilot.begin_step()
        if self.pilot.begins_at() != flown.begins_at() or course_of(self.pilot, None) != course_of(flown, None):
            first = ramp.climbs[0].title
            yield self._part(f"begin with {first}", "its ramp is another one", "begin", step=0)

    def tick(self, at: int, shares: tuple[float, ...], *, flown: Course, done: str) -> Iterator[Note]:
        """Look, judge and decide as the flown policy just did; told once it differs."""
        if self.parted:
            return
        for _ in self.pilot.monitor.tick(at):
            pass
        if not self.pilot.climbing:
            return
        step = self.pilot.climb.step
        action = self.pilot.decide(tuple(self.pilot.judge(at, shares)), at=at)
        if course_of(self.pilot, action) == flown:
            if isinstance(action, (Advance, Adjust, Reweight)):
                self.pilot.begin_step()
            return
        word, because = ("hold", "held") if action is None else (action.word, action.because)
        yield self._part(word, because, done, step=step)

    def leave(self, *, done: str) -> Iterator[Note]:
        """Somebody moved the ramp by hand, which no policy would have."""
        if not self.parted and self.pilot.climbing:
            yield self._part("hold", "nothing of its own says so", done, step=self.pilot.climb.step)

    def _part(self, word: str, because: str, done: str, *, step: int) -> Note:
        self.parted = True
        return "policy", {"policy": self.name, "what": word, "because": because, "flown": done, "step": step}
