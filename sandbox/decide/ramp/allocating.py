"""Where a bandit's share goes next, as a fold over single windows of its reward."""

import math
from dataclasses import dataclass, field, replace

from sandbox.base.action import Action, Hold, Reallocate
from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Look, Reading
from sandbox.decide.ramp.bandit import Bandit
from sandbox.decide.ramp.climb import Climb
from sandbox.decide.statistics import stratified
from sandbox.decide.statistics.posterior import chance_above
from sandbox.decide.statistics.stratified import Sums

LEAST_MOVE = 0.01
"""A share that would move by less stays where it is."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the windows so far said of the rewards; `recent` are those still remembered where memory is short."""

    sums: Sums = field(default_factory=Sums)
    recent: tuple[Look, ...] = ()
    moved_at: int = -1


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits and misses of the incumbent and of the candidate that weigh as much as what was seen."""

    hits: tuple[int, int]
    misses: tuple[int, int]

    @property
    def least(self) -> int:
        """How many rewards the arm with the fewer has."""
        return min(hit + miss for hit, miss in zip(self.hits, self.misses, strict=True))


def seen(ramp: Bandit, learned: Learned, look: Look, *, arm: int) -> Learned:
    """What is known with one window more."""
    if ramp.memory is None:
        return replace(learned, sums=_added(learned.sums, look.readings[ramp.reward], arm))
    kept = tuple(one for one in learned.recent if one.end > look.end - ramp.memory)
    return replace(learned, recent=(*kept, look))


def heed(
    ramp: Bandit, climb: Climb, learned: Learned, action: Action, *, arm: int, at: int, lower_is_better: bool,
    may_rise: bool,
) -> tuple[Learned, Climb, Action]:
    """A move of the share in place of a hold, where it is time for one."""
    share = ramp.climbs[climb.step].share if climb.share is None else climb.share
    last = max(climb.since, learned.moved_at)
    if not isinstance(action, Hold) or share == 0.0 or at < last + ramp.interval:
        return learned, climb, action
    tally = _tally(ramp, learned, arm)
    if tally is None or tally.least < ramp.least:
        return learned, climb, action
    wanted, because = _wanted(ramp, tally, lower_is_better=lower_is_better)
    step = max(-ramp.most, min(ramp.most, wanted - share))
    target = round(min(ramp.ceiling, max(ramp.floor, share + step)), 3)
    if abs(target - share) < LEAST_MOVE or (target > share and not may_rise):
        return learned, climb, action
    return replace(learned, moved_at=at), replace(climb, share=target), Reallocate(target, because)


def _wanted(ramp: Bandit, tally: Tally, *, lower_is_better: bool) -> tuple[float, str]:
    old, new = (hit / (hit + miss) for hit, miss in zip(tally.hits, tally.misses, strict=True))
    said = f"{ramp.reward} {100 * new:.3g}% against {100 * old:.3g}%"
    if ramp.policy == "thompson":
        above = chance_above(tally.hits, tally.misses)
        chance = 1.0 - above if lower_is_better else above
        return chance, f"better with a chance of {chance:.1%}: {said}"
    leads = new < old if lower_is_better else new > old
    word = "the candidate leads" if leads else "the incumbent leads"
    return (1.0 - ramp.epsilon / 2.0 if leads else ramp.epsilon / 2.0), f"{word}: {said}"


def _tally(ramp: Bandit, learned: Learned, arm: int) -> Tally | None:
    sums = learned.sums
    for look in learned.recent:
        sums = _added(sums, look.readings[ramp.reward], arm)
    if not sums.weight or not sums.spread_old or not sums.spread_new:
        return None
    # At a share that does not move these are the counts themselves; where it does, what the weighted means rest on.
    sizes = sums.weight**2 / sums.spread_old, sums.weight**2 / sums.spread_new
    fewer = _of_users(sums)
    hits, misses = [], []
    for size, total in zip(sizes, (sums.old, sums.new), strict=True):
        hit = total / sums.weight * size * fewer
        hits.append(max(0, round(hit)))
        misses.append(max(0, round(size * fewer - hit)))
    return Tally((hits[0], hits[1]), (misses[0], misses[1]))


def _of_users(sums: Sums) -> float:
    """What part of its requests a sum is worth, since those of one user resemble each other (Kish 1965: 1 / deff)."""
    _, clustered = stratified.difference(sums, relative=False, at=0.0, share=True)
    _, alone = stratified.difference(replace(sums, influence=None), relative=False, at=0.0, share=True)
    if math.isnan(clustered) or clustered <= 0.0:
        return 1.0
    return min(1.0, (alone / clustered) ** 2)


def _added(sums: Sums, readings: tuple[Reading, ...], arm: int) -> Sums:
    old, new = readings[INCUMBENT], readings[arm]
    if old.empty or new.empty or min(old.hits, new.hits) < 0:
        return sums
    error = tuple(0.0 if math.isnan(one.error) else one.error for one in (old, new))
    if old.by_user is not None and new.by_user is not None:
        return stratified.by_users(
            sums, (old.by_user.n, new.by_user.n), (old.by_user.total, new.by_user.total), (error[0], error[1]),
            strata=old.by_user.strata,
        )
    return stratified.added(sums, n=(old.n, new.n), mean=(old.value, new.value), error=(error[0], error[1]))
