"""What is scraped at a tick: the windows that became readable since the last, as samples of series.

A metric's sample is its value over those windows; a tick at which none became readable leaves no sample. Counters count
from 0 at the begin of the flight, and are never reset. What is not a number, such as a share of nothing, is scraped as
NaN, which no comparison holds for.
"""

import math
from collections.abc import Iterable

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import Layout, Window
from sandbox.decide.alerts.scene import Form, Name
from sandbox.decide.alerts.series import Series
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Metric, Reference, View

Scraped = dict[str, list[list[float | int | None]]]
"""By metric and then by arm: the value (None: not a number), how many it rests on, how many hits (None: no share)."""


class Scraper:
    """Keeps the windows of the current tick and the series of all ticks so far."""

    def __init__(self, reads: Iterable[str], *, layout: Layout, reference: Reference | None) -> None:
        self.series: dict[Name, Series] = {}
        self.metrics = tuple(metric(name) for name in dict.fromkeys(reads))
        self._layout, self._reference = layout, reference
        self._counted: dict[Name, float] = {}
        self._waiting: list[Window] = []
        for one in self.metrics:
            blank = one.read(self._view(one, (), share=(1.0,) * len(layout.arms)))
            for arm, reading in zip(layout.arms, blank, strict=True):
                self.series[Name(one.name, "value", arm)] = Series()
                self._count(Name(one.name, "events", arm), 0, at=0)
                if reading.hits >= 0:
                    self._count(Name(one.name, "hits", arm), 0, at=0)

    def see(self, window: Window) -> None:
        """A window became readable."""
        if self.metrics:
            self._waiting.append(window)

    def scrape(self, at: int) -> Scraped:
        """Everything that became readable since the last scrape becomes a sample of each series."""
        scraped: Scraped = {}
        for one in self.metrics:
            windows = [window for window in self._waiting if window.matured == one.matured]
            if windows:
                readings = one.read(self._view(one, windows, share=windows[-1].share))
                scraped[one.name] = [
                    self._take(one.name, arm, reading, at=at)
                    for arm, reading in zip(self._layout.arms, readings, strict=True)
                ]
        self._waiting.clear()
        return scraped

    def _view(self, one: Metric, windows: Iterable[Window], *, share: tuple[float, ...]) -> View:
        counts = np.zeros(self._layout.label_size if one.matured else self._layout.size, dtype=np.int64)
        for window in windows:
            window.counts.add_to(counts)
        return View(self._layout, counts, share, self._reference)

    def _take(self, name: str, arm: str, reading: Reading, *, at: int) -> list[float | int | None]:
        self.series[Name(name, "value", arm)].add(at, reading.value)
        self._count(Name(name, "events", arm), reading.n, at=at)
        if reading.hits >= 0:
            self._count(Name(name, "hits", arm), reading.hits, at=at)
        value = reading.value if math.isfinite(reading.value) else None
        return [value, reading.n, reading.hits if reading.hits >= 0 else None]

    def _count(self, name: Name, more: int, *, at: int) -> None:
        self._counted[name] = self._counted.get(name, 0.0) + more
        self.series.setdefault(name, Series()).add(at, self._counted[name])

    def counted(self, name: str, arm: str, form: Form) -> float:
        """How many were counted so far."""
        return self._counted.get(Name(name, form, arm), 0.0)
