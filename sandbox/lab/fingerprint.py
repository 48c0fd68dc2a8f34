"""What a fault leaves in telemetry, and when: its flight beside the same flight without it, scrape by scrape.

A metric of an arm has moved at a scrape where it differs by more than four standard errors of the two readings and by
more than a tenth (a share: by at least five requests); where no error is known, by a tenth alone. Besides metrics count
what is missing, late or frozen, who is told, which alerts fire, and whether gates are asked.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sandbox.base.flight import Flight
from sandbox.base.reading import Reading
from sandbox.base.window import Layout, Window
from sandbox.lab.fault_drill import MINUTE, ROLLED_BACK, TICK, drill, fly_drill, settings, span
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Metric, Reference, View
from sandbox.run.session import Session

PANEL = (
    "answers.invalid", "errors.rate", "timeouts.rate", "rejections.rate", "traffic.share", "saturation.slots",
    "saturation.memory", "latency.p50", "latency.p99", "saturation.busy",
)
"""What is looked at scrape by scrape, the plainest first: of two that move at once the first is named first."""

SLOW = ("drift.psi.score", "quality.wrong", "quality.brier")
"""What takes more answers than a scrape has: looked at once, over all that the fault reached."""

LEAST = {"latency.p99": 0.3}
"""How far a metric must move at least, where not by a tenth: the p99 of a scrape rests on three answers."""

STEP = {
    "slow-start": 6 * MINUTE, "autoscaler-lag": 6 * MINUTE, "unapplied": 6 * MINUTE, "ramp-stuck": 6 * MINUTE,
    "slow-rollback": ROLLED_BACK, "partial-rollback": ROLLED_BACK, "incompatible-rollback": ROLLED_BACK,
    **dict.fromkeys(("misrouted-alert", "silence", "alert-typo", "broad-inhibition"), 6 * MINUTE),
}
"""What cannot show before something else happens: the step, the rollback or the page that it waits for."""

LINGERS = MINUTE
"""How long after it was lifted a fault may still show."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What moved, in the order in which it did, each with how many ns after the fault could show it was seen."""

    kind: str
    moved: tuple[tuple[str, int], ...]

    @property
    def of(self) -> frozenset[str]:
        """What moved, whenever."""
        return frozenset(name for name, _ in self.moved)

    @property
    def first(self) -> tuple[str, ...]:
        """What was seen first."""
        return tuple(name for name, after in self.moved if after == self.moved[0][1])

    @property
    def after(self) -> int | None:
        """How many ns after the fault could show anything moved; None where nothing did."""
        return self.moved[0][1] if self.moved else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A flight as those saw it who read its windows: by instant of the clock, what became readable."""

    flight: Flight
    at: dict[int, list[Window]]

    @classmethod
    def of(cls, flight: Flight) -> "_Seen":
        when = [entry.at for entry in flight.journal if entry.kind == "window"]
        at: dict[int, list[Window]] = {}
        for instant, window in zip(when, flight.windows, strict=True):
            at.setdefault(instant, []).append(window)
        return cls(flight, at)

    def read(self, one: Metric, instant: int, reference: Reference | None) -> tuple[Reading, ...] | None:
        windows = [window for window in self.at.get(instant, ()) if window.matured == one.matured]
        if not windows:
            return None
        return self._merged(one, windows, reference)

    def over(self, one: Metric, span: tuple[int, int], reference: Reference | None) -> tuple[Reading, ...]:
        """A metric over all windows of a stretch of time."""
        windows = [
            window for window in self.flight.windows
            if window.matured == one.matured and span[0] <= window.start and window.end <= span[1]
        ]
        return self._merged(one, windows, reference)

    def _merged(self, one: Metric, windows: list[Window], reference: Reference | None) -> tuple[Reading, ...]:
        layout: Layout = self.flight.header.layout
        counts = np.zeros(layout.label_size if one.matured else layout.size, dtype=np.int64)
        for window in windows:
            window.counts.add_to(counts)
        return one.read(View(layout, counts, (1.0,) * len(layout.arms), reference))

    def live(self, instant: int) -> list[Window]:
        return [window for window in self.at.get(instant, ()) if not window.matured]


@cache
def _healthy() -> tuple[_Seen, Reference | None]:
    session = Session(drill())
    return _Seen.of(fly_drill(drill())), session.collector.reference


def fingerprint(kind: str) -> Fingerprint:
    """What a kind of fault leaves in the drill."""
    healthy, reference = _healthy()
    struck = _Seen.of(fly_drill(drill(settings(kind))))
    at, until = span(kind)
    shows = STEP.get(kind, at)
    found: dict[str, int] = {}
    for instant in range(at + TICK, until + LINGERS + 1, TICK):
        for name in (*_missing(healthy, struck, instant), *_moved(healthy, struck, instant, reference)):
            found.setdefault(name, max(0, instant - shows))
    for name in _slowly(healthy, struck, (shows, until), reference):
        found.setdefault(name, until - shows)
    for name, instant in _told(healthy.flight, struck.flight, at, until):
        found.setdefault(name, max(0, instant - shows))
    return Fingerprint(kind, tuple(sorted(found.items(), key=lambda one: one[1])))


def _moved(healthy: _Seen, struck: _Seen, instant: int, reference: Reference | None) -> Iterator[str]:
    arms = struck.flight.header.layout.arms
    for name in PANEL:
        before, after = (one.read(metric(name), instant, reference) for one in (healthy, struck))
        if before is None or after is None or not _same_windows(healthy, struck, instant):
            continue
        for arm, old, new in zip(arms, before, after, strict=True):
            if sign := _beyond_chance(old, new, least=LEAST.get(name, 0.1)):
                yield f"{arm} {name} {sign}"


def _slowly(healthy: _Seen, struck: _Seen, span: tuple[int, int], reference: Reference | None) -> Iterator[str]:
    arms = struck.flight.header.layout.arms
    for name in SLOW:
        before, after = (one.over(metric(name), span, reference) for one in (healthy, struck))
        for arm, old, new in zip(arms, before, after, strict=True):
            if new.null is not None:
                if new.value > max(new.null.quantile(0.9999), 2 * old.value):
                    yield f"{arm} {name} ↑"
            elif sign := _beyond_chance(old, new, least=0.1):
                yield f"{arm} {name} {sign}"


def _same_windows(healthy: _Seen, struck: _Seen, instant: int) -> bool:
    """Whether what is read at an instant is of the same stretch of time: what came late is no move of a metric."""
    spans = [[(one.start, one.end) for one in seen.live(instant)] for seen in (healthy, struck)]
    return not spans[1] or spans[0][-1:] == spans[1][-1:]


def _beyond_chance(old: Reading, new: Reading, *, least: float) -> str:
    if old.empty or new.empty:
        return ""
    gap = new.value - old.value
    if new.hits >= 0 and abs(new.hits / new.n - old.hits / old.n) * min(new.n, old.n) < 5:
        return ""
    if abs(gap) <= least * abs(old.value):
        return ""
    error = math.hypot(old.error, new.error)
    if math.isfinite(error) and abs(gap) <= 4 * error:
        return ""
    return "↑" if gap > 0 else "↓"


def _missing(healthy: _Seen, struck: _Seen, instant: int) -> Iterator[str]:
    usual, live = healthy.live(instant), struck.live(instant)
    if usual and not live:
        ever = {(one.start, one.end) for windows in struck.at.values() for one in windows if not one.matured}
        yield "live series late" if any((one.start, one.end) in ever for one in usual) else "live series missing"
    cohorts = [sum(one.matured for one in seen.at.get(instant, ())) for seen in (healthy, struck)]
    if cohorts[1] < cohorts[0]:
        yield "labels late"
    before = struck.live(instant - TICK)
    if live and before and live[-1].counts.dense().tobytes() == before[-1].counts.dense().tobytes():
        yield "live series frozen"


def _told(healthy: Flight, struck: Flight, at: int, until: int) -> Iterator[tuple[str, int]]:
    def of(flight: Flight, kind: str) -> list[tuple[int, dict[str, object]]]:
        return [(one.at, one.facts) for one in flight.journal if one.kind == kind and at <= one.at < until]

    fires = [{(when, str(facts["alert"])) for when, facts in of(flight, "alert") if facts["state"] == "firing"}
             for flight in (healthy, struck)]
    told = [[one for one in of(flight, "notify") if one[1]["firing"]] for flight in (healthy, struck)]
    for when, alert in sorted(fires[0] - fires[1]):
        yield f"alert does not fire: {alert}", when
    sent = [{(when, str(facts["firing"])): facts["to"] for when, facts in one} for one in told]
    for (when, firing), to in sent[0].items():
        if (when, firing) not in sent[1] and fires[0] == fires[1]:
            yield "fires and nobody is told", when
        elif sent[1].get((when, firing), to) != to:
            yield "fires and somebody else is told", when
    asked = [{when for when, _ in of(flight, "gate")} for flight in (healthy, struck)]
    for when in sorted(asked[0] - asked[1])[:1]:
        yield "no gate is asked", when
