"""What a program of releases comes to, beside the same world with one big step, as a page."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sandbox.lab.intervals import mean
from sandbox.lab.program import Programme, Release
from sandbox.lab.provenance import provenance
from sandbox.lab.wording import estimated, plain, time
from sandbox.report.charts import Lines, Series
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Page, Section, Table
from sandbox.scenario.plan import Plan

MINUTE = 60e9
HOUR = 60 * MINUTE


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


def program_page(flown: Flown, *, repeat: str) -> Page:
    """The page."""
    document, pairs = flown.plan.document, flown.pairs
    failures = tuple((str(one.seed), one.failure) for one in (*flown.steps, *flown.big) if one.failure)
    sections = [
        Section(title="Release by release", blocks=tuple(_each(flown))),
        Section(title="What small steps bought", blocks=tuple(_bought(flown))),
        Section(title="How to read this", blocks=(
            "Gain: requests served better, net, than had nothing ever been released. Harm: requests served worse than "
            "by the incumbent of their time. One big step: the last release alone, when it comes, against the first "
            "incumbent; same world, same seeds. Intervals are 95%.",
        )),
    ]
    if failures:
        table = Table(columns=("seed", "because"), rows=failures, words=2)
        sections.insert(0, Section(title="Could not be flown", blocks=(table,)))
    return Page(
        kind="program", title=document.scenario.title,
        lead=f"{flown.plan.name}: {len(flown.releases)} releases in one world, on {len(pairs):,} seeds.",
        sections=tuple(sections), exit_code=ExitCode.INCONCLUSIVE if failures else None, repeat=repeat,
        of=provenance(flown.plan),
        data={
            "releases": [{"model": one.model, "at": one.at} for one in flown.releases],
            "programs": [_told(one) for one in flown.steps], "one_big_step": [_told(one) for one in flown.big],
        },
    )


def _told(one: Programme) -> dict[str, object]:
    return {
        "seed": one.seed, "digest": one.digest, "failure": one.failure, "gain": one.gain, "harm": one.harmed,
        "net": one.net,
        "releases": [
            {
                "model": leg.model, "incumbent": leg.incumbent, "at": leg.at, "until": leg.until,
                "outcome": leg.outcome, "ended_at": leg.ended_at, "gain": int(leg.gained.sum()),
                "harm": int(leg.harmed.sum()), "net": int(leg.harmed.sum() - leg.helped.sum()),
            }
            for leg in one.legs
        ],
    }


def _each(flown: Flown) -> Iterator[Block]:
    rows = []
    whole = [one for one in flown.steps if not one.failure]
    for place, release in enumerate(flown.releases):
        legs = [one.legs[place] for one in whole]
        took = [float(leg.ended_at - leg.at) for leg in legs if leg.promoted and leg.ended_at is not None]
        against = "; ".join(dict.fromkeys(leg.incumbent for leg in legs))
        rows.append((
            release.model, against, time(release.at), *(
                f"{sum(leg.outcome == outcome for leg in legs)} of {len(legs)}"
                for outcome in ("promoted", "rolled_back", "withdrawn")
            ),
            time(float(np.median(took))) if took else "",
            estimated(mean([float(leg.gained.sum()) for leg in legs]), plain),
            estimated(mean([float(leg.harmed.sum()) for leg in legs], least=0.0), plain),
        ))
    yield Table(
        columns=(
            "release", "against", "at", "promoted", "rolled back", "withdrawn", "takes", "gain until the next", "harm",
        ),
        rows=tuple(rows), words=2,
    )


def _bought(flown: Flown) -> Iterator[Block]:
    pairs = flown.pairs
    rows = []
    for name, of, least, most in _quantities(flown):
        small, big = [float(of(one)) for one, _ in pairs], [float(of(other)) for _, other in pairs]
        apart = mean([a - b for a, b in zip(small, big, strict=True)], least=least - most, most=most - least)
        rows.append((
            name, estimated(mean(small, least=least, most=most), plain),
            estimated(mean(big, least=least, most=most), plain), estimated(apart, plain),
        ))
    yield Table(
        columns=("", "small steps", "one big step", "difference, same seeds"), rows=tuple(rows),
        note="never releasing anything gains nothing and harms nobody",
    )
    if pairs:
        yield _chart(flown, "Gain so far", "requests served better, net", lambda one, windows: one.gained(windows))
        yield _chart(flown, "Harm so far", "requests served worse", lambda one, windows: one.suffered(windows))


def _quantities(flown: Flown) -> Iterator[tuple[str, Callable[[Programme], int], float, float]]:
    """What is told of a program, and between what it must be."""
    yield "gain, requests served better", lambda one: one.gain, -math.inf, math.inf
    yield "harm, requests served worse", lambda one: one.harmed, 0.0, math.inf
    yield "net harm, requests", lambda one: one.net, -math.inf, math.inf
    yield "releases promoted", lambda one: sum(leg.promoted for leg in one.legs), 0.0, float(len(flown.releases))


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
