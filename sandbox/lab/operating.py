"""The operating characteristics of a plan with one candidate: how often, how soon, at what harm, each with an interval.

A candidate is harmful where, with nobody to stop it and everybody on it, more than `plan.acceptable_harm` of its
requests are served worse, net. A harmful one that is not rolled back is a miss; any other that is, a false rollback.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sandbox.lab.intervals import NONE, Estimate, mean, quantile, share
from sandbox.lab.result import Result

NINE_OF_TEN, NINETEEN_OF_TWENTY = 0.9, 0.95
NEAR = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """Of the flights of one candidate under one setting.

    Times in ns; delays are of flights with harm, infinite where it was never detected, exposures infinite where nothing
    was promoted. `effect` is the net part of requests served worse with nobody to stop it, NaN if that was not flown,
    and `near` whether it is so near to what is acceptable that other days might lie on the other side.
    """

    setting: str
    candidate: str
    kind: str
    flights: int
    failed: int
    effect: float
    harmful: bool
    near: bool
    rolled_back: Estimate
    promoted: Estimate
    harm_begun: Estimate
    delay: Estimate
    delay_p90: Estimate
    exposure: Estimate
    users: Estimate
    users_p95: Estimate
    users_worst: int
    gross: Estimate
    net: Estimate
    net_p95: Estimate
    net_worst: int
    by_group: tuple[tuple[str, Estimate], ...]
    budget: Estimate
    pages: Estimate
    precision: Estimate
    recall: Estimate
    delays: tuple[float, ...]
    exposures: tuple[float, ...]
    crowds: tuple[float, ...]
    harms: tuple[float, ...]
    left_at: tuple[float, ...]
    """The largest shares of flights in which it was neither rolled back nor promoted."""

    @property
    def wrong(self) -> Estimate:
        """How often the plan does the wrong thing: it does not roll back a harmful candidate, or does another."""
        one = self.rolled_back
        return Estimate(1.0 - one.value, 1.0 - one.high, 1.0 - one.low, one.n) if self.harmful else one


def characteristics(
    results: Iterable[Result], *, kind: str, acceptable: float, began: int, sequential: bool
) -> Characteristics:
    """What the flights of one candidate come to; `began` is when the ramp begins, in ns."""
    whole = list(results)
    flown = [one for one in whole if not one.failure and not one.unstopped]
    harmed = [one for one in flown if one.onset_at is not None]
    late, exposure = delays(flown), exposures(flown, began=began)
    effect = _effect(whole)

    def part(group: Sequence[Result], holds: Callable[[Result], bool]) -> Estimate:
        return share(sum(map(holds, group)), len(group), sequential=sequential)

    def middle(values: Sequence[float], p: float = 0.5) -> Estimate:
        return quantile(values, p, sequential=sequential)

    def average(values: Sequence[float], least: float = -math.inf) -> Estimate:
        return mean(values, sequential=sequential, least=least)

    paged = [one for one in flown if one.pages]
    spent = [one.budget_spent for one in flown if one.budget_spent is not None]
    return Characteristics(
        setting=whole[0].setting, candidate=whole[0].candidate, kind=kind, flights=len(flown),
        failed=sum(bool(one.failure) for one in whole), effect=effect, harmful=effect > acceptable,
        near=_near(whole, effect, acceptable),
        rolled_back=part(flown, lambda one: one.sent_back), promoted=part(flown, lambda one: one.promoted),
        harm_begun=part(flown, lambda one: one.onset_at is not None),
        delay=middle(late), delay_p90=middle(late, NINE_OF_TEN), exposure=middle(exposure),
        users=average([float(one.users) for one in flown], 0.0),
        users_p95=middle([float(one.users) for one in flown], NINETEEN_OF_TWENTY),
        users_worst=max((one.users for one in flown), default=0),
        gross=average([float(one.gross) for one in flown], 0.0), net=average([float(one.net) for one in flown]),
        net_p95=middle([float(one.net) for one in flown], NINETEEN_OF_TWENTY),
        net_worst=max((one.net for one in flown), default=0),
        by_group=_by_group(flown, average),
        budget=mean(spent, sequential=sequential, counts=False, least=0.0) if spent else NONE,
        pages=average([float(one.pages) for one in flown], 0.0),
        precision=part(paged, lambda one: one.true_pages == one.pages),
        recall=part(harmed, lambda one: one.true_pages > 0),
        delays=tuple(sorted(late)), exposures=tuple(sorted(exposure)),
        crowds=tuple(sorted(float(one.users) for one in flown)), harms=tuple(sorted(float(one.net) for one in flown)),
        left_at=tuple(sorted(one.largest_share for one in flown if not one.sent_back and not one.promoted)),
    )


def delays(flown: Iterable[Result]) -> list[float]:
    """From the begin of harm to the first failed gate or page, of flights with harm; infinite where neither came."""
    return [math.inf if one.delay is None else float(one.delay) for one in flown if one.onset_at is not None]


def exposures(flown: Iterable[Result], *, began: int) -> list[float]:
    """From the ramp's begin to promotion; infinite where it never came."""
    return [float(one.closed_at - began) if one.promoted and one.closed_at is not None else math.inf for one in flown]


def _left(results: Sequence[Result]) -> list[Result]:
    """The flights with nobody to stop it."""
    return [one for one in results if one.unstopped and not one.failure]


def _effect(results: Sequence[Result]) -> float:
    left = _left(results)
    exposed = sum(one.exposed for one in left)
    return sum(one.exposed_net for one in left) / exposed if exposed else math.nan


def _near(results: Sequence[Result], effect: float, acceptable: float) -> bool:
    """Whether single days lie on either side of what is acceptable, or all of them together within a tenth of it."""
    sides = {one.exposed_net > acceptable * one.exposed for one in _left(results) if one.exposed}
    return len(sides) > 1 or abs(effect - acceptable) <= NEAR * acceptable


def _by_group(
    flown: Sequence[Result], average: Callable[[Sequence[float]], Estimate]
) -> tuple[tuple[str, Estimate], ...]:
    rows = [json.loads(one.by_group) for one in flown]
    names = list(rows[0]) if rows else []
    if len(names) < 2:
        return ()
    return tuple((name, average([float(row.get(name, 0)) for row in rows])) for name in names)
