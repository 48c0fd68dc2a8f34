"""What always holds of window counts and of the metrics read from them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm
from sklearn.metrics import brier_score_loss, roc_auc_score

from sandbox.base.telemetry import Answers, Arrivals, Feedback, Labels, PoolReading
from sandbox.base.window import LATENCY_ACCURACY, LATENCY_BASE, LATENCY_BUCKETS, LATENCY_FLOOR_NS, Layout, Sparse
from sandbox.observe.collector import reference_of
from sandbox.observe.count import add_answers, add_arrivals, add_feedback, add_labels, add_pool
from sandbox.observe.kernel import bucket_of, cohorts_of, count_features
from sandbox.observe.metrics.drift import psi
from sandbox.observe.metrics.kinds import METRICS, metric
from sandbox.observe.metrics.latency import bucket_value, quantile_reading
from sandbox.observe.metrics.view import Reference, View
from sandbox.observe.reference import with_scores

LAYOUT = Layout(("incumbent", "candidate"), ("eu", "us"), ("a", "b"), ("f1", "f2"), leaving=True)


def answers_of(n: int, seed: int) -> Answers:
    draw = np.random.default_rng(seed)
    return Answers(
        arm=draw.integers(0, 2, n).astype(np.uint8), shadow=draw.random(n) < 0.2,
        segment=draw.integers(0, 2, n).astype(np.uint8), group=draw.integers(0, 2, n).astype(np.uint8),
        user=draw.integers(0, 50, n).astype(np.int32), status=draw.integers(0, 4, n).astype(np.uint8),
        arrived=np.sort(draw.integers(0, 10**9, n)), latency=draw.lognormal(17, 1, n).astype(np.int64),
        score=draw.random(n).astype(np.float32), decision=draw.random(n) < 0.5, cost=np.full(n, 7, dtype=np.int64),
    )


def labels_of(n: int, seed: int) -> Labels:
    draw = np.random.default_rng(seed)
    score = draw.beta(2, 3, n).astype(np.float32)
    arrived = np.sort(draw.integers(0, 10**9, n))
    return Labels(
        arm=draw.integers(0, 2, n).astype(np.uint8), shadow=draw.random(n) < 0.2,
        segment=draw.integers(0, 2, n).astype(np.uint8), group=draw.integers(0, 2, n).astype(np.uint8),
        arrived=arrived, due=arrived + draw.integers(0, 10**12, n), score=score, decision=score >= 0.5,
        label=draw.random(n) < score**1.5, user=draw.integers(0, 50, n).astype(np.int32),
    )


def arrivals_of(n: int, seed: int) -> Arrivals:
    draw = np.random.default_rng(seed)
    shadow = np.zeros((n, 2), dtype=np.bool_)
    arm = draw.integers(0, 2, n).astype(np.uint8)
    shadow[:, 1] = (arm == 0) & (draw.random(n) < 0.3)
    return Arrivals(
        first_seq=0, at=np.sort(draw.integers(0, 10**9, n)), arm=arm, segment=draw.integers(0, 2, n).astype(np.uint8),
        group=draw.integers(0, 2, n).astype(np.uint8), user=draw.integers(0, 50, n).astype(np.int32), shadow=shadow,
        features=draw.standard_normal((n, 2)).astype(np.float32), age=draw.integers(0, 10**10, n),
    )


def rows_of(columns, rows):
    kind = type(columns)
    names = [name for name in kind.__slots__ if name not in ("first_seq", "split", "came", "watched")]
    taken = {name: getattr(columns, name)[rows] for name in names}
    return kind(**taken, **({"first_seq": 0} if "first_seq" in kind.__slots__ else {}))


def feedback_of(arrivals: Arrivals) -> Feedback:
    every = slice(None, None, 20)
    return Feedback(
        arm=arrivals.arm[every], segment=arrivals.segment[every], group=arrivals.group[every],
        arrived=arrivals.at[every], due=arrivals.at[every] + 10**9, praise=arrivals.user[every] % 3 == 0,
    )


def counted_labels(cohort: np.ndarray, labels: Labels, window: np.ndarray) -> None:
    first = np.zeros(1, dtype=np.int64)
    add_labels(LAYOUT, cohort, labels, cohort=np.zeros(len(labels), dtype=np.int32), rows=first, window=window)


def counted(answers: Answers, labels: Labels, arrivals: Arrivals) -> tuple[np.ndarray, np.ndarray]:
    counts = np.zeros(LAYOUT.size, dtype=np.int64)
    cohort = np.zeros((1, LAYOUT.label_size), dtype=np.int64)
    add_arrivals(LAYOUT, counts, cohort[0], arrivals)
    add_answers(LAYOUT, counts, answers)
    counted_labels(cohort, labels, counts)
    feedback = feedback_of(arrivals)
    first = np.zeros(len(feedback), dtype=np.int32)
    add_feedback(LAYOUT, cohort, feedback, cohort=first, rows=np.zeros(1, dtype=np.int64))
    LAYOUT.part(cohort[0], "gone")[:] = 1
    reference = reference_of(arrivals.features)
    count_features(
        arrivals.arm, arrivals.features, np.zeros(0, dtype=np.bool_), 0, 1, reference.edges,
        LAYOUT.part(counts, "feature"), LAYOUT.part(counts, "feature_rows"),
    )
    return counts, cohort[0]


def reference() -> Reference:
    past = labels_of(2_000, 7)
    features = reference_of(np.random.default_rng(0).standard_normal((500, 2)).astype(np.float32))
    known = with_scores(features, score=[past.score] * 2, decision=[past.decision] * 2, label=past.label, known=None)
    return replace(known, nulls=np.array([0.0, np.nan]), worth=np.array([[0.1, -5.0], [-1.0, 3.0]]))


EDGES = reference()


@settings(max_examples=30)
@given(n=st.integers(1, 400), cut=st.floats(0, 1), seed=st.integers(0, 10_000))
def test_two_parts_of_a_window_add_up_to_the_whole_bit_for_bit(n: int, cut: float, seed: int) -> None:
    columns = answers_of(n, seed), labels_of(n, seed + 1), arrivals_of(n, seed + 2)
    middle = int(cut * n)

    def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        counts = np.zeros(LAYOUT.size, dtype=np.int64)
        cohort = np.zeros((1, LAYOUT.label_size), dtype=np.int64)
        add_arrivals(LAYOUT, counts, cohort[0], rows_of(columns[2], rows))
        add_answers(LAYOUT, counts, rows_of(columns[0], rows))
        counted_labels(cohort, rows_of(columns[1], rows), counts)
        return counts, cohort[0]

    order = np.random.default_rng(seed).permutation(n)
    whole, first, second, shuffled = of(np.arange(n)), of(np.arange(middle)), of(np.arange(middle, n)), of(order)
    for part in range(2):
        assert (first[part] + second[part] == whole[part]).all()
        assert (shuffled[part] == whole[part]).all()


@pytest.mark.parametrize("name", [one.name for one in METRICS])
def test_a_metric_of_nothing_has_no_value_and_of_something_has_n_and_a_unit(name: str) -> None:
    one = metric(name)
    assert one.says
    empty = np.zeros(LAYOUT.label_size if one.matured else LAYOUT.size, dtype=np.int64)
    for reading in one.read(View(LAYOUT, empty, (0.5, 0.5), EDGES)):
        assert reading.empty
    counts, cohort = counted(answers_of(4_000, 1), labels_of(2_000, 2), arrivals_of(4_000, 3))
    LAYOUT.part(counts, "users")[:] = 20, 30
    LAYOUT.part(counts, "span_ns")[:] = 10**11
    for arm in range(2):
        add_pool(LAYOUT, counts, PoolReading(
            arm=arm, slots=8, busy=3, waiting=2, memory=10**9, work_ns=10**11, room_ns=10**12, scraped=True
        ))
    readings = one.read(View(LAYOUT, cohort if one.matured else counts, (0.5, 0.5), EDGES))
    assert len(readings) == 2
    for reading in readings:
        assert reading.n > 0
        assert math.isfinite(reading.value)


@pytest.mark.parametrize("name", [one.name for one in METRICS])
def test_a_share_lies_between_none_and_all(name: str) -> None:
    one = metric(name)
    if one.unit != "share" or name == "quality.calibration.in_the_large":
        return
    for seed in range(5):
        counts, cohort = counted(answers_of(4_000, seed), labels_of(2_000, seed + 9), arrivals_of(4_000, seed + 5))
        LAYOUT.part(counts, "users")[:] = 20, 30
        LAYOUT.part(counts, "gauge_cpu")[:, 0] = 400
        LAYOUT.part(counts, "scrapes")[:] = 1
        LAYOUT.part(counts, "slot_ns")[:] = 1
        for reading in one.read(View(LAYOUT, cohort if one.matured else counts, (0.5, 0.5), EDGES)):
            assert 0.0 <= reading.value <= 1.0


def test_a_metric_never_writes_to_the_counts_it_reads() -> None:
    counts, cohort = counted(answers_of(500, 1), labels_of(500, 2), arrivals_of(500, 3))
    counts.setflags(write=False)
    cohort.setflags(write=False)
    for one in METRICS:
        one.read(View(LAYOUT, cohort if one.matured else counts, (0.5, 0.5), EDGES))


def test_quality_agrees_with_scikit_learn_up_to_the_width_of_a_score_bin() -> None:
    labels = labels_of(20_000, 9)
    _, cohort = counted(answers_of(1, 1), labels, arrivals_of(1, 3))
    view = View(LAYOUT, cohort, (0.5, 0.5), None)
    for arm in range(2):
        mine = labels.arm == arm
        truth, score = labels.label[mine], labels.score[mine].astype(float)
        assert abs(metric("quality.brier").read(view)[arm].value - brier_score_loss(truth, score)) < 1e-8
        assert abs(metric("quality.auc").read(view)[arm].value - roc_auc_score(truth, score)) < 1e-3
        right = (labels.decision[mine] == truth).mean()
        assert metric("quality.accuracy").read(view)[arm].value == pytest.approx(right, abs=1e-12)
        edges = np.minimum((labels.score[mine] * np.float32(100)).astype(int), 99) // 10
        gaps = [abs(score[edges == b].sum() - truth[edges == b].sum()) for b in range(10)]
        assert metric("quality.ece").read(view)[arm].value == pytest.approx(sum(gaps) / mine.sum(), abs=1e-7)


def test_a_latency_quantile_is_within_its_stated_relative_error() -> None:
    answers = answers_of(20_000, 4)
    counts, _ = counted(answers, labels_of(1, 1), arrivals_of(1, 1))
    view = View(LAYOUT, counts, (0.5, 0.5), None)
    for name, q in (("latency.p50", 0.5), ("latency.p95", 0.95), ("latency.p99", 0.99)):
        for arm in range(2):
            mine = (answers.arm == arm) & np.isin(answers.status, (0, 2))
            exact = np.quantile(answers.latency[mine] / 1e9, q, method="inverted_cdf")
            assert abs(metric(name).read(view)[arm].value / exact - 1) <= LATENCY_ACCURACY * 1.001


@given(st.integers(LATENCY_FLOOR_NS + 1, 900 * 10**9))
def test_every_latency_is_within_one_percent_of_its_buckets_value(latency: int) -> None:
    assert abs(bucket_value(bucket_of(latency)) / (latency / 1e9) - 1) <= LATENCY_ACCURACY * 1.0001


@given(st.integers(0, LATENCY_BUCKETS - 2))
def test_the_bounds_of_buckets_are_a_geometric_series(bucket: int) -> None:
    bound = math.floor(LATENCY_FLOOR_NS * LATENCY_BASE**bucket)
    assert bucket_of(bound) == bucket
    assert bucket_of(bound + 1) == bucket + 1


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.lists(st.integers(-5, 2 * 10**6), max_size=60)
)
def test_a_request_is_of_the_last_cohort_that_began_by_its_arrival(starts: list[int], arrived: list[int]) -> None:
    began, at = np.sort(np.array(starts, dtype=np.int64)), np.array(arrived, dtype=np.int64)
    np.testing.assert_array_equal(cohorts_of(began, at), np.searchsorted(began, at, side="right") - 1)
    np.testing.assert_array_equal(cohorts_of(began[:0], at), np.full(len(at), -1))


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_the_error_of_a_quantile_is_how_far_it_strays_from_sample_to_sample(q: float) -> None:
    draw = np.random.default_rng(8)
    n, runs = 20_000, 300
    exact = lognorm.ppf(q, 0.47, scale=0.03)
    readings = []
    for _ in range(runs):
        buckets = [bucket_of(int(ns)) for ns in draw.lognormal(np.log(0.03e9), 0.47, n)]
        readings.append(quantile_reading(np.bincount(buckets, minlength=LATENCY_BUCKETS), q))
    values = np.array([reading.value for reading in readings])
    # A standard deviation of 300 samples is known to 4%; three times that, and as much for the error of the errors.
    assert np.median([reading.error for reading in readings]) == pytest.approx(values.std(), rel=0.24)
    assert abs(values.mean() / exact - 1) < 0.001, "no edge of a bucket draws it"


def test_latencies_that_are_all_alike_are_known_to_a_bucket_and_say_so() -> None:
    counts = np.zeros(LATENCY_BUCKETS, dtype=np.int64)
    counts[bucket_of(30_000_000)] = 100_000
    reading = quantile_reading(counts, 0.95)
    assert abs(reading.value / 0.03 - 1) <= 2 * LATENCY_ACCURACY * 1.01
    assert reading.error >= 0.03 * 2 * LATENCY_ACCURACY / 12**0.5


def test_psi_agrees_with_its_closed_form_and_its_null_distribution() -> None:
    draw = np.random.default_rng(5)
    reference = reference_of(draw.standard_normal((100_000, 1)).astype(np.float32))

    def binned(values: np.ndarray) -> np.ndarray:
        return np.bincount(np.searchsorted(reference.edges[0], values, side="right"), minlength=11)

    moved = psi(binned(0.1 + 1.1 * draw.standard_normal(100_000)), reference.counts[0])
    assert 0.018 < moved < 0.0275  # the symmetric KL of N(0,1) and N(.1,1.1) is .0273554; ten bins keep most of it
    null = [psi(binned(draw.standard_normal(5_000)), reference.counts[0]) for _ in range(300)]
    # Yurdakul 2018: (1/n + 1/m) chi-squared with 9 degrees of freedom has mean .00189 and sd .00089 here.
    assert abs(np.mean(null) - 9 * (1 / 5_000 + 1 / 100_000)) < 4 * 0.00089 / np.sqrt(300)


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**62), 2**62 - 1), max_size=60), st.sampled_from([0, 70_000]))
def test_a_sparse_vector_is_the_dense_one(values: list[int], before: int) -> None:
    dense = np.concatenate([np.zeros(before, dtype=np.int64), np.array(values, dtype=np.int64)])
    kept = Sparse.of(dense).packed()
    assert kept.size == len(dense)
    assert (kept.at == np.flatnonzero(dense)).all()
    assert (kept.count == dense[dense != 0]).all()
    assert (kept.dense() == dense).all()
    doubled = dense.copy()
    kept.add_to(doubled)
    assert (doubled == 2 * dense).all()
    assert (Sparse.of(dense).dense() == dense).all()
    total = dense.copy()
    Sparse.of(dense).add_to(total)
    assert (total == 2 * dense).all()
