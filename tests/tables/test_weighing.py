"""Whole judgements of the gates that compare, by evidence reckoned anew: what one step shows.

An e-value is turned on from both sides by an alpha just above its reciprocal, and just below.
"""

import math
from typing import Any

import pytest

from sandbox.base.verdict import Verdict
from tests.tables.weighing import (
    Seen,
    asked,
    better,
    brier,
    e_of_events,
    e_of_means,
    error_of_shares,
    no_worse,
    p_of,
    score,
    seen,
    turned,
)

PASS, FAIL, OPEN, NONE, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR


# Events and means together


N = (9_000, 1_000)

TOGETHER: list[tuple[str, dict[str, Any], Seen, tuple[int, int, float]]] = [
    # What counts as events, and the share in which equal rates would put them on the candidate.
    ("users' first events", {}, Seen(N, (180, 31), (150, 28)), (150, 28, 0.1)),
    ("events where first ones were not counted", {}, Seen(N, (180, 31)), (180, 31, 0.1)),
    ("events of requests", {"unit": "request"}, Seen(N, (180, 31), (150, 28)), (180, 31, 0.1)),
    ("a share of a quarter", {}, Seen((3_000, 1_000), (60, 31), (50, 28), share=0.25), (50, 28, 0.25)),
    ("a shadow by what was answered", {}, Seen((6_000, 3_000), (120, 80), (90, 70), share=0.0), (120, 80, 1 / 3)),
]


@pytest.mark.parametrize(("says", "keys", "window", "events"), TOGETHER, ids=[row[0] for row in TOGETHER])
def test_where_events_fell_and_how_shares_differ_are_averaged(
    says: str, keys: dict[str, Any], window: Seen, events: tuple[int, int, float]
) -> None:
    old, new = (k / n for k, n in zip(window.hits, window.n, strict=True))
    value = new / old - 1
    error = error_of_shares(window.n, window.hits, times=max(new / old, 1.2), relative=True)
    means = e_of_means(value, error, bound=0.2, above=True, scale=0.2)
    counted = e_of_events([events], bound=0.2, above=True)
    beyond = (means[0] + counted[0]) / 2
    ratio = events[1] * (1 - events[2]) / (events[0] * events[2]) - 1
    quoted = value if means[0] >= counted[0] else ratio
    unit = keys.get("unit", "user")
    # One step is half of the flight's evidence; the other half is the 1 that later steps begin with.
    mixed = beyond / 2 + 1 / 2
    failed, waits = turned(no_worse(**keys), seen(window), mixed)
    assert failed.verdict is FAIL
    assert failed.because == f"+{100 * quoted:.3g}% > +20%, p {p_of(mixed)} by {unit}"
    assert (failed.value, failed.bound, failed.n) == (pytest.approx(quoted), 0.2, sum(window.n))
    assert failed.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    within = (means[1] + counted[1]) / 2
    shown = value if means[1] >= counted[1] else ratio
    assert waits.verdict is OPEN
    assert waits.because == (
        f"+{100 * shown:.3g}%, not yet surely ≤ +20% (p {p_of(within)}) nor > (p {p_of(mixed)}) by {unit}"
    )
    assert (waits.value, waits.bound) == (pytest.approx(shown), 0.2)


def test_a_candidate_is_surely_within_by_this_step_alone() -> None:
    window = Seen((20_000, 20_000), (400, 380), (350, 330), share=0.5)
    error = error_of_shares(window.n, window.hits, times=1.2, relative=True)
    means = e_of_means(-0.05, error, bound=0.2, above=True, scale=0.2)
    events = e_of_events([(350, 330, 0.5)], bound=0.2, above=True)
    within = (means[1] + events[1]) / 2
    passed, waits = turned(no_worse(), seen(window), within)
    assert (passed.verdict, waits.verdict) == (PASS, OPEN)
    quoted = -0.05 if means[1] >= events[1] else 330 / 350 - 1
    assert passed.because == f"−{100 * abs(quoted):.3g}% ≤ +20%, p {p_of(within)} by user"
    assert passed.value == pytest.approx(quoted)
    # The evidence that it is beyond goes with a PASS all the same, for those who add it up.
    beyond = (means[0] + events[0]) / 4 + 1 / 2
    assert passed.log_evidence == pytest.approx(math.log(beyond), rel=1e-9)


def test_windows_at_different_shares_are_each_held_against_their_own() -> None:
    windows = (Seen((900, 100), (30, 6), (30, 6), share=0.1), Seen((500, 500), (20, 22), (20, 22), share=0.5))
    events = e_of_events([(30, 6, 0.1), (20, 22, 0.5)], bound=0.0, above=True)
    # Cochran's weights: 90 and 250. Means per window are compared, then added up; by equal buckets nothing clusters.
    w, n = (90.0, 250.0), ((900, 100), (500, 500))
    old = (w[0] * 30 / 900 + w[1] * 20 / 500) / sum(w)
    new = (w[0] * 6 / 100 + w[1] * 22 / 500) / sum(w)
    soft = [(k + 1) / (m + 2) for k, m in ((50, 1_400), (28, 600))]
    spread = [sum(one**2 / size[arm] for one, size in zip(w, n, strict=True)) for arm in (0, 1)]
    squared = spread[1] * soft[1] * (1 - soft[1]) + (new / old) ** 2 * spread[0] * soft[0] * (1 - soft[0])
    error = math.sqrt(squared) / sum(w) / old
    means = e_of_means(new / old - 1, error, bound=0.0, above=True, scale=0.05)
    mixed = (means[0] + events[0]) / 4 + 1 / 2
    said = asked(no_worse(margin="0%", minimum=1), seen(*windows))
    assert said.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    # The ratio of rates from events: one arm's times the other's share, window by window.
    expected_new, expected_old = 6 * 0.9 + 22 * 0.5, 30 * 0.1 + 20 * 0.5
    within = max((means[1], new / old - 1), (events[1], expected_new / expected_old - 1))
    assert said.value == pytest.approx(within[1])


def test_fewer_than_twenty_events_say_nothing_by_their_means() -> None:
    for hits, ready in ((19, False), (20, True)):
        window = Seen((5_000, 5_000), (5, hits - 5), (5, hits - 5), share=0.5)
        value = (hits - 5) / 5 - 1
        events = e_of_events([(5, hits - 5, 0.5)], bound=0.0, above=True)
        error = error_of_shares(window.n, window.hits, times=value + 1, relative=True)
        means = e_of_means(value, error, bound=0.0, above=True, scale=0.05)[0] if ready else 0.0
        said = asked(no_worse(margin="0%"), seen(window))
        assert said.log_evidence == pytest.approx(math.log((means + events[0]) / 4 + 1 / 2), rel=1e-9)


def test_where_nothing_happened_there_is_no_event_yet() -> None:
    said = asked(no_worse(), seen(Seen((900, 100), (0, 0), (0, 0))))
    assert (said.verdict, said.because, said.value, said.n) == (NONE, "no event yet", None, 1_000)
    # No means are compared where the incumbent has no event, and events all on one arm have a ratio without bound.
    said = asked(no_worse(alpha="0.1%"), seen(Seen((9_000, 1_000), (0, 3), (0, 3))))
    events = e_of_events([(0, 3, 0.1)], bound=0.2, above=True)
    assert said.log_evidence == pytest.approx(math.log(events[0] / 4 + 1 / 2), rel=1e-9)
    assert said.verdict is OPEN
    assert said.value is None


def test_whose_segments_have_shares_of_their_own_are_compared_by_means_alone() -> None:
    window = Seen((9_000, 9_000), (180, 260), (150, 240), share=0.5, strata=2)
    value = 260 / 180 - 1
    said = asked(no_worse(), seen(window))
    # Two strata of 32 buckets, alike in all: each has half of everything, and both together their mean.
    soft = [(k + 1) / (n + 2) for k, n in zip(window.hits, window.n, strict=True)]
    error = math.sqrt(soft[1] * (1 - soft[1]) / 9_000 + (value + 1) ** 2 * soft[0] * (1 - soft[0]) / 9_000) / 0.02
    means = e_of_means(value, error, bound=0.2, above=True, scale=0.2)
    assert said.log_evidence == pytest.approx(math.log(means[0] / 2 + 1 / 2), rel=1e-9)


# Means alone


def means_of(value: float, *, margin: float, hits: tuple[int, int], n: tuple[int, int], above: bool) -> list[float]:
    error = error_of_shares(n, hits, times=1.0, relative=False)
    scale = abs(margin) or 0.05 * hits[0] / n[0]
    bound = margin if above else -margin
    beyond, within = e_of_means(value, error, bound=bound, above=above, scale=scale)
    return [beyond / 2 + 1 / 2, within]


@pytest.mark.parametrize(("margin", "amount"), [("1pp", 0.01), ("0pp", 0.0)])
def test_a_margin_in_points_turns_on_means_alone(margin: str, amount: float) -> None:
    n, hits = (50_000, 5_000), (1_000, 190)
    mixed, within = means_of(0.018, margin=amount, hits=hits, n=n, above=True)
    failed, waits = turned(no_worse(margin=margin), seen(Seen(n, hits, hits)), mixed)
    assert (failed.verdict, failed.because) == (FAIL, f"+1.8pp > +{100 * amount:.3g}pp, p {p_of(mixed)} by user")
    assert (failed.value, failed.bound) == (pytest.approx(0.018), amount)
    assert waits.verdict is OPEN
    assert waits.because == (
        f"+1.8pp, not yet surely ≤ +{100 * amount:.3g}pp (p {p_of(within)}) nor > (p {p_of(mixed)}) by user"
    )


@pytest.mark.parametrize(("kind", "limit"), [("no-worse", -0.01), ("better", 0.01)])
def test_where_more_is_better_the_signs_turn(kind: str, limit: float) -> None:
    n, hits, name = (50_000, 50_000), (40_000, 39_000), "quality.accuracy"
    gate = no_worse(metric=name, margin="1pp") if kind == "no-worse" else better(metric=name, by="1pp")
    shown = "+1pp" if limit > 0 else "−1pp"
    mixed, _ = means_of(-0.02, margin=-limit, hits=hits, n=n, above=False)
    failed, waits = turned(gate, seen(Seen(n, hits, hits), lower=False, metric=name), mixed)
    assert (failed.verdict, failed.because) == (FAIL, f"−2pp < {shown}, p {p_of(mixed)} by user")
    # Told as how much worse it is: 2 points, where 1 is allowed, or 1 less than nothing.
    assert (failed.value, failed.bound) == (pytest.approx(0.02), pytest.approx(-limit))
    assert waits.verdict is OPEN
    assert f"not yet surely ≥ {shown} (p 1) nor < (p {p_of(mixed)})" in waits.because
    hits = (39_000, 40_000)
    _, within = means_of(0.02, margin=-limit, hits=hits, n=n, above=False)
    passed, waits = turned(gate, seen(Seen(n, hits, hits), lower=False, metric=name), within)
    assert (passed.verdict, waits.verdict) == (PASS, OPEN)
    assert passed.because == f"+2pp ≥ {shown}, p {p_of(within)} by user"
    assert (passed.value, passed.bound) == (pytest.approx(-0.02), pytest.approx(-limit))


SCORES: list[tuple[str, tuple[float, float], tuple[float, float], str, float]] = [
    # Errors of 0.002 each; buckets that differ by d have an error of d / sqrt(63), and the candidate's at least the
    # incumbent's. Both are of one user, so their differences cancel where they go together.
    ("requests are all there is to be unsure of", (0.2, 0.212), (0.0, 0.0), "0", math.hypot(2e-3, 2e-3)),
    ("users differ on the candidate", (0.2, 0.25), (0.0, 0.04), "0", 0.04 / math.sqrt(63)),
    ("users differ alike on both arms", (0.2, 0.212), (0.04, 0.04), "0", math.hypot(2e-3, 2e-3)),
    ("users differ on the incumbent, so they may on the candidate", (0.2, 0.25), (0.04, 0.0), "0",
     0.04 * math.sqrt(2 / 63)),
    ("a margin of a fiftieth", (0.2, 0.24), (0.0, 0.0), "0.02", math.hypot(2e-3, 2e-3)),
]


@pytest.mark.parametrize(("says", "means", "spread", "margin", "error"), SCORES, ids=[row[0] for row in SCORES])
def test_a_mean_turns_by_the_errors_of_users(
    says: str, means: tuple[float, float], spread: tuple[float, float], margin: str, error: float
) -> None:
    value, bound = means[1] - means[0], float(margin)
    scale = bound or 0.05 * means[0]
    beyond, within = e_of_means(value, error, bound=bound, above=True, scale=scale)
    mixed = beyond / 2 + 1 / 2
    gate = no_worse(metric="quality.brier", margin=float(margin))
    failed, waits = turned(gate, score(brier(means, spread=spread)), mixed)
    assert (failed.verdict, waits.verdict) == (FAIL, OPEN)
    assert failed.because == f"+{value:.3g} > +{bound:g}, p {p_of(mixed)} by user"
    assert failed.log_evidence == pytest.approx(math.log(mixed), rel=1e-7)
    assert f"(p {p_of(within)}) nor > (p {p_of(mixed)})" in waits.because


def test_a_relative_margin_on_a_mean_has_the_error_of_a_ratio() -> None:
    for new, times in ((0.23, 1.15), (0.21, 1.1)):
        error = math.sqrt(2e-3**2 + times**2 * 2e-3**2) / 0.2
        beyond, _ = e_of_means(new / 0.2 - 1, error, bound=0.1, above=True, scale=0.1)
        said = asked(no_worse(metric="quality.brier", margin="10%"), score(brier((0.2, new))))
        assert said.log_evidence == pytest.approx(math.log(beyond / 2 + 1 / 2), rel=1e-9)


def test_by_request_users_are_one() -> None:
    error = math.hypot(2e-3, 2e-3)
    beyond, _ = e_of_means(0.012, error, bound=0.0, above=True, scale=0.01)
    at = score(brier((0.2, 0.212), spread=(0.0, 0.04)))
    said = asked(no_worse(metric="quality.brier", margin=0.0, unit="request"), at)
    assert said.log_evidence == pytest.approx(math.log(beyond / 2 + 1 / 2), rel=1e-9)
    assert said.because.endswith("by request")


@pytest.mark.parametrize(("full", "verdict"), [(9, NONE), (10, FAIL)])
def test_ten_equal_buckets_of_users_are_just_enough(full: int, verdict: Verdict) -> None:
    at = score(brier((0.2, 0.4), full=full))
    said = asked(no_worse(metric="quality.brier", margin=0.0), at)
    assert said.verdict is verdict
    if verdict is NONE:
        assert said.because == f"too few users: they weigh like {full:.1f} equal groups, 10 are needed"
        assert said.value == pytest.approx(0.2)
    assert asked(no_worse(metric="quality.brier", margin=0.0, unit="request"), at).verdict is FAIL


@pytest.mark.parametrize(("new", "verdict"), [(0.21, FAIL), (0.20, PASS), (0.19, PASS)])
def test_without_any_doubt_the_bound_itself_decides(new: float, verdict: Verdict) -> None:
    said = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, new), error=(0.0, 0.0))))
    assert said.verdict is verdict
    assert said.because.endswith("p <1e-6 by user")


def test_an_error_that_nobody_knows_is_none_of_the_mean() -> None:
    known = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, 0.212), spread=(0.01, 0.04),
                                                                             error=(math.nan, 2e-3))))
    same = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, 0.212), spread=(0.01, 0.04),
                                                                            error=(0.0, 2e-3))))
    assert known.log_evidence == same.log_evidence
