"""One flight as a page: what was expected, what was decided, what was true, with charts."""

from collections.abc import Iterator

import numpy as np

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND, counted, rounded_duration
from sandbox.report.charts import Lines, Series
from sandbox.report.decisions import stays
from sandbox.report.harm import KINDS
from sandbox.report.page import Block, Check, Page, Section, Table
from sandbox.report.render.json import document
from sandbox.report.scorecard import Scorecard, score

MINUTE = 60.0 * NS_PER_SECOND


def flown(flight: Flight, *, run: str, repeat: str) -> Page:
    """The page of one flight."""
    card = score(flight, run=run, repeat=repeat)
    delay = card.harm.detection_delay
    found = "" if card.harm.onset is None else "; harm never detected"
    if delay is not None:
        found = f"; harm detected after {rounded_duration(delay)}"
    expected = tuple(_expected(card)) or ("Nothing: the scenario has no [expect].",)
    sections = (
        Section(title="What was expected", blocks=expected),
        Section(title="What was decided", blocks=tuple(_decided(card, flight))),
        Section(title="What was true", blocks=tuple(_true(card, flight))),
        *((Section(title="What was not flown", blocks=(card.unflown,)),) if card.unflown else ()),
        Section(title="Alerts", blocks=(_alerts(card),) if card.alerts else ("None fired.",)),
    )
    return Page(
        kind="run", title=card.title,
        lead=f"{card.name}, seed {card.seed}: {card.outcome.replace('_', ' ')}; "
        f"{counted(card.harm.users, 'user')} served worse{found}.",
        sections=sections, exit_code=card.exit_code, repeat=repeat, data={"run": run, "flight": document(card)},
    )


def _expected(card: Scorecard) -> Iterator[Block]:
    for one in card.expectations:
        yield Check(name=one.name, want=one.want, got=one.got, state=one.state)


def _decided(card: Scorecard, flight: Flight) -> Iterator[Block]:
    yield Table(
        columns=("at", "what", "because"), words=3,
        rows=tuple(
            (clock(one.at), one.title if one.what == "step" else one.what, one.because) for one in card.decisions
        ),
    )
    line = [(stay.start, stay.share) for stay in stays(flight)]
    if line:
        at = (*(start / MINUTE for start, _ in line), flight.ended_at / MINUTE)
        yield Lines(
            title="The candidate's share", x="minutes", y="share", share=True,
            series=(Series(label="share", x=at, y=(*(share for _, share in line), line[-1][1]), steps=True),),
            marks=tuple(_marks(card)),
        )


def _marks(card: Scorecard) -> Iterator[tuple[float, str]]:
    if card.harm.onset is not None:
        yield card.harm.onset.at / MINUTE, "harm begins"
    if card.detected_at is not None:
        yield card.detected_at / MINUTE, "detected"


def _true(card: Scorecard, flight: Flight) -> Iterator[Block]:
    total = card.harm.total
    yield Table(
        columns=("requests", "served worse", "served better"),
        rows=tuple(
            (kind, f"{bad:,}", f"{good:,}")
            for kind, bad, good in zip(KINDS, total.harmed, total.helped, strict=True)
        ),
        note=f"of {counted(total.requests, 'request')}, against the same flight that stays on the incumbent",
    )
    if len(card.harm.by_group) > 1:
        yield Table(
            columns=("group", "requests", "net served worse"),
            rows=tuple((name, f"{one.requests:,}", f"{one.net:,}") for name, one in card.harm.by_group),
        )
    truth = flight.truth
    net = np.cumsum((truth.harmed - truth.helped).sum(axis=(1, 2, 3, 4)))
    ends = tuple(((truth.starts + flight.header.tick) / MINUTE).tolist())
    yield Lines(
        title="Net harm so far", x="minutes", y="requests served worse, net", marks=tuple(_marks(card)),
        series=(Series(label="net harm", x=ends, y=tuple(map(float, net.tolist()))),),
    )
    if truth.intervals:
        yield Table(
            columns=("what bent the world", "kind", "from", "until"), words=2,
            rows=tuple((one.name, one.kind, clock(one.start), clock(one.end)) for one in truth.intervals),
        )


def _alerts(card: Scorecard) -> Table:
    return Table(
        columns=("alert", "severity", "fired", "resolved"), words=2,
        rows=tuple(
            (one.alert, one.severity, clock(one.fired_at), "" if one.resolved_at is None else clock(one.resolved_at))
            for one in card.alerts
        ),
    )


