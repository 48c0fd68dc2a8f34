"""The collector: telemetry in, windows out when they may be read, cohorts out when their labels have matured."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream, stream_key
from sandbox.base.telemetry import Answers, Arrivals, Codes, Labels, Telemetry, Users, only
from sandbox.base.window import FEATURE_BINS, Counts, Layout, Sparse, Window
from sandbox.observe import kernel
from sandbox.observe.contract import Terms
from sandbox.observe.count import (
    Wrong,
    add_answers,
    add_answers_by_user,
    add_arrivals,
    add_feedback,
    add_first_wrong,
    add_grades,
    add_labels,
    add_labels_by_user,
    add_pool,
)
from sandbox.observe.leaving import Leaving
from sandbox.observe.metrics.view import Reference
from sandbox.observe.telemetry import TelemetryTable


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One window's place: its index, when it began, and the step and shares that were applied."""

    index: int
    start: int
    step: int
    share: tuple[float, ...]
    epoch: int = 0
    part: tuple[bool, ...] = ()

    @property
    def split_at(self) -> int:
        """Its epoch where shares drew arms, so that who was answered by whom is chance; else -1."""
        return self.epoch if any(0.0 < share < 1.0 for share in self.share[1:]) else -1


@dataclass(slots=True)
class _Cohort:
    """Requests routed in one window, whose labels are still coming; `row` is its place in the table of cohorts."""

    stretch: _Stretch
    end: int
    row: int


class Collector:
    """Turns what the service reports into what a decision may read, no sooner than it could.

    A window closes when the session says so: at every tick and whenever routing changes. Answers to requests that were
    routed at an earlier step go to a window of that step, since a gate must not charge one step for another.
    """

    def __init__(
        self, layout: Layout, table: TelemetryTable, *, users: int, horizon: int, reference: Reference | None,
        terms: Terms | None = None, seed: int = 0,
    ) -> None:
        self.layout = layout
        self.reference = reference
        self.labels_too_late = 0
        self.lost = 0
        self._seed = seed
        self._table = table
        self._terms = terms
        self._horizon = horizon
        self._every = max(1, round(1.0 / table.sample))
        self._seen = np.full(users, -1, dtype=np.int32)
        self._since = np.full(users, -1, dtype=np.int32)
        self._events = np.zeros(users, dtype=np.int32)
        self._epoch = 0
        self._counted = (True,) * len(layout.segments)
        self._everybody = (True,) * len(layout.segments)
        self._now = _Stretch(0, 0, -1, (), 0, self._everybody)
        self._before: _Stretch | None = None
        self._step_began = 0
        self._counts = self._blank()
        self._late: Counts | None = None
        self._late_answers: list[Answers] = []
        self._wrong: list[Wrong] = []
        self._leaving = Leaving(layout, users=users) if layout.leaving else None
        self._cohorts: deque[_Cohort] = deque()
        self._cohort_counts = np.zeros((4, layout.label_size), dtype=np.int64)
        self._free_rows = [3, 2, 1, 0]
        self._ready: deque[Window] = deque()

    def _blank(self) -> Counts:
        return np.zeros(self.layout.size, dtype=np.int64)

    # Windows begin and end.

    @property
    def began(self) -> int:
        """When the current window began, in ns."""
        return self._now.start

    def begin(
        self, at: int, *, step: int, share: tuple[float, ...], segments: tuple[str, ...] = (),
        first: tuple[str, ...] = (),
    ) -> None:
        """A new window begins, or the one that just began gets another step or share; `segments` take part, or all.

        Users are counted in the `first` of them, of whom `share` speaks, or in all.
        """
        self._counted = tuple(name in first for name in self.layout.segments) if first else self._everybody
        part = tuple(name in segments for name in self.layout.segments) if segments else self._everybody
        if self._cohorts and self._cohorts[-1].stretch.start == at == self._cohorts[-1].end:
            self._free_rows.append(self._cohorts.pop().row)
        if (step, share, part) != (self._now.step, self._now.share, self._now.part):
            self._before = self._now
            self._step_began = at
            self._epoch += 1
        self._now = _Stretch(self._now.index, at, step, share, self._epoch, part)
        self._cohorts.append(_Cohort(self._now, at, self._free_row()))

    def _free_row(self) -> int:
        if not self._free_rows:
            old = len(self._cohort_counts)
            self._cohort_counts = np.concatenate([self._cohort_counts, np.zeros_like(self._cohort_counts)])
            self._free_rows = list(range(2 * old - 1, old - 1, -1))
        return self._free_rows.pop()

    def close(self, at: int) -> None:
        """The current window ends; it and any cohort that has matured by then can be read after the delay."""
        visible_at = at + self._table.delay
        self._count_firsts()
        lost = self._is_lost("windows", at)
        if self._late is not None and self._before is not None:
            place = replace(self._before, index=self._now.index, start=self._now.start)
            self._send(_window(place, at, visible_at, self._late, matured=False), lost=lost)
            self._late = None
        self.layout.part(self._counts, "span_ns")[0] = at - self._now.start
        self._send(_window(self._now, at, visible_at, self._counts, matured=False), lost=lost)
        self._counts = self._blank()
        if self._cohorts:
            self._cohorts[-1].end = at
        while self._cohorts and self._cohorts[0].end + self._horizon <= at:
            cohort = self._cohorts.popleft()
            counts = self._cohort_counts[cohort.row]
            if self._leaving is not None:
                self._leaving.count(counts, start=cohort.stretch.start, end=cohort.end)
            told = _window(cohort.stretch, cohort.end, visible_at, counts, matured=True)
            self._send(told, lost=self._is_lost("cohorts", cohort.end))
            counts[:] = 0
            self._free_rows.append(cohort.row)
        self._now = replace(self._now, index=self._now.index + 1, start=at)

    def _is_lost(self, what: str, at: int) -> bool:
        loss = self._table.loss
        return loss > 0.0 and stream(self._seed, f"telemetry.loss.{what}", block=at).random() < loss

    def _send(self, window: Window, *, lost: bool) -> None:
        if lost:
            self.lost += 1
        else:
            self._ready.append(window)

    def readable(self, now: int) -> Iterator[Window]:
        """The windows that have become readable and were not handed out before, in order."""
        while self._ready and self._ready[0].visible_at <= now:
            yield self._ready.popleft()

    # What is reported is counted.

    def take(self, telemetry: Telemetry) -> None:
        """Count what was reported."""
        for arrivals in telemetry.arrivals:
            self._take_arrivals(arrivals)
        for answers in telemetry.answers:
            self._take_answers(answers)
        for labels in telemetry.labels:
            self._take_labels(labels)
        for feedback in telemetry.feedback:
            cohort = kernel.cohorts_of(self._starts(), feedback.arrived)
            add_feedback(self.layout, self._cohort_counts, feedback, cohort=cohort, rows=self._rows())
        for pool in telemetry.pools:
            add_pool(self.layout, self._counts, pool)

    def _take_arrivals(self, arrivals: Arrivals) -> None:
        whole, arrivals = arrivals, arrivals if arrivals.came is None else only(arrivals, arrivals.came)
        add_arrivals(self.layout, self._counts, self._cohort_counts[self._cohorts[-1].row], arrivals)
        if self._leaving is not None:
            self._leaving.meet(arrivals)
        user, arm, segment = arrivals.user, arrivals.arm, arrivals.segment
        if arrivals.split is not None:
            user, arm, segment = user[arrivals.split], arm[arrivals.split], segment[arrivals.split]
        users = self.layout.part(self._counts, "users")
        if self._counted != self._everybody:
            others = ~np.array(self._counted)[segment]
            self._meet(user[others], arm[others], np.zeros_like(users))
            user, arm = user[~others], arm[~others]
        self._meet(user, arm, users)
        self._look_at(whole)

    def _look_at(self, arrivals: Arrivals) -> None:
        if arrivals.features is not None and self.reference is not None:
            # A stride over request numbers: cutting time does not change who is looked at.
            first = -(arrivals.first_seq + _OFFSET) % self._every
            watched = _EVERYBODY if arrivals.watched is None else arrivals.watched
            kernel.count_features(
                arrivals.arm, arrivals.features, watched, first, self._every, self.reference.edges,
                self.layout.part(self._counts, "feature"), self.layout.part(self._counts, "feature_rows"),
            )
            if (terms := self._terms) is not None:
                kernel.count_broken(
                    arrivals.arm, arrivals.features, watched, first, self._every, terms.column, terms.low, terms.high,
                    terms.coded, terms.allowed, self.layout.part(self._counts, "contract"),
                )

    def _meet(self, user: Users, arm: Codes, users: Counts) -> None:
        kernel.count_users(user, arm, self._epoch, self._now.split_at >= 0, self._seen, self._since, users)

    def _take_answers(self, answers: Answers) -> None:
        late = answers.arrived < self._step_began
        if late.any():
            if self._late is None:
                self._late = self._blank()
            self._late_answers.append(only(answers, late))
            add_answers(self.layout, self._late, self._late_answers[-1])
            answers = only(answers, ~late)
        add_answers(self.layout, self._counts, answers)
        self._count_by_user(self._counts, answers, self._now)

    def _count_by_user(self, counts: Counts, answers: Answers, routed: _Stretch) -> None:
        add_answers_by_user(
            self.layout, counts, answers, split_at=routed.split_at, part=np.array(routed.part), since=self._since,
            events=self._events,
        )

    def _count_firsts(self) -> None:
        # Whose event is the first must not depend on how time was cut, so what order could change waits for the end.
        for answers in self._late_answers:
            assert self._late is not None
            assert self._before is not None
            self._count_by_user(self._late, answers, self._before)
        self._late_answers.clear()
        if self._wrong:
            columns = [np.concatenate(column) for column in zip(*self._wrong, strict=True)]
            add_first_wrong(
                self.layout, self._cohort_counts, (columns[0], columns[1], columns[2], columns[3]),
                starts=self._starts(), rows=self._rows(), split_at=self._splits(), part=self._parts(),
                since=self._since, events=self._events,
            )
            self._wrong.clear()

    def _starts(self) -> npt.NDArray[np.int64]:
        return np.array([cohort.stretch.start for cohort in self._cohorts], dtype=np.int64)

    def _splits(self) -> npt.NDArray[np.int64]:
        return np.array([cohort.stretch.split_at for cohort in self._cohorts], dtype=np.int64)

    def _parts(self) -> npt.NDArray[np.bool_]:
        parts = np.array([cohort.stretch.part for cohort in self._cohorts], dtype=np.bool_)
        return parts.reshape(len(self._cohorts), len(self._everybody))

    def _rows(self) -> npt.NDArray[np.int64]:
        return np.array([cohort.row for cohort in self._cohorts], dtype=np.int64)

    def _take_labels(self, labels: Labels) -> None:
        cohort, rows = kernel.cohorts_of(self._starts(), labels.arrived), self._rows()
        self.labels_too_late += add_labels(
            self.layout, self._cohort_counts, labels, cohort=cohort, rows=rows, window=self._counts,
        )
        if self.layout.grades:
            add_grades(self.layout, self._cohort_counts, labels, cohort=cohort, rows=rows)
        add_labels_by_user(
            self.layout, self._cohort_counts, labels, cohort=cohort, rows=rows, split_at=self._splits(),
            part=self._parts(), since=self._since,
        )
        wrong = kernel.maybe_first_wrong(
            labels.shadow, labels.user, labels.decision, labels.label, self._since, self._events
        )
        if wrong.size:
            self._wrong.append((labels.arrived[wrong], labels.arm[wrong], labels.segment[wrong], labels.user[wrong]))

_OFFSET = stream_key("telemetry.sample") & 0xFFFF
_EVERYBODY = np.empty(0, dtype=np.bool_)


def _window(stretch: _Stretch, end: int, visible_at: int, counts: Counts, *, matured: bool) -> Window:
    return Window(
        index=stretch.index, start=stretch.start, end=end, visible_at=visible_at, step=stretch.step,
        share=stretch.share, matured=matured, counts=Sparse.of(counts),
    )


def reference_of(features: npt.NDArray[np.float32]) -> Reference:
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

