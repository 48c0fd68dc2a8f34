"""The pace of a flight: how much simulated time is due, given the time that passed at the desk."""

import math
import time
from collections.abc import Callable

from sandbox.base.units import NS_PER_SECOND

SPEEDS = (1.0, 4.0, 20.0, 60.0, 200.0, 600.0, math.inf)
"""How many simulated seconds pass in one of the desk's; the last is as fast as it goes."""

LONGEST = 0.25
"""A longer pause between two looks, in seconds, is not made up for: the desk was busy, or asleep."""

SLACK = 0.7
"""Below this part of the speed that was asked for it is said to be behind."""


class Pace:
    """Speed and pause, and what is due by them; the desk's clock is handed in, so that tests have one of their own."""

    def __init__(self, *, speed: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.speed, self.paused = speed, True
        self._clock, self._last = clock, clock()
        self._asked, self._flown = 0.0, 0.0

    def play(self) -> None:
        """Let time pass from now on."""
        self.paused, self._last = False, self._clock()
        self._asked = self._flown = 0.0

    def pause(self) -> None:
        """Let no time pass."""
        self.paused = True

    def faster(self, by: int) -> None:
        """The next speed up, or down where `by` is negative."""
        place = min(range(len(SPEEDS)), key=lambda index: abs(math.log(min(SPEEDS[index], 1e9) / min(self.speed, 1e9))))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, place + by))]
        self.play_on()

    def play_on(self) -> None:
        """Begin to count anew, at a new speed."""
        self._last, self._asked, self._flown = self._clock(), 0.0, 0.0

    def due(self) -> float:
        """Simulated ns that passed since it was last asked; infinite when as fast as it goes."""
        now = self._clock()
        passed, self._last = min(now - self._last, LONGEST), now
        if self.paused:
            return 0.0
        if math.isinf(self.speed):
            return math.inf
        due = passed * self.speed * NS_PER_SECOND
        self._asked += due
        return due

    def flown(self, ns: int) -> None:
        """So much was flown."""
        self._flown += ns
        if self._asked > 4 * NS_PER_SECOND * self.speed:
            self._asked, self._flown = self._asked / 2, self._flown / 2

    @property
    def reached(self) -> float:
        """The speed it really has, where that is less than what was asked for; 0 where it keeps up."""
        enough = self._asked > NS_PER_SECOND * self.speed
        if self.paused or math.isinf(self.speed) or not enough or self._flown >= SLACK * self._asked:
            return 0.0
        return self.speed * self._flown / self._asked


def speed_words(speed: float) -> str:
    """A speed as people say it: "60x", or "max"."""
    return "max" if math.isinf(speed) else f"{speed:g}x"
