"""What one comparison has gathered since some step began, as a fold over single windows."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Look, Reading
from sandbox.decide.statistics import error_share, stratified
from sandbox.decide.statistics.error_share import POINTS, Floats
from sandbox.decide.statistics.normal_mixture import log_one_sided
from sandbox.decide.statistics.stratified import Sums

LEAST_CROWD = 10.0
"""With fewer independent buckets of users in an arm their spread says nothing about the error."""
LEAST_HITS = 20
"""With fewer events in all the normal approximation of a share is not one."""


def _nothing() -> Floats:
    return np.zeros(POINTS)


@dataclass(frozen=True, slots=True)
class Strand:
    """From which step on; sums of the windows; factors against "within" and "beyond" the bound; events on each arm.

    expected_new and expected_old are what the ratio of rates is read from: one arm's events times the other's share.
    """

    step: int
    sums: Sums = field(default_factory=Sums)
    against_within: Floats = field(default_factory=_nothing, repr=False)
    against_beyond: Floats = field(default_factory=_nothing, repr=False)
    events: int = 0
    expected_new: float = 0.0
    expected_old: float = 0.0

    @property
    def ratio(self) -> float:
        """The candidate's rate of events over the incumbent's; NaN where nothing happened."""
        return self.expected_new / self.expected_old if self.expected_old else math.inf if self.events else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: which arm, which metric, how far it may differ, and what is counted.

    bound is on the scale of the value, candidate minus incumbent or their ratio - 1; `above` says that more is worse;
    `shares_differ` that segments have shares of their own, so that no one share says where events should fall.
    """

    arm: int
    metric: str
    bound: float
    relative: bool
    above: bool
    by_user: bool
    share: bool
    shares_differ: bool = False

    @property
    def counts_events(self) -> bool:
        """Whether which arm events fell on is evidence: where they are events, and the bound is on their ratio."""
        return self.share and self.relative and self.bound > -1.0 and not self.shares_differ


def seen(strand: Strand, look: Look, ask: Question) -> Strand:
    """The strand with one window more."""
    old, new = look.readings[ask.metric][INCUMBENT], look.readings[ask.metric][ask.arm]
    strand = replace(strand, sums=_summed(strand.sums, old, new, ask))
    if not ask.counts_events:
        return strand
    on_old, on_new, share = _events(look, old, new, ask)
    if not 0.0 < share < 1.0 or not on_old + on_new:
        return strand
    factors = [
        error_share.log_factors(on_new, on_old, share=share, bound=1.0 + ask.bound, above=above)
        for above in (ask.above, not ask.above)
    ]
    return replace(
        strand, against_within=strand.against_within + factors[0], against_beyond=strand.against_beyond + factors[1],
        events=strand.events + on_old + on_new, expected_new=strand.expected_new + on_new * (1.0 - share),
        expected_old=strand.expected_old + on_old * share,
    )


def _summed(sums: Sums, old: Reading, new: Reading, ask: Question) -> Sums:
    if old.empty or new.empty:
        return sums
    error = _known(old.error), _known(new.error)
    if ask.by_user and old.by_user is not None and new.by_user is not None:
        # Those alone who were drawn: who opted out, or whose segment takes no part, is nobody's control.
        n, total = (old.by_user.n, new.by_user.n), (old.by_user.total, new.by_user.total)
        return stratified.by_users(sums, n, total, error, strata=old.by_user.strata)
    return stratified.added(sums, n=(old.n, new.n), mean=(old.value, new.value), error=error)


def _known(error: float) -> float:
    return 0.0 if math.isnan(error) else error


def _events(look: Look, old: Reading, new: Reading, ask: Question) -> tuple[int, int, float]:
    """Events on the incumbent and on the candidate, and the part of them that equal rates would put on the latter."""
    ours, theirs = look.share[ask.arm], look.share[INCUMBENT]
    if ours == 0.0:
        # A shadow: every user meets both arms, so requests tell as much as users, and exposure is what was answered.
        return old.hits, new.hits, new.n / (old.n + new.n) if old.n + new.n else 0.0
    if ask.by_user and old.by_user is not None and new.by_user is not None and old.by_user.firsts >= 0:
        return old.by_user.firsts, new.by_user.firsts, ours / (ours + theirs)
    return old.hits, new.hits, ours / (ours + theirs)


@dataclass(frozen=True, slots=True)
class Weight:
    """Log evidence that the candidate is beyond the bound, and that it is within; the value that says so for each."""

    beyond: float
    within: float
    value_beyond: float
    value_within: float


def weigh(strand: Strand, ask: Question) -> Weight:
    """The evidence in a strand: of the means and, where events are counted, of their arms, averaged.

    The average of e-values is one. What is not ready has no say, as if it were 0.
    """
    value, error = stratified.difference(strand.sums, relative=ask.relative, at=ask.bound, share=ask.share)
    means = _of_means(strand, ask, value, error)
    if not ask.counts_events:
        return Weight(*means, value, value)
    events = error_share.log_e(strand.against_within), error_share.log_e(strand.against_beyond)
    ratio = strand.ratio - 1.0
    both = [float(np.logaddexp(mean, event)) - math.log(2.0) for mean, event in zip(means, events, strict=True)]
    said = [value if mean >= event else ratio for mean, event in zip(means, events, strict=True)]
    return Weight(both[0], both[1], said[0], said[1])


def _of_means(strand: Strand, ask: Question, value: float, error: float) -> tuple[float, float]:
    if math.isnan(value) or not _ready(strand, ask):
        return -math.inf, -math.inf
    off = (value - ask.bound) if ask.above else (ask.bound - value)
    if error == 0.0:
        return (math.inf, -math.inf) if off > 0.0 else (-math.inf, math.inf)
    # Tuned to see effects as large as the bound soonest; with none stated, of a twentieth.
    scale = abs(ask.bound) or 0.05 * (1.0 if ask.relative else abs(strand.sums.old / strand.sums.weight) or 1.0)
    time = 0.7 * (scale / error) ** 2
    s = off / error * math.sqrt(time)
    return log_one_sided(s, time, r=1.0), log_one_sided(-s, time, r=1.0)


def _ready(strand: Strand, ask: Question) -> bool:
    if ask.by_user and strand.sums.bucket_n is not None and stratified.crowd(strand.sums) < LEAST_CROWD:
        return False
    return not (ask.share and ask.relative and sum(strand.sums.total) < LEAST_HITS)
