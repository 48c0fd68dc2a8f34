"""What a program of releases comes to, beside the same world with one big step, as a page.

All of it is held against one thing, that nothing had ever been released; only what a release itself served better and
worse is against the model that it was to replace, and says so.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sandbox.base.units import counted
from sandbox.lab.intervals import Estimate, mean
from sandbox.lab.program import Leg, Programme, Release
from sandbox.lab.provenance import provenance
from sandbox.lab.wording import estimated, on_all, plain, time, told_apart
from sandbox.report.charts import Lines, Series
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Bullets, Page, Section, Table
from sandbox.scenario.plan import Plan

MINUTE = 60e9
HOUR = 60 * MINUTE

MEANINGS = {
    "gain": "requests served better less requests served worse than had nothing ever been released: what the model of "
    "the very first hour would have answered",
    "added": "requests that a release served better less those it served worse than the model that it was to replace, "
    "until the next release; less than 0 is net harm",
    "before": "the gain that models promoted before go on giving meanwhile; with what the release added it is the gain "
    "of that time",
    "harm": "requests that a release served worse than the model that it was to replace, whatever it served better: "
    "gross. So it is large where much is replaced, as by a good release that gets everybody, and no gain is to be "
    "lessened by it once more",
    "one big step": "the last release alone, when it comes, instead of the very first model; same world, same seeds",
}
"""Every quantity of the page in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """A program on some seeds: in small steps, and in one big one, seed by seed."""

    plan: Plan
    releases: tuple[Release, ...]
    steps: tuple[Programme, ...]
    big: tuple[Programme, ...]

    @property
    def pairs(self) -> list[tuple[Programme, Programme]]:
        """The seeds on which both could be flown."""
        other = {one.seed: one for one in self.big if not one.failure}
        return [(one, other[one.seed]) for one in self.steps if not one.failure and one.seed in other]

    def legs(self, place: int) -> list[Leg]:
        """One release on every seed on which the small steps could be flown."""
        return [one.legs[place] for one in self.steps if not one.failure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something both programs have, and between what it must be for each: the small steps and the big one."""

    name: str
    of: Callable[[Programme], int]
    least: float = -math.inf
    most: tuple[float, float] = (math.inf, math.inf)

    def both(self, flown: Flown) -> tuple[list[float], list[float], list[float]]:
        """What it is in small steps, in one big one, and the first less the second, seed by seed."""
        small, big = ([float(self.of(one)) for one in side] for side in zip(*flown.pairs, strict=True))
        return small, big, [a - b for a, b in zip(small, big, strict=True)]

    def means(self, flown: Flown) -> tuple[Estimate, Estimate, Estimate]:
        """The same three over the seeds."""
        small, big, apart = self.both(flown)
        most, most_big = self.most
        return (
            mean(small, least=self.least, most=most), mean(big, least=self.least, most=most_big),
            mean(apart, least=self.least - most_big, most=most - self.least),
        )

    def told(self, flown: Flown) -> tuple[str, ...]:
        """In words."""
        small, big, apart = self.both(flown)
        first, second, difference = self.means(flown)
        return (
            self.name, on_all(small, plain) or estimated(first, plain), on_all(big, plain) or estimated(second, plain),
            (on_all(apart, plain) if any(apart) else "") or told_apart(difference, plain, moved=any(apart)),
        )


GAIN = Quantity(name="gain, requests served better, net", of=lambda one: one.gain)


def quantities(flown: Flown) -> tuple[Quantity, ...]:
    """What is told of both programs, the one that counts first."""
    most = (float(len(flown.releases)), 1.0)
    return (
        GAIN,
        Quantity(name="harm, gross, to the models of the time", of=lambda one: one.harmed, least=0.0),
        Quantity(name="releases promoted", of=lambda one: _ended(one, "promoted"), least=0.0, most=most),
        Quantity(name="releases rolled back", of=lambda one: _ended(one, "rolled_back"), least=0.0, most=most),
    )


def _ended(one: Programme, outcome: str) -> int:
    return sum(leg.outcome == outcome for leg in one.legs)


def program_page(flown: Flown, *, repeat: str) -> Page:
    """The page."""
    document, pairs = flown.plan.document, flown.pairs
    failures = tuple((str(one.seed), one.failure) for one in (*flown.steps, *flown.big) if one.failure)
    sections = [
        Section(title="In short", blocks=(Bullets(tuple(_in_short(flown))),) if pairs else ()),
        Section(title="How each release ended", blocks=(_ends_of(flown),)),
        Section(title="What each release added", blocks=(_brought(flown),)),
        Section(title="What small steps bought", blocks=tuple(_bought(flown))),
        Section(title="How to read this", blocks=(Bullets(tuple(_meanings())),)),
    ]
    if failures:
        table = Table(columns=("seed", "because"), rows=failures, words=2)
        sections.insert(0, Section(title="Could not be flown", blocks=(table,)))
    return Page(
        kind="program", title=document.scenario.title,
        lead=f"{flown.plan.name}: {counted(len(flown.releases), 'release')} in one world, on "
        f"{counted(len(pairs), 'seed')}.",
        sections=tuple(sections), exit_code=ExitCode.INCONCLUSIVE if failures else None, repeat=repeat,
        of=provenance(flown.plan),
        data={
            "releases": [{"model": one.model, "at": one.at} for one in flown.releases],
            "programs": [_data(one) for one in flown.steps], "one_big_step": [_data(one) for one in flown.big],
            "bought": _bought_data(flown) if pairs else [], "meanings": MEANINGS,
        },
    )


def _data(one: Programme) -> dict[str, object]:
    return {
        "seed": one.seed, "digest": one.digest, "failure": one.failure, "gain": one.gain, "harm": one.harmed,
        "net": one.net,
        "releases": [
            {
                "model": leg.model, "incumbent": leg.incumbent, "at": leg.at, "until": leg.until,
                "outcome": leg.outcome, "ended_at": leg.ended_at, "gain": int(leg.gained.sum()),
                "harm": int(leg.harmed.sum()), "net": -leg.added, "added": leg.added, "before": leg.before,
            }
            for leg in one.legs
        ],
    }


def _bought_data(flown: Flown) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    for one in quantities(flown):
        sides = zip(("small_steps", "one_big_step", "difference"), one.means(flown), strict=True)
        told.append({"quantity": one.name, **{name: _ends(side) for name, side in sides}})
    return told


def _ends(one: Estimate) -> dict[str, float]:
    return {"mean": one.value, "low": one.low, "high": one.high, "seeds": one.n}


def _in_short(flown: Flown) -> Iterator[str]:
    """What small steps bought against one big step, then every release that was not simply promoted."""
    small, big, apart = GAIN.means(flown)
    way, size = ("more", apart) if apart.value >= 0.0 else ("fewer", Estimate(*_turned(apart), apart.n))
    sure = "surely so" if size.low > 0.0 else "which may be chance"
    yield (
        f"Small steps served {estimated(size, plain)} {way} requests better, net, than one big step on the same "
        f"seeds, {sure}: {estimated(small, plain)} against {estimated(big, plain)}, both held against never releasing "
        "anything."
    )
    for place in range(len(flown.releases)):
        yield from _told_of(flown.legs(place))


def _turned(one: Estimate) -> tuple[float, float, float]:
    return -one.value, -one.high, -one.low


def _told_of(legs: Sequence[Leg]) -> Iterator[str]:
    """Where a release was stopped, what it did until then; and where it was promoted and served more worse."""
    stopped = [leg for leg in legs if leg.outcome == "rolled_back"]
    through = [leg for leg in legs if leg.promoted]
    seeds = counted(len(legs), "seed")
    if stopped:
        after = _median([float(leg.ended_at - leg.at) for leg in stopped if leg.ended_at is not None])
        yield (
            f"The release of {legs[0].model} was stopped and sent back on {len(stopped):,} of {seeds}, {after} after "
            f"it began; {_net(stopped)}."
        )
    if through and mean([float(leg.added) for leg in through]).high < 0.0:
        yield (
            f"The release of {legs[0].model} was promoted on {len(through):,} of {seeds} and serves more requests "
            f"worse than better; {_net(through)}."
        )


def _net(legs: Sequence[Leg]) -> str:
    known = mean([float(leg.added) for leg in legs])
    what, size = ("gain", known) if known.value > 0.0 else ("harm", Estimate(*_turned(known), known.n))
    return (
        f"until the next, there was against {_opponents(legs)}, net, a {what} of {estimated(size, plain)} requests"
    )


def _ends_of(flown: Flown) -> Table:
    rows = []
    for place, release in enumerate(flown.releases):
        legs = flown.legs(place)
        counts = (
            f"{sum(leg.outcome == outcome for leg in legs)} of {len(legs)}"
            for outcome in ("promoted", "rolled_back", "withdrawn")
        )
        took = (
            _median([float(leg.ended_at - leg.at) for leg in legs if leg.outcome == outcome and leg.ended_at])
            for outcome in ("promoted", "rolled_back")
        )
        rows.append((release.model, _opponents(legs), time(release.at), *counts, *took))
    return Table(
        columns=(
            "release", "against", "at", "promoted", "rolled back", "withdrawn", "promoted after", "rolled back after",
        ),
        rows=tuple(rows), words=2,
    )


def _brought(flown: Flown) -> Table:
    rows = []
    for place, release in enumerate(flown.releases):
        legs = flown.legs(place)
        rows.append((
            release.model, _opponents(legs), _mean([leg.harmed.sum() for leg in legs], least=0.0),
            _mean([leg.helped.sum() for leg in legs], least=0.0), _mean([leg.added for leg in legs]),
            _mean([leg.before for leg in legs]) if any(leg.incumbent != "incumbent" for leg in legs) else "—",
            _mean([leg.gained.sum() for leg in legs]),
        ))
    return Table(
        columns=(
            "release", "against", "served worse", "served better", "added, net", "from those before",
            "gain until the next",
        ),
        rows=tuple(rows), words=2,
        note="requests a program; worse, better and added are against the model in the second column, the gain is "
        "against never releasing anything",
    )


def _opponents(legs: Sequence[Leg]) -> str:
    return "; ".join(dict.fromkeys(leg.incumbent for leg in legs)) or "—"


def _median(times: Sequence[float]) -> str:
    return time(float(np.median(times))) if times else "—"


def _mean(values: Sequence[int], *, least: float = -math.inf) -> str:
    return estimated(mean([float(value) for value in values], least=least), plain)


def _bought(flown: Flown) -> Iterator[Block]:
    if flown.pairs:
        yield Table(
            columns=("", "small steps", "one big step", "difference, same seeds"),
            rows=tuple(one.told(flown) for one in quantities(flown)),
            note="never releasing anything gains nothing and harms nobody",
        )
        yield _chart(flown, "Gain so far", "requests served better, net", lambda one, windows: one.gained(windows))
        yield _chart(flown, "Harm so far, gross", "requests served worse", lambda one, windows: one.suffered(windows))


def _meanings() -> Iterator[str]:
    names = {"added": "Added, net", "before": "From those before", "harm": "Harm, or served worse"}
    yield from (f"{names.get(name, name.capitalize())}: {said}." for name, said in MEANINGS.items())
    yield (
        "Promoted: everybody has the model, and the last bake is over; the next release is held against it, and falls "
        "back to it."
    )
    yield "Intervals are 95%, by Student's t; what came out alike on every seed has none."


def _chart(flown: Flown, title: str, y: str, of: Callable[[Programme, int], np.ndarray]) -> Lines:
    story = flown.plan.document.scenario
    windows = math.ceil(story.duration / story.tick)
    at = tuple((place + 1) * story.tick / HOUR for place in range(windows))

    def line(label: str, programs: Sequence[Programme]) -> Series:
        total = np.mean([np.cumsum(of(one, windows)) for one in programs], axis=0)
        return Series(label=label, x=at, y=tuple(map(float, total.tolist())))

    return Lines(
        title=f"{title}, mean over seeds", x="hours", y=y,
        series=(
            line("small steps", [one for one, _ in flown.pairs]), line("one big step", [two for _, two in flown.pairs]),
        ),
        marks=tuple((one.at / HOUR, one.model) for one in flown.releases),
    )
