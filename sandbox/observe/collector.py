"""The collector: telemetry in, windows out when they may be read, cohorts out when their labels have matured."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sandbox.base.streams import stream_key
from sandbox.base.telemetry import Answers, Arrivals, Labels, Telemetry
from sandbox.base.window import FEATURE_BINS, Counts, Layout, Sparse, Window
from sandbox.observe.count import add_answers, add_arrivals, add_features, add_labels
from sandbox.observe.metrics.view import Reference
from sandbox.observe.telemetry import TelemetryTable


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One window's place: its index, when it began, and the step and shares that were applied."""

    index: int
    start: int
    step: int
    share: tuple[float, ...]


@dataclass(slots=True)
class _Cohort:
    """Requests routed in one window, whose labels are still coming."""

    stretch: _Stretch
    end: int
    counts: Counts


class Collector:
    """Turns what the service reports into what a decision may read, no sooner than it could.

    A window closes when the session says so: at every tick and whenever routing changes. Answers to requests that were
    routed at an earlier step go to a window of that step, since a gate must not charge one step for another.
    """

    def __init__(
        self, layout: Layout, table: TelemetryTable, *, users: int, horizon: int, reference: Reference | None,
        features_read: bool,
    ) -> None:
        self.layout = layout
        self._table = table
        self._horizon = horizon
        self.reference = reference
        self._features_read = features_read and reference is not None
        self._seen = np.full(users, -1, dtype=np.int32)
        self._epoch = 0
        self._now = _Stretch(0, 0, -1, ())
        self._before: _Stretch | None = None
        self._counts = self._blank()
        self._late = self._blank()
        self._late_any = False
        self._cohorts: deque[_Cohort] = deque()
        self._step_began = 0
        self._ready: deque[Window] = deque()
        self.labels_too_late = 0

    def _blank(self) -> Counts:
        return np.zeros(self.layout.size, dtype=np.int64)

    @property
    def began(self) -> int:
        """When the current window began, in ns."""
        return self._now.start

    def begin(self, at: int, *, step: int, share: tuple[float, ...]) -> None:
        """A new window begins, or the one that just began gets another step or share."""
        if self._cohorts and self._cohorts[-1].stretch.start == at == self._cohorts[-1].end:
            self._cohorts.pop()
        if step != self._now.step or share != self._now.share:
            self._before = self._now
            self._step_began = at
            self._epoch += 1
        self._now = _Stretch(self._now.index, at, step, share)
        self._cohorts.append(_Cohort(self._now, at, np.zeros(self.layout.label_size, dtype=np.int64)))

    def take(self, telemetry: Telemetry) -> None:
        """Count what was reported."""
        for arrivals in telemetry.arrivals:
            self._take_arrivals(arrivals)
        for answers in telemetry.answers:
            self._take_answers(answers)
        for labels in telemetry.labels:
            self._take_labels(labels)
        for pool in telemetry.pools:
            self.layout.part(self._counts, "busy_ns")[pool.arm] += pool.work_ns
            self.layout.part(self._counts, "slot_ns")[pool.arm] += pool.room_ns
            self.layout.part(self._counts, "waiting_ns")[pool.arm] += pool.waiting * (telemetry.end - telemetry.start)

    def _take_arrivals(self, arrivals: Arrivals) -> None:
        add_arrivals(self.layout, self._counts, self._cohorts[-1].counts, arrivals)
        fresh = np.flatnonzero(self._seen[arrivals.user] != self._epoch)
        if fresh.size:
            users, first = np.unique(arrivals.user[fresh], return_index=True)
            self._seen[users] = self._epoch
            part = self.layout.part(self._counts, "users")
            part += np.bincount(arrivals.arm[fresh[first]], minlength=len(self.layout.arms))
        if self._features_read and arrivals.features is not None and self.reference is not None:
            rows = self._looked_at(arrivals)
            add_features(
                self.layout, self._counts, arm=arrivals.arm[rows], features=arrivals.features[rows],
                edges=self.reference.edges,
            )

    def _looked_at(self, arrivals: Arrivals) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Rows of the collector's sample: a stride over request numbers, so cutting time does not change it."""
        every = max(1, round(1.0 / self._table.sample))
        first = -(arrivals.first_seq + _OFFSET) % every
        return np.arange(first, len(arrivals.at), every)

    def _take_answers(self, answers: Answers) -> None:
        late = answers.arrived < self._step_began
        if late.any():
            add_answers(self.layout, self._late, _only(answers, late))
            self._late_any = True
            answers = _only(answers, ~late)
        add_answers(self.layout, self._counts, answers)

    def _take_labels(self, labels: Labels) -> None:
        seen = self.layout.part(self._counts, "labels_seen").reshape(-1)
        seen += np.bincount(labels.arm.astype(np.int64) * 2 + labels.shadow, minlength=len(seen))
        oldest = self._cohorts[0].stretch.start if self._cohorts else 0
        self.labels_too_late += int((labels.arrived < oldest).sum())
        starts = np.array([cohort.stretch.start for cohort in self._cohorts])
        home = np.searchsorted(starts, labels.arrived, side="right") - 1
        for index in np.unique(home[home >= 0]).tolist():
            add_labels(self.layout, self._cohorts[index].counts, _labels_of(labels, home == index))

    def close(self, at: int) -> None:
        """The current window ends; it and any cohort that has matured by then can be read after the delay."""
        visible_at = at + self._table.delay
        if self._late_any and self._before is not None:
            place = replace(self._before, index=self._now.index, start=self._now.start)
            self._ready.append(self._window(place, at, visible_at, self._late, matured=False))
            self._late = self._blank()
            self._late_any = False
        self._ready.append(self._window(self._now, at, visible_at, self._counts, matured=False))
        self._counts = self._blank()
        if self._cohorts:
            self._cohorts[-1].end = at
        while self._cohorts and self._cohorts[0].end + self._horizon <= at:
            cohort = self._cohorts.popleft()
            self._ready.append(
                self._window(cohort.stretch, cohort.end, visible_at, cohort.counts, matured=True)
            )
        self._now = _Stretch(self._now.index + 1, at, self._now.step, self._now.share)

    def _window(self, stretch: _Stretch, end: int, visible_at: int, counts: Counts, *, matured: bool) -> Window:
        return Window(
            index=stretch.index, start=stretch.start, end=end, visible_at=visible_at, step=stretch.step,
            share=stretch.share, matured=matured, counts=Sparse.of(counts),
        )

    def readable(self, now: int) -> Iterator[Window]:
        """The windows that have become readable and were not handed out before, in order."""
        while self._ready and self._ready[0].visible_at <= now:
            yield self._ready.popleft()


_OFFSET = stream_key("telemetry.sample") & 0xFFFF


def reference_of(features: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Reference:
    """Reference-quantile bins of features (n, d), and how many of them fall in each."""
    quantiles = np.linspace(0.0, 1.0, FEATURE_BINS + 1)[1:-1]
    edges, counts = [], []
    for column in features.T:
        there = column[~np.isnan(column)].astype(np.float64)
        edge = np.quantile(there, quantiles) if len(there) else np.zeros(FEATURE_BINS - 1)
        bins = np.searchsorted(edge, column, side="right")
        bins[np.isnan(column)] = FEATURE_BINS
        edges.append(edge)
        counts.append(np.bincount(bins, minlength=FEATURE_BINS + 1))
    return Reference(np.array(edges), np.array(counts, dtype=np.int64))


def _only(answers: Answers, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Answers:
    return Answers(
        arm=answers.arm[rows], shadow=answers.shadow[rows], segment=answers.segment[rows], group=answers.group[rows],
        user=answers.user[rows], status=answers.status[rows], arrived=answers.arrived[rows], latency=answers.latency[rows],
        score=answers.score[rows], decision=answers.decision[rows], cost=answers.cost[rows],
    )


def _labels_of(labels: Labels, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Labels:
    return Labels(
        arm=labels.arm[rows], shadow=labels.shadow[rows], segment=labels.segment[rows], group=labels.group[rows],
        arrived=labels.arrived[rows], score=labels.score[rows], decision=labels.decision[rows],
        label=labels.label[rows],
    )
