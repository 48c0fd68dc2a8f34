"""Telemetry columns to window counts: nothing is kept of a request but what it adds."""

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Answers, Arrivals, Codes, Feedback, Ints, Labels, PoolReading, Users
from sandbox.base.window import AGAIN, GAUGES, SCORE_BINS, Counts, Layout
from sandbox.observe import kernel

LONGEST_SECONDS = 1e7
"""A longer age or delay counts as this long, in its square only: so that 64 bits hold the sum of many."""

Cells = npt.NDArray[np.int64]
Epochs = npt.NDArray[np.int32]
Wrong = tuple[Ints, Codes, Codes, Users]
"""Wrong decisions that users were shown: when they asked, which arm answered, their segment, who they are."""
Flags = npt.NDArray[np.bool_]


def add_arrivals(layout: Layout, counts: Counts, cohort: Counts, arrivals: Arrivals) -> None:
    """Add requests as they were routed to the counts of their window and of their cohort."""
    offered, routed = _flat(layout, counts, "offered"), _flat(layout, cohort, "routed")
    kernel.count_offered(_cells(layout, arrivals.arm, 0, arrivals.segment, arrivals.group), offered, routed)
    for arm in range(len(layout.arms)):
        rows = np.flatnonzero(arrivals.shadow[:, arm])
        if rows.size:
            codes = np.full(rows.size, arm, dtype=np.uint8)
            cells = _cells(layout, codes, 1, arrivals.segment[rows], arrivals.group[rows])
            kernel.count_offered(cells, offered, routed)
    if arrivals.age is not None:
        for arm in range(len(layout.arms)):
            mine = arrivals.arm == arm
            if arrivals.watched is not None:
                mine &= arrivals.watched
            layout.part(counts, "age_ns")[arm] += int(arrivals.age[mine].sum())
            layout.part(counts, "age_rows")[arm] += int(mine.sum())
            seconds = np.minimum(arrivals.age[mine] * 1e-9, LONGEST_SECONDS)
            part, whole = np.modf(seconds * seconds)
            squares = np.stack([whole, np.rint(part * 1e6)], axis=1).astype(np.int64)
            layout.part(counts, "age_square")[arm] += squares.sum(axis=0)


def add_answers(layout: Layout, counts: Counts, answers: Answers) -> None:
    """Add requests that ended to the counts of the window in which they did."""
    kernel.count_answers(
        answers.arm, answers.shadow, answers.segment, answers.group, answers.status, answers.latency, answers.score,
        answers.decision, answers.cost, len(layout.segments), len(layout.groups), _flat(layout, counts, "status"),
        _flat(layout, counts, "latency"), _flat(layout, counts, "latency_ns"), _flat(layout, counts, "cost"),
        _flat(layout, counts, "score"), _flat(layout, counts, "yes"),
    )


def add_pool(layout: Layout, counts: Counts, pool: PoolReading) -> None:
    """Add what a pool did, and where its gauges stood if they were read."""
    layout.part(counts, "retries")[pool.arm] += pool.again.retries
    for name in AGAIN if layout.again else ():
        layout.part(counts, name)[pool.arm] += getattr(pool.again, name)
    layout.part(counts, "busy_ns")[pool.arm] += pool.work_ns
    layout.part(counts, "slot_ns")[pool.arm] += pool.room_ns
    if not pool.scraped:
        return
    cpu = round(1_000 * pool.busy / pool.slots) if pool.slots else 0
    layout.part(counts, "scrapes")[pool.arm] += 1
    for name, gauge in zip(GAUGES, (pool.waiting, pool.slots, cpu, round(pool.memory / 1e6)), strict=True):
        layout.part(counts, f"gauge_{name}")[pool.arm] += gauge, gauge * gauge


def add_answers_by_user(
    layout: Layout, counts: Counts, answers: Answers, *, split_at: int, part: Flags, since: Epochs, events: Epochs
) -> None:
    """Add requests that ended to the counts that know users: first events, and sums by bucket of users.

    split_at is the epoch in which they were routed, -1 where shares drew no arms; part (segments,) who took part; since
    (u,) the epoch in which shares first drew each user's arm; events (u,) remembers each user's.
    """
    kernel.count_answers_by_user(
        answers.arm, answers.shadow, answers.segment, answers.user, answers.status, answers.latency, answers.cost,
        np.array(layout.limits, dtype=np.int64), split_at, part, since, events, *layout.buckets,
        layout.part(counts, "slower"),
        layout.part(counts, "first_event"), layout.part(counts, "user_sums"),
    )


def add_labels(
    layout: Layout, cohorts: Counts, labels: Labels, *, cohort: Users, rows: Cells, window: Counts
) -> int:
    """Add labels to the counts of the cohort in which their request was routed; returns how many came too late.

    cohorts (k, size); cohort (n,) which open one each is of (-1: none) and rows (c,) its row in cohorts; window (size,)
    counts all that came.
    """

    def part(name: str) -> npt.NDArray[np.int64]:
        return _of_cohorts(layout, cohorts, name)

    late = kernel.count_labels(
        cohort, rows, labels.arrived, labels.due, labels.arm, labels.shadow, labels.segment, labels.group, labels.score,
        labels.decision, labels.label, len(layout.segments), len(layout.groups), part("confusion"),
        part("calibration_n"), part("calibration_score"), part("calibration_positive"), part("score_sum"),
        part("brier"), part("log_loss"), _flat(layout, window, "labels_seen"), _flat(layout, window, "label_delay_ms"),
        _flat(layout, window, "label_delay_square"),
    )
    return int(late)


def add_feedback(layout: Layout, cohorts: Counts, feedback: Feedback, *, cohort: Users, rows: Cells) -> None:
    """Add what users said to the counts of the cohort in which their request was routed; as `add_labels`."""
    offset, shape = layout.label_parts["voices"]
    kernel.count_voices(
        cohort, rows, feedback.arm, feedback.segment, feedback.group, feedback.praise,
        len(layout.segments), len(layout.groups), cohorts[:, offset : offset + int(np.prod(shape))],
    )


def add_labels_by_user(
    layout: Layout, cohorts: Counts, labels: Labels, *, cohort: Users, rows: Cells, split_at: Cells, part: Flags,
    since: Epochs,
) -> None:
    """Add labels to their cohorts' sums by bucket of users; split_at (c,), part (c, segments) as for answers."""
    kernel.count_labels_by_user(
        cohort, rows, split_at, part, since, labels.arm, labels.shadow, labels.segment, labels.user,
        labels.score, labels.decision, labels.label, *layout.buckets, _of_cohorts(layout, cohorts, "user_labels"),
    )


def add_grades(layout: Layout, cohorts: Counts, labels: Labels, *, cohort: Users, rows: Cells) -> None:
    """Add labels to the scores of their group and truth, shown or not, in the cohort in which they were routed."""
    known = np.flatnonzero(cohort >= 0)
    place = labels.arm[known].astype(np.int64) * len(layout.groups) + labels.group[known]
    bins = np.minimum((labels.score[known] * SCORE_BINS).astype(np.int64), SCORE_BINS - 1)
    place = (place * 2 + labels.label[known]) * SCORE_BINS + bins
    np.add.at(_of_cohorts(layout, cohorts, "grades"), (rows[cohort[known]], place), 1)


def add_first_wrong(
    layout: Layout, cohorts: Counts, wrong: Wrong, *, starts: Cells, rows: Cells, split_at: Cells, part: Flags,
    since: Epochs, events: Epochs,
) -> None:
    """Add each user's first wrong decision among `wrong` to its cohort, the earliest request first."""
    order = np.argsort(wrong[0], kind="stable")
    arrived, arm, segment, user = (column[order] for column in wrong)
    kernel.count_first_wrong(
        kernel.cohorts_of(starts, arrived), rows, split_at, part, arm, segment, user, since, events,
        _of_cohorts(layout, cohorts, "first_wrong"),
    )


def _of_cohorts(layout: Layout, cohorts: Counts, name: str) -> Counts:
    offset, shape = layout.label_parts[name]
    return cohorts[:, offset : offset + int(np.prod(shape))]


def _flat(layout: Layout, counts: Counts, name: str) -> Counts:
    return layout.part(counts, name).reshape(-1)


def _cells(layout: Layout, arm: Codes, shadow: int, segment: Codes, group: Codes) -> Cells:
    cells: Cells = arm.astype(np.int64) * 2 + shadow
    if len(layout.segments) > 1 or len(layout.groups) > 1:
        cells = (cells * len(layout.segments) + segment) * len(layout.groups) + group
    return cells
