"""Certify: fly a plan with its candidate as written, with the incumbent in its place, and with worse and worse ones.

Seeds are flown in rounds, every variant of a seed together, so that all variants met the same days. With a precision,
flying ends after the first round in which every rate is known that well; its intervals are confidence sequences, which
are valid at every round at once, and rounds are counted in seeds and not in what happens to be finished: the same
study ends at the same seed on any number of workers, killed and resumed or not.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.base.digest import fingerprint
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Mission, Told, flown_before, fly_kept
from sandbox.lab.operating import Characteristics, characteristics
from sandbox.lab.result import Result
from sandbox.lab.variants import Setting, Variant, changed, variants
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan

UNSTOPPED_SEEDS = 3
"""How many flights measure what a candidate would do if nobody stopped it."""

ROUND = 20
"""Seeds between two looks at whether the precision is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to certify: a plan under some settings, from a first seed on, to a precision if any.

    `only` names the one candidate to fly; `again` is the beginning of the command that flies it.
    """

    plan: Plan
    settings: tuple[tuple[Setting, ...], ...] = ((),)
    first: int
    seeds: int
    precision: float | None = None
    only: str = ""
    again: str = ""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All that is flown."""
        every = tuple(one for settings in self.settings for one in variants(self.plan, settings))
        return tuple(one for one in every if self.only in ("", one.candidate))

    @property
    def repeat(self) -> str:
        """The command that flies all of it again."""
        only = f' --only "{self.only}"' if self.only else ""
        return f"{self.again}{only} --seeds {self.first}..{self.first + self.seeds - 1}"

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "certify", "name": self.plan.name, "source": self.plan.source, "folder": str(self.plan.folder),
            "text": self.plan.text, "first": self.first, "seeds": self.seeds, "precision": self.precision,
            "only": self.only, "again": self.again,
            "settings": [[[one.key, one.value] for one in settings] for settings in self.settings],
            "versions": versions(),
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same order."""
        told = {name: value for name, value in self.head.items() if name not in ("again", "source")}
        return f"certify-{self.plan.name}-{fingerprint(repr(sorted(told.items())).encode())[:8]}"


@dataclass(slots=True)
class Flown:
    """What of an order is flown so far."""

    order: Order
    results: dict[Key, Result] = field(default_factory=dict)
    seeds: int = 0
    variants: tuple[Variant, ...] = ()

    def __post_init__(self) -> None:
        self.variants = self.variants or self.order.variants

    def characteristics(self, *, seeds: int | None = None) -> tuple[Characteristics, ...]:
        """What it comes to, candidate by candidate; of the first so many seeds, or of all that are flown."""
        last = self.order.first + (self.order.seeds if seeds is None else seeds)
        rows: dict[tuple[str, str], list[Result]] = {}
        for key in sorted(self.results):
            if key[2] or key[3] < last:
                rows.setdefault(key[:2], []).append(self.results[key])
        found = []
        for one in self.variants:
            if (mine := rows.get((one.setting, one.candidate))) is not None:
                document = changed(self.order.plan, self._settings(one.setting)).document
                found.append(characteristics(
                    mine, kind=one.kind, acceptable=document.plan.acceptable_harm, began=document.ramp.start,
                    sequential=self.order.precision is not None,
                ))
        return tuple(found)

    def _settings(self, said: str) -> tuple[Setting, ...]:
        return next(one for one in self.order.settings if ", ".join(map(str, one)) == said)

    @property
    def total(self) -> int:
        """How many flights there are at most."""
        unstopped = min(UNSTOPPED_SEEDS, self.order.seeds)
        return len(self.variants) * (self.order.seeds + unstopped)


def certify(
    order: Order, engine: Engine, *, study: Study | None = None, kept: Sequence[dict[str, Any]] = (),
    told: Told = lambda _: None,
) -> Flown:
    """Fly what is not flown yet; every result is kept in the study, if there is one, and told."""
    flown = Flown(order, flown_before(kept))
    for seeds in _rounds(order):
        fly_kept(list(_missions(flown, seeds)), engine, into=flown.results, study=study, told=told)
        flown.seeds = seeds
        if order.precision is not None and precise(flown, seeds=seeds, within=order.precision):
            break
    if study is not None:
        study.finish()
    return flown


def precise(flown: Flown, *, seeds: int, within: float) -> bool:
    """Whether every rate of wrong decisions is known to within so much, from end to end."""
    worst = vaguest(flown, seeds=seeds)
    return worst is None or worst.wrong.width <= within


def vaguest(flown: Flown, *, seeds: int) -> Characteristics | None:
    """Whose rate of wrong decisions is known least well; None where nobody is flown."""
    found = flown.characteristics(seeds=seeds)
    return max(found, key=lambda one: one.wrong.width if one.wrong.n else math.inf, default=None)


def _rounds(order: Order) -> Iterator[int]:
    if order.precision is None:
        yield order.seeds
        return
    yield from range(ROUND, order.seeds, ROUND)
    yield order.seeds


def _missions(flown: Flown, seeds: int) -> Iterator[Mission]:
    order = flown.order
    for number in range(seeds):
        seed = order.first + number
        for one in flown.variants:
            for unstopped in (True, False) if number < UNSTOPPED_SEEDS else (False,):
                yield Mission(
                    text=one.unstopped if unstopped else one.text, folder=order.plan.folder, name=order.plan.name,
                    setting=one.setting, candidate=one.candidate, seed=seed, unstopped=unstopped,
                    repeat=f'{order.again} --only "{one.candidate}" --seeds {seed}..{seed}',
                )
