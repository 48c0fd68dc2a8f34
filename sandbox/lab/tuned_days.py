"""What tuned settings come to on days that the search did not see, beside the plan as written on the same days."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.lab.frontier import Score
from sandbox.lab.intervals import Estimate, mean, share
from sandbox.lab.ranges import Settings
from sandbox.lab.tune import Tuned
from sandbox.lab.wording import Word, estimated, percent, plain, points, time, told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is told of settings: how, how a difference of it is, and between what it must be; for which objectives less
    of it is what was asked for.
    """

    name: str
    of: Callable[[Score], float]
    word: Word
    apart: Word
    objectives: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 1.0

    def mean(self, days: Sequence[Score]) -> Estimate:
        """Over some days."""
        values = [self.of(one) for one in days]
        if self.word is percent and all(one in (0.0, 1.0) for one in values):
            return share(round(sum(values)), len(values))
        return mean(values, counts=self.word is plain, least=self.least, most=self.most)

    def told(self, days: Sequence[Score]) -> str:
        """Over some days, in words; where they are all alike there is nothing to take a mean of."""
        values = {self.of(one) for one in days}
        counted = self.word is percent and values <= {0.0, 1.0}
        alike = len(values) == 1 and len(days) > 1 and not counted
        return f"{self.word(self.of(days[0]))} on all {len(days):,}" if alike else estimated(self.mean(days), self.word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A measure of the plan as written and of the tuned one, day by day, and how the second differs."""

    measure: Measure
    firsts: tuple[Score, ...]
    seconds: tuple[Score, ...]

    @property
    def difference(self) -> Estimate:
        """The mean of the second minus the first."""
        one, width = self.measure, self.measure.most - self.measure.least
        return mean(self._apart, counts=one.word is not time, least=-width, most=width)

    @property
    def told(self) -> str:
        """The difference in words."""
        if self.moved and len(self._apart) > 1 and len(set(self._apart)) == 1:
            return f"{self.measure.apart(self._apart[0])} on all {len(self._apart):,}"
        return told_apart(self.difference, self.measure.apart, moved=self.moved)

    @property
    def moved(self) -> bool:
        """Whether it differs on any day."""
        return any(self._apart)

    @property
    def surely(self) -> str:
        """Whether the whole interval is on one side: "more", "less" or nothing."""
        known = self.difference
        return "more" if known.low > 0.0 else "less" if known.high < 0.0 else ""

    @property
    def _apart(self) -> list[float]:
        of = self.measure.of
        return [of(b) - of(a) for a, b in zip(self.firsts, self.seconds, strict=True)]


def measures(tuned: Tuned) -> tuple[Measure, ...]:
    """Harm and exposure first."""
    whole = float(tuned.search.plan.document.scenario.duration)
    return (
        Measure(
            name="net harm of a harmful candidate, requests", of=lambda one: one.harm, word=plain, apart=plain,
            objectives=("frontier", "harm"), least=-math.inf, most=math.inf,
        ),
        Measure(
            name="null: until it is promoted, or the flight ends", of=lambda one: one.exposure, word=time, apart=time,
            objectives=("frontier", "exposure"), most=whole,
        ),
        Measure(
            name="harmful: not rolled back", of=lambda one: one.missed, word=percent, apart=points,
            objectives=("misses",),
        ),
        Measure(name="harmful: promoted", of=lambda one: one.let_through, word=percent, apart=points),
        Measure(name="null: promoted", of=lambda one: one.promoted, word=percent, apart=points),
        Measure(name="null: rolled back", of=lambda one: one.false_rollbacks, word=percent, apart=points),
    )


def advised(tuned: Tuned) -> Settings:
    """What to change: nothing where it makes no difference, on any day that the search did not see, to what was asked
    for.
    """
    asked = [one for one in moves(tuned) if tuned.search.objective in one.measure.objectives]
    return () if asked and not any(one.moved for one in asked) else tuned.changes


def moves(tuned: Tuned) -> tuple[Moved, ...]:
    """Every measure on the days that both met; none where there are none."""
    best, seeds = tuned.best, tuned.search.other_days
    before, after = tuned.days((), seeds), {} if best is None else tuned.days(best.settings, seeds)
    both = [seed for seed in sorted(before) if seed in after]
    firsts, seconds = tuple(before[seed] for seed in both), tuple(after[seed] for seed in both)
    return tuple(Moved(measure=one, firsts=firsts, seconds=seconds) for one in measures(tuned)) if both else ()
