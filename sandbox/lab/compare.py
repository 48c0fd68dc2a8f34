"""Compare: several plans on the same days, seed by seed, and what differs with an interval.

A seed is a day: every request of it, its features, its label and what either model would answer are the same whatever a
plan does, so a difference between two plans is taken flight by flight, and what days do to both drops out.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.base.digest import fingerprint
from sandbox.base.units import NS_PER_SECOND
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Mission, Told, flown_before, fly_kept
from sandbox.lab.intervals import ALPHA, Estimate, mean, seeds_for_mean
from sandbox.lab.result import Result
from sandbox.lab.wording import Form, Word, told_apart
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan

WORLD = (
    "traffic", "population", "users", "segments", "groups", "models", "drift", "faults", "labels", "business",
    "experience",
)
"""The tables that make the day, whatever is decided on it."""


MINOR = 1e-4
"""Harm that nobody minds, as a part of all requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something every flight has: how it is told, and which way is worse, if either is."""

    name: str
    of: Callable[[Result], float | None]
    form: Form
    worse: Literal["more", "less", ""] = ""
    at_most: float = math.inf
    """The largest it can be, where it is never below 0."""
    matters: float = 1.0
    """The least change of it that anybody minds."""
    of_requests: float = 0.0
    """And at the least as many as this part of all requests."""

    def minded(self, usual: float, requests: float) -> float:
        """How much worse it may be without anybody minding: by as much as it was, or by the least that matters."""
        doubled = 0.0 if self.at_most == 1.0 else abs(usual)
        return max(doubled, self.matters, self.of_requests * requests)


def _flag(holds: bool | None) -> float | None:
    return None if holds is None else float(holds)


QUANTITIES = (
    Quantity(name="rolled back", of=lambda one: _flag(one.sent_back), form="share", at_most=1.0),
    Quantity(name="promoted", of=lambda one: _flag(one.promoted), form="share", at_most=1.0),
    Quantity(
        name="expectations met", of=lambda one: _flag(one.met), form="share", worse="less", at_most=1.0, matters=0.5
    ),
    Quantity(
        name="net harm, requests", of=lambda one: float(one.net), form="count", worse="more", of_requests=MINOR
    ),
    Quantity(
        name="served worse, requests", of=lambda one: float(one.gross), form="count", worse="more", of_requests=MINOR
    ),
    Quantity(
        name="served worse, users", of=lambda one: float(one.users), form="count", worse="more", of_requests=MINOR
    ),
    Quantity(
        name="detection delay", of=lambda one: one.delay, form="time", worse="more", matters=60.0 * NS_PER_SECOND
    ),
    Quantity(
        name="until promoted", of=lambda one: one.closed_at if one.promoted else None, form="time", worse="more",
        matters=60.0 * NS_PER_SECOND,
    ),
    Quantity(name="pages", of=lambda one: float(one.pages), form="count", worse="more"),
    Quantity(name="error budget spent", of=lambda one: one.budget_spent, form="share", worse="more", matters=0.1),
)
"""What is compared; of detection and exposure, only where both flights have one."""


def mean_of(quantity: Quantity, rows: Iterable[Result]) -> float:
    """The mean of those flights that have the quantity, NaN where none has."""
    known = [value for one in rows if (value := quantity.of(one)) is not None]
    return math.fsum(known) / len(known) if known else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One quantity of two plans over the same seeds: each mean, the mean difference with its interval, whether any seed
    `moved` at all, and how much of the variance of two unpaired samples pairing saved; `regressed` where the second is
    surely worse, by the `strict` interval, whose level all quantities share, and `perhaps` where only its own says so.

    `blind` is one that is neither, and that cannot rule out what matters either: worse by more than it was. So many
    flights would do, if `needs` says; where few of the days have the quantity, `rare`, none would soon.
    """

    quantity: Quantity
    first: float
    second: float
    difference: Estimate
    strict: Estimate
    moved: bool
    saved: float
    regressed: bool
    perhaps: bool
    blind: bool
    needs: int | None
    rare: bool


def differing(one: Difference, word: Word) -> str:
    """A difference with its interval, or that there is none."""
    return told_apart(one.difference, word, moved=one.moved)


def difference(
    quantity: Quantity, pairs: Sequence[tuple[Result, Result]], *, tolerance: float = 0.0, whole: float = math.inf
) -> Difference | None:
    """How the second of each pair differs from the first; None where no pair has the quantity.

    It may be worse by the tolerance, a part of the first's mean, or of flights where the quantity is a share; no time
    of a flight is longer than the `whole` of it.
    """
    known = [
        (float(a), float(b)) for one, other in pairs
        if (a := quantity.of(one)) is not None and (b := quantity.of(other)) is not None
    ]
    if not known:
        return None
    firsts, seconds = [a for a, _ in known], [b for _, b in known]
    moved = [b - a for a, b in known]
    changed = any(one.digest != other.digest for one, other in pairs)
    counts = quantity.form != "time" and changed
    usual = math.fsum(firsts) / len(known)
    most = whole if quantity.form == "time" else quantity.at_most
    usually, strict = (
        mean(moved, counts=counts, alpha=alpha, least=-most, most=most) for alpha in (ALPHA, ALPHA / len(QUANTITIES))
    )
    slack = tolerance * (1.0 if quantity.form == "share" else abs(usual))
    worse = _worse(quantity, usually, slack)
    minded = slack + quantity.minded(usual, math.fsum(one.requests for one, _ in pairs) / len(pairs))
    return Difference(
        quantity=quantity, first=usual, second=math.fsum(seconds) / len(known),
        difference=usually, moved=any(moved),
        strict=strict, saved=_saved(firsts, seconds, moved), regressed=_worse(quantity, strict, slack),
        perhaps=worse and not _worse(quantity, strict, slack),
        blind=not worse and _may_be_worse(quantity, strict, minded), needs=_needed(quantity, strict, minded),
        rare=2 * len(known) < len(pairs),
    )


def _worse(quantity: Quantity, apart: Estimate, slack: float) -> bool:
    """Whether the whole interval is on the worse side."""
    return (quantity.worse == "more" and apart.low > slack) or (quantity.worse == "less" and apart.high < -slack)


def _may_be_worse(quantity: Quantity, apart: Estimate, by: float) -> bool:
    """Whether the interval reaches so far to the worse side."""
    return (quantity.worse == "more" and apart.high > by) or (quantity.worse == "less" and apart.low < -by)


def _needed(quantity: Quantity, apart: Estimate, by: float) -> int | None:
    """About how many flights would rule that out, were the difference as estimated; None where it is as large."""
    value = apart.value if quantity.worse == "more" else -apart.value
    return None if value >= by else seeds_for_mean(apart, by if quantity.worse == "more" else -by)


def _saved(firsts: list[float], seconds: list[float], moved: list[float]) -> float:
    apart = _variance(firsts) + _variance(seconds)
    return 1.0 - _variance(moved) / apart if apart > 0.0 else math.nan


def _variance(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What to compare: plans by name, over some seeds; with a baseline, its rows stand for the first, and what is worse
    than these by no more than the tolerance is no regression.
    """

    plans: tuple[tuple[str, Plan], ...]
    first: int
    seeds: int
    again: str = ""
    baseline: tuple[str, tuple[Result, ...]] | None = None
    day_before: dict[str, str] = field(default_factory=dict)
    held: str = ""
    """Which plan of which file the baseline is."""
    tolerance: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """What is compared, the one that all others are held against first."""
        own = tuple(name for name, _ in self.plans)
        return own if self.baseline is None else (self.baseline[0], *own)

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "compare", "first": self.first, "seeds": self.seeds, "again": self.again, "versions": versions(),
            "plans": [
                {"name": name, "stem": plan.name, "source": plan.source, "folder": str(plan.folder), "text": plan.text}
                for name, plan in self.plans
            ],
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same contest."""
        told = {name: value for name, value in self.head.items() if name != "again"}
        return f"compare-{self.plans[0][1].name}-{fingerprint(json.dumps(told, sort_keys=True).encode())[:8]}"

    @property
    def repeat(self) -> str:
        """The command that flies all of it again."""
        seeds = f" --seeds {self.first}..{self.first + self.seeds - 1}"
        return self.again if self.baseline is not None else f"{self.again}{seeds}"


def day_of(plan: Plan) -> dict[str, str]:
    """A fingerprint of every table that makes the day."""
    said = {**plan.filled_in, "duration": plan.document.scenario.duration}
    return {name: fingerprint(repr(said[name]).encode())[:8] for name in (*WORLD, "duration")}


@dataclass(slots=True)
class Compared:
    """What of a contest is flown."""

    contest: Contest
    results: dict[Key, Result] = field(default_factory=dict)

    def rows(self, name: str) -> dict[int, Result]:
        """The flights of one plan by seed, without those that could not be flown."""
        baseline = self.contest.baseline
        if baseline is not None and name == baseline[0]:
            return {one.seed: one for one in baseline[1]}
        return {key[3]: one for key, one in sorted(self.results.items()) if key[1] == name and not one.failure}

    def pairs(self, name: str) -> list[tuple[Result, Result]]:
        """The same seeds of the first plan and of another."""
        first, other = self.rows(self.contest.names[0]), self.rows(name)
        return [(first[seed], other[seed]) for seed in sorted(first) if seed in other]

    def differences(self, name: str) -> Iterator[Difference]:
        """How a plan differs from the first."""
        pairs, slack = self.pairs(name), self.contest.tolerance
        whole = max(plan.document.scenario.duration for _, plan in self.contest.plans)
        found = (difference(quantity, pairs, tolerance=slack, whole=whole) for quantity in QUANTITIES)
        yield from (one for one in found if one is not None)


def compare(
    contest: Contest, engine: Engine, *, study: Study | None = None, kept: Sequence[dict[str, Any]] = (),
    told: Told = lambda _: None,
) -> Compared:
    """Fly what is not flown yet, every plan on a seed before the next seed."""
    compared = Compared(contest, flown_before(kept))
    missions = [
        Mission(
            text=plan.text, folder=plan.folder, name=plan.name, setting="", candidate=name, seed=contest.first + number,
            repeat=f"{contest.again} --seeds {contest.first + number}..{contest.first + number}",
        )
        for number in range(contest.seeds) for name, plan in contest.plans
    ]
    fly_kept(missions, engine, into=compared.results, study=study, told=told)
    if study is not None:
        study.finish()
    return compared


def unlike(one: dict[str, str], other: dict[str, str]) -> tuple[str, ...]:
    """The tables by which two days differ, as far as both are known."""
    return tuple(name for name in one if name in other and one[name] != other[name])
