"""Whole judgements of the gates that compare: step after step, by intervals, and where nothing can be judged."""

import math

import numpy as np
import pytest
from scipy import stats

from sandbox.base.reading import NOTHING, ByUser, Look, Reading
from sandbox.base.verdict import Verdict
from tests.tables.weighing import (
    BUCKETS,
    Seen,
    asked,
    brier,
    e_of_events,
    e_of_means,
    error_of_shares,
    evidence,
    half_of,
    no_worse,
    p_of,
    score,
    seen,
)

PASS, FAIL, OPEN, NONE, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR


# Step after step


def test_what_began_later_is_not_drowned_by_what_was_before() -> None:
    windows = (
        Seen((9_000, 1_000), (180, 20), (180, 20), share=0.1, step=0),
        Seen((5_000, 5_000), (100, 135), (100, 135), share=0.5, step=1),
    )
    gate = no_worse(margin="0%")
    state, _ = gate.step(gate.begin(), seen(windows[0]))
    said = gate.step(state, evidence(windows[1].readings, looks=(windows[1].look("errors.rate"),), step=1))[1]

    def weighed(*mine: Seen) -> tuple[float, float]:
        w = [one.n[0] * one.n[1] / sum(one.n) for one in mine]
        rates = [[one.hits[arm] / one.n[arm] for one in mine] for arm in (0, 1)]
        old, new = (float(np.average(one, weights=w)) for one in rates)
        soft = [
            (sum(one.hits[arm] for one in mine) + 1) / (sum(one.n[arm] for one in mine) + 2) for arm in (0, 1)
        ]
        spread = [sum(one**2 / window.n[arm] for one, window in zip(w, mine, strict=True)) for arm in (0, 1)]
        squared = spread[1] * soft[1] * (1 - soft[1]) + max(1.0, new / old) ** 2 * spread[0] * soft[0] * (1 - soft[0])
        error = math.sqrt(squared) / sum(w) / old
        means = e_of_means(new / old - 1, error, bound=0.0, above=True, scale=0.05)
        events = e_of_events([(*one.firsts, one.share) for one in mine], bound=0.0, above=True)
        return (means[0] + events[0]) / 2, (means[1] + events[1]) / 2

    since_first, since_second = weighed(*windows), weighed(windows[1])
    # 1/2 since the first step, 1/6 since the second, and 1/3 for all that may yet begin.
    mixed = since_first[0] / 2 + since_second[0] / 6 + 1 / 3
    assert said.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    # That it is within is asked of this step alone.
    assert f"(p {p_of(since_second[1])})" in said.because


def test_the_strand_that_says_most_is_quoted() -> None:
    early = Seen((5_000, 5_000), (100, 100), (100, 100), share=0.5, step=0)
    late = Seen((5_000, 5_000), (100, 300), (100, 300), share=0.5, step=1)
    gate = no_worse(margin="0%")
    state, _ = gate.step(gate.begin(), seen(early))
    said = gate.step(state, evidence(late.readings, looks=(late.look("errors.rate"),), step=1))[1]
    assert said.verdict is FAIL
    assert said.because.startswith("+200% > +0%"), "since the second step, not +100% since the first"
    state, _ = gate.step(gate.begin(), seen(Seen((5_000, 5_000), (100, 300), (100, 300), share=0.5, step=0)))
    calm = Seen((5_000, 5_000), (100, 100), (100, 100), share=0.5, step=1)
    said = gate.step(state, evidence(calm.readings, looks=(calm.look("errors.rate"),), step=1))[1]
    assert said.because.startswith("+100% > +0%"), "since the first"


def test_a_failure_does_not_fade_within_its_step() -> None:
    bad = Seen((5_000, 5_000), (100, 200), (100, 200), share=0.5)
    good = Seen((500_000, 500_000), (10_000, 9_000), (10_000, 9_000), share=0.5)
    gate = no_worse(margin="20%")
    state, said = gate.step(gate.begin(), seen(bad))
    assert said.verdict is FAIL
    state, said = gate.step(state, seen(good))
    assert said.verdict is FAIL
    assert "; was beyond it earlier in this step by user" in said.because
    later = Seen(good.n, good.hits, good.firsts, share=0.5, step=1)
    said = gate.step(state, evidence(later.readings, looks=(later.look("errors.rate"),), step=1))[1]
    assert said.verdict is PASS


# Intervals: looks that are fixed, and what is no mean


def test_a_fixed_look_waits_for_the_end_of_the_bake_and_takes_the_normal_quantile() -> None:
    window = Seen((9_000, 9_000), (180, 240), (150, 200), share=0.5)
    gate = no_worse(test="fixed")
    waits = asked(gate, evidence(window.readings, at=19))
    assert (waits.verdict, waits.because, waits.n) == (OPEN, "waits for the end of the bake", 18_000)
    value = 240 / 180 - 1
    error = error_of_shares(window.n, window.hits, times=240 / 180, relative=True)
    z = (value - 0.2) / error
    for alpha, verdict, word in (
        (stats.norm.sf(z * 0.9999), FAIL, ">"), (stats.norm.sf(z * 1.0001), OPEN, "straddles"),
    ):
        said = asked(gate.model_copy(update={"alpha": alpha}), evidence(window.readings, at=20))
        half = stats.norm.isf(alpha) * error
        assert said.verdict is verdict
        assert said.because == f"+{100 * value:.3g}% ± {100 * half:.3g}% {word} +20% by user"
        assert (said.value, said.log_evidence) == (pytest.approx(value), None)
    good = Seen((9_000, 9_000), (180, 150), (150, 120), share=0.5)
    error = error_of_shares(good.n, good.hits, times=1.2, relative=True)
    z = (0.2 - (150 / 180 - 1)) / error
    for off, verdict, word in ((0.9999, PASS, "≤"), (1.0001, OPEN, "straddles")):
        alpha = stats.norm.sf(z * off)
        said = asked(gate.model_copy(update={"alpha": alpha}), evidence(good.readings, at=20))
        assert said.verdict is verdict
        assert said.because == f"−16.7% ± {100 * stats.norm.isf(alpha) * error:.3g}% {word} +20% by user"


@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("relative", [True, False])
def test_a_percentile_turns_at_its_interval(relative: bool, step: int) -> None:
    old, n, name = 0.1, (4_000, 2_000), "latency.p95"
    bound = 0.2 if relative else 0.02
    gate = no_worse(metric=name, margin="20%" if relative else "20ms")
    for off, verdict in ((0.999, OPEN), (1.001, FAIL), (-0.999, OPEN), (-1.001, PASS)):
        new = 0.12
        for _ in range(60):  # where value - bound is `off` halves of the interval, whose width moves with the value
            errors = 0.001, 0.002
            error = math.hypot(errors[1] / old, new / old * errors[0] / old) if relative else math.hypot(*errors)
            half = half_of(error, 6_000, 0.05 / ((step + 1) * (step + 2)))
            new = (1 + bound + off * half) * old if relative else old + bound + off * half
        pair = (Reading(value=old, n=n[0], error=errors[0]), Reading(value=new, n=n[1], error=errors[1]))
        said = asked(gate, evidence(pair, metric=name, unit="seconds", step=step))
        assert said.verdict is verdict
        value = new / old - 1 if relative else new - old
        shown = f"+{100 * value:.3g}% ± {100 * half:.3g}%" if relative else f"+{1e3 * value:.3g}ms ± {1e3 * half:.3g}ms"
        word = {FAIL: ">", PASS: "≤", OPEN: "straddles"}[verdict]
        assert said.because == f"{shown} {word} {'+20%' if relative else '+20ms'} by request"
        assert (said.value, said.n, said.log_evidence) == (pytest.approx(value), 6_000, None)


def test_a_percentile_whose_error_nobody_knows_is_no_data() -> None:
    known, unknown = Reading(value=0.1, n=4_000, error=1e-3), Reading(value=0.1, n=150)
    for pair in ((known, unknown), (unknown, known)):
        said = asked(no_worse(metric="latency.p95"), evidence(pair, metric="latency.p95", unit="seconds"))
        assert (said.verdict, said.because, said.value) == (NONE, "n 150 is too few to know the error", None)


# What cannot be judged


def test_an_incumbent_at_zero_has_no_relative_margin_but_events_do_not_mind() -> None:
    gate = no_worse(metric="quality.brier", margin="20%")
    said = asked(gate, score(brier((0.0, 0.2))))
    assert (said.verdict, said.n) == (ERROR, 12_800)
    assert said.because == (
        "the incumbent's value is 0: a relative margin has no meaning; state the margin in the metric's unit"
    )
    assert asked(no_worse(), seen(Seen((900, 900), (0, 40), (0, 40), share=0.5))).verdict is FAIL
    fixed = asked(no_worse(test="fixed"), evidence(Seen((900, 900), (0, 40)).readings, at=20))
    assert fixed.verdict is ERROR


@pytest.mark.parametrize(("n", "matured", "because"), [
    ((99, 100), False, "incumbent n 99 < 100"), ((100, 99), False, "candidate n 99 < 100"),
    ((99, 98), True, "incumbent n 98 < 100"), ((0, 0), True, "no label has matured yet"),
    ((0, 0), False, "incumbent n 0 < 100"), ((1_000, 0), True, "candidate n 0 < 100"),
])
def test_too_few_of_either_arm_is_no_data(n: tuple[int, int], matured: bool, because: str) -> None:
    pair = tuple(Reading(value=0.5, n=size, error=0.01) if size else NOTHING for size in n)
    at = evidence(pair, matured=matured, metric="latency.p95", unit="seconds")  # type: ignore[arg-type]
    said = asked(no_worse(metric="latency.p95"), at)
    assert (said.verdict, said.because, said.n, said.value) == (NONE, because, sum(n), None)


def test_a_hundred_of_each_arm_are_just_enough() -> None:
    pair = Reading(value=0.5, n=100, error=1e-4), Reading(value=0.9, n=100, error=1e-4)
    assert asked(no_worse(metric="latency.p95"), evidence(pair, metric="latency.p95", unit="seconds")).verdict is FAIL


def test_by_user_those_are_counted_whose_arm_was_drawn() -> None:
    drawn = Seen((9_000, 1_000), (180, 31), (150, 28))
    pair = tuple(
        Reading(value=one.value, n=one.n + 5_000, hits=one.hits, error=one.error, by_user=one.by_user)
        for one in drawn.readings
    )
    at = evidence(pair, looks=(drawn.look("errors.rate"),))  # type: ignore[arg-type]
    assert asked(no_worse(), at).n == 10_000
    assert asked(no_worse(unit="request"), at).n == 20_000


def test_an_interval_turns_its_signs_where_more_is_better() -> None:
    name = "quality.auc"
    for new, verdict, word in ((0.70, FAIL, "<"), (0.80, PASS, "≥"), (0.785, OPEN, "straddles")):
        pair = Reading(value=0.80, n=4_000, error=0.002), Reading(value=new, n=2_000, error=0.002)
        said = asked(no_worse(metric=name, margin=0.02), evidence(pair, metric=name, lower=False, unit="index"))
        half = half_of(math.hypot(0.002, 0.002), 6_000, 0.025)
        assert said.verdict is verdict
        shown = f"{'+' if new >= 0.8 else '−'}{abs(new - 0.8):.3g} ± {half:.3g}"
        assert said.because == f"{shown} {word} −0.02 by request"
        assert said.value == pytest.approx(0.8 - new), "as how much worse it is"


def test_a_window_of_an_earlier_step_that_comes_late_is_no_evidence_of_the_later_one() -> None:
    gate = no_worse(margin="0%")
    early = Seen((5_000, 5_000), (100, 160), (100, 160), share=0.5, step=0)
    now = Seen((2_000, 2_000), (40, 40), (40, 40), share=0.5, step=1)
    state, _ = gate.step(gate.begin(), evidence(early.readings))
    state, _ = gate.step(state, evidence(now.readings, looks=(now.look("errors.rate"),), step=1))
    alone, since = state.strands[1], state.strands[0]
    state, _ = gate.step(state, evidence(now.readings, looks=(early.look("errors.rate"),), step=1))
    assert state.strands[1].events == alone.events == 80
    assert (since.events, state.strands[0].events) == (80, 80 + 260)


def test_no_first_event_on_the_incumbent_is_a_count_and_not_unknown() -> None:
    window = Seen((9_000, 1_000), (4, 30), (0, 25))
    error = error_of_shares(window.n, window.hits, times=0.03 / (4 / 9_000), relative=True)
    means = e_of_means(0.03 / (4 / 9_000) - 1, error, bound=0.2, above=True, scale=0.2)
    events = e_of_events([(0, 25, 0.1)], bound=0.2, above=True)
    said = asked(no_worse(), seen(window))
    assert said.log_evidence == pytest.approx(math.log((means[0] + events[0]) / 4 + 1 / 2), rel=1e-9)


@pytest.mark.parametrize(("firsts", "counted"), [((50, 14), (50, 14)), ((-1, -1), (60, 18))])
def test_of_three_arms_two_are_compared_by_their_own_shares(firsts: tuple[int, int], counted: tuple[int, int]) -> None:
    window = Seen((6_000, 1_000), (60, 18), firsts)
    shares = (0.6, 0.1, 0.3)
    look = Look(start=0, end=1, step=0, share=shares, readings={"errors.rate": (*window.readings, window.readings[0])})
    at = evidence((*window.readings, window.readings[0]), looks=(look,))  # type: ignore[arg-type]
    events = e_of_events([(*counted, 0.1 / 0.7)], bound=0.2, above=True)
    value = 18 / 1_000 / (60 / 6_000) - 1
    error = error_of_shares(window.n, window.hits, times=value + 1, relative=True)
    means = e_of_means(value, error, bound=0.2, above=True, scale=0.2)
    said = asked(no_worse(), at)
    assert said.log_evidence == pytest.approx(math.log((means[0] + events[0]) / 4 + 1 / 2), rel=1e-9)


def simpson() -> tuple[Reading, Reading]:
    """Two strata of 32 buckets: errors are 1% in the one and 5% in the other on both arms; who is where differs."""
    first, second = np.arange(BUCKETS) < 32, np.arange(BUCKETS) >= 32
    arms = []
    for sizes in ((8_000, 2_000), (2_000, 8_000)):
        n = first * sizes[0] / 32 + second * sizes[1] / 32
        total = first * sizes[0] * 0.01 / 32 + second * sizes[1] * 0.05 / 32
        hits = round(total.sum())
        users = ByUser(n, total, hits, 2)
        arms.append(Reading(value=hits / 10_000, n=10_000, hits=hits, error=math.sqrt(hits) / 10_000, by_user=users))
    return arms[0], arms[1]


@pytest.mark.parametrize("test", ["always-valid", "fixed"])
def test_an_arm_that_has_more_of_the_worse_segment_is_not_the_worse_one(test: str) -> None:
    pair = simpson()
    look = Look(start=0, end=1, step=0, share=(0.5, 0.5), readings={"errors.rate": pair})
    said = asked(no_worse(test=test, margin="5%"), evidence(pair, looks=(look,), at=20))
    assert pair[1].value > 2 * pair[0].value
    assert said.verdict is OPEN
    assert said.value == pytest.approx(0.0, abs=1e-9)


def test_a_window_in_which_an_arm_has_nothing_adds_nothing() -> None:
    gate = no_worse(metric="quality.brier", margin=0.0)
    whole = brier((0.2, 0.212))
    for pair in ((NOTHING, whole[1]), (whole[0], NOTHING)):
        looks = tuple(
            Look(start=0, end=1, step=0, share=(0.5, 0.5), readings={"quality.brier": one}) for one in (whole, pair)
        )
        one = asked(gate, evidence(whole, looks=looks[:1], metric="quality.brier", unit="index"))
        both = asked(gate, evidence(whole, looks=looks, metric="quality.brier", unit="index"))
        assert one.log_evidence == both.log_evidence
