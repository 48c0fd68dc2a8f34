"""Reads metrics off windows as they come in: one point a window, an instrument and an arm."""

import math
from collections.abc import Sequence

from sandbox.base.reading import Reading
from sandbox.base.window import Layout, Window
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Metric, Reference, View
from tui.series import Growing, Point, Series
from tui.sheet import Sheet

Memo = dict[tuple[str, int, int], Point]
"""What was read of a window once: by metric, its begin, and whether it is a cohort."""


class Instruments:
    """The series of every instrument that somebody looks at; others are read when they are first asked for."""

    def __init__(
        self, sheet: Sheet, *, layout: Layout, reference: Reference | None, memo: Memo | None = None
    ) -> None:
        self._sheet, self._layout, self._reference = sheet, layout, reference
        self._memo = {} if memo is None else memo
        self._windows: list[Window] = []
        self._metrics: dict[str, Metric] = {}
        self._points: dict[str, Growing] = {}
        self.matured_to = 0
        """The end of the last cohort whose labels were read."""

    def watch(self, names: Sequence[str]) -> None:
        """Read these, too, from the first window on."""
        for name in names:
            if name in self._metrics:
                continue
            one = self._metrics[name] = metric(name)
            self._points[name] = Growing(
                self._point(one, window) for window in self._windows if window.matured == one.matured
            )

    @property
    def watched(self) -> tuple[str, ...]:
        """The metrics that are read."""
        return tuple(self._metrics)

    def take(self, window: Window) -> None:
        """A window became readable."""
        self._windows.append(window)
        if window.matured:
            self.matured_to = max(self.matured_to, window.end)
        for name, one in self._metrics.items():
            if one.matured == window.matured:
                self._points[name].append(self._point(one, window))

    def series(self) -> dict[str, Series]:
        """Every series so far."""
        return {name: points.series for name, points in self._points.items()}

    def last(self, name: str) -> float | None:
        """What an instrument reads of the candidate now."""
        last = self._points[name].series.last if name in self._points else None
        return None if last is None else last.candidate

    def _point(self, one: Metric, window: Window) -> Point:
        key = (one.name, window.start, window.matured)
        if key not in self._memo:
            self._memo[key] = self._read(one, window)
        return self._memo[key]

    def _read(self, one: Metric, window: Window) -> Point:
        view = View(self._layout, window.counts.dense(), window.share, self._reference)
        readings = one.read(view)
        candidate = readings[self._sheet.arm]
        if one.name == "traffic.share":
            return Point(window.end, window.share[self._sheet.arm], _value(candidate), -1, candidate.n)
        return Point(window.end, _value(readings[0]), _value(candidate), readings[0].n, candidate.n)


def _value(reading: Reading) -> float | None:
    return None if reading.empty or not math.isfinite(reading.value) else reading.value
