"""Where an alert turns, minute by minute, as Prometheus and the authors of each detector have it."""

import math
import re

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from sandbox.decide.alerts.flapping import ENTRIES, changed
from sandbox.decide.alerts.kinds import Alert, AnyAlert
from sandbox.decide.alerts.over_time import avg
from sandbox.decide.alerts.page_hinkley import Drifted, page_hinkley
from sandbox.decide.alerts.parse import parse_expression
from sandbox.decide.alerts.rate import increase
from sandbox.decide.alerts.scene import Name
from sandbox.decide.alerts.series import Compat, Series, within
from sandbox.decide.alerts.watch import look, watch
from tests.tables.alerting import MINUTE, gauge, scene, states


def alert(**keys: object) -> AnyAlert:
    said = {"name": "a", **{key.rstrip("_"): value for key, value in keys.items()}}
    found: AnyAlert = TypeAdapter(Alert).validate_python(said)
    return found


HIGH = "errors.rate{arm=candidate} > 5%"
BLIP_THEN_SUSTAINED = [0.01, 0.01, 0.09, 0.01, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.01, 0.01, 0.01, 0.01, 0.01]

RULES = [
    # keys, values a minute, states. The first row passes promtool 2.42.0 and 3.5.3 as it stands.
    ({"for_": "3m", "keep_firing_for": "2m"}, BLIP_THEN_SUSTAINED, "..p.pppFFFFF..."),
    ({"for_": "3m"}, BLIP_THEN_SUSTAINED, "..p.pppFFF....."),
    ({}, BLIP_THEN_SUSTAINED, "..F.FFFFFF....."),
    ({"keep_firing_for": "1m"}, [0.1, 0.0, 0.0, 0.1, 0.0], "FF.FF"),
    ({"for_": "2m"}, [0.1, 0.1, 0.0, 0.1, 0.1, 0.1], "pp.ppF"),
    ({"for_": "1m"}, [0.05, 0.0500001, 0.0500001], ".pF"),
    # A sample lives five minutes: of version 3 the fifth is out.
    ({}, [0.1, None, None, None, None, None, None], "FFFFF.."),
    ({}, [0.1, None, "stale", None, None, None, None], "FF....."),
    ({}, [0.1, math.nan, 0.1], "F.F"),
    ({"expr": "absent(errors.rate{arm=candidate})", "for_": "1m"}, [0.1, "stale", None, 0.1], ".pF."),
]


@pytest.mark.parametrize(("keys", "values", "expected"), RULES)
def test_a_rule_turns_where_prometheus_does(keys: dict, values: list, expected: str) -> None:
    assert states(alert(**{"expr": HIGH, **keys}), values) == expected


def test_version_2_keeps_a_sample_that_is_exactly_five_minutes_old() -> None:
    assert states(alert(expr=HIGH), [0.1, *[None] * 6], compat="prom2") == "FFFFFF."


@pytest.mark.parametrize(("compat", "count"), [("prom2", 6), ("prom3", 5)])
def test_five_minutes_hold_six_samples_in_version_2_and_five_in_version_3(compat: Compat, count: int) -> None:
    # count_over_time(x[5m]) with a sample a minute on the grid, promtool 2.42.0 and 3.5.3.
    series = gauge(list(range(20)))[Name("errors.rate", "value", "candidate")]
    assert len(within(series, 15 * MINUTE, 5 * MINUTE, compat=compat)[0]) == count


def test_values_and_reasons_are_those_of_the_last_time_it_was_true() -> None:
    series, now = gauge([0.10, 0.20, 0.01, 0.01]), watch(alert(expr=HIGH, keep_firing_for="5m"))
    for minute in range(4):
        now, _ = look(now, scene(series, minute))
    assert [one.value for one in now.alerts.values()] == [0.20]
    assert list(now.because.values()) == ["20% > 5%"]


RATES = [
    # Prometheus, promql/promqltest/testdata/functions.test of 2.42: increase over counters scraped every five minutes.
    ([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 50, 100.0),
    ([0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40], 50, 90.0),
]


@pytest.mark.parametrize(("values", "minutes", "expected"), RATES)
def test_a_counter_grows_as_published(values: list[int], minutes: int, expected: float) -> None:
    times, grown = np.arange(len(values)) * 5 * MINUTE, np.array(values, dtype=float)
    found = increase(times, grown, at=minutes * MINUTE, width=50 * MINUTE, compat="prom2")
    assert found == pytest.approx(expected, rel=1e-12)


def test_of_nothing_and_of_one_sample_no_growth_is_known() -> None:
    for count in (0, 1):
        times, values = np.arange(count) * MINUTE, np.ones(count)
        assert math.isnan(increase(times, values, at=MINUTE, width=MINUTE, compat="prom3"))


def test_the_mean_over_time_does_not_lose_what_plain_sums_lose() -> None:
    # Prometheus, functions.test: the series whose naive sum is wrong ("avg_over_time ... Kahan").
    values = np.array([5.0, 9007199254740992.0 * 2, 1.0, -9007199254740992.0 * 2, 1.0, 1.0, 1.0, 1.0])
    assert avg(values, "prom3") == math.fsum(values.tolist()) / 8


def test_a_mean_that_is_exactly_a_limit_is_rounded_as_each_prometheus_rounds_it() -> None:
    # avg_over_time(x[45s]) > 0.06 fires in promtool 3.5.3 and does not in 2.42.0.
    values = np.array([0.05, 0.06, 0.07])
    assert avg(values, "prom3") > 0.06
    assert avg(values, "prom2") <= 0.06


EXPRESSIONS = [
    ("errors.rate{arm=candidate}", "expected a comparison (> >= < <= == !=) after errors.rate, got nothing more"),
    ("errors.rate = 2%", 'got "=" at character 13 (equality is written "==")'),
    ("errors.rate{model=candidate} > 2%", 'no label "model"; a series has the labels arm, segment, group'),
    ("errors.rate{arm=candidate,arm=incumbent} > 2%", '"arm" stands here twice; remove one'),
    ("errors.rate{segment=} > 2%", "expected a segment's name after segment="),
    ("avgg(errors.rate[5m]) > 2%", 'no function "avgg" here; nearest: avg'),
    ("rate(errors)/rate(requests) > 0.02", "the rate of a share is its own window, as errors.rate{arm=candidate}[5m]"),
    ("errors.rate by (arm) > 1", '"by" at character 13 is not said here; series are of one arm each'),
    ("histogram_quantile(0.99, x) > 1", "a quantile is a metric, as latency.p99{arm=candidate} > 300ms"),
    ("errors.rate > 2% for 5m", '"for" at character 18 is one too many; how long it must hold is a key of its own'),
    ("errors.rate offset 5m > 2%", "a condition reads windows that end now"),
    ("errors.rate{arm=candidate} / errors.rate{arm=incumbent} > 2", '"/" at character 28 is not said here; write a'),
    ("errors.rate > bool 2%", "leave it out: what is not true is not there"),
    ("max(errors.rate) > 2%", "max() needs a window, as max(errors.rate[5m])"),
    ("errors.rate[5m > 2%", 'expected "]" after the window 5m, got ">" at character 16'),
    ("errors.rate[5] > 2%", '"5" has no unit; did you mean "5m", "5s" or "5ms"?'),
    ("errors.rate > 2% nd errors.rate > 3%", '"nd" at character 18 is one too many; did you mean and?'),
    ("errors.rate > 2% and", "expected a metric, as errors.rate{arm=candidate}, got nothing more"),
    ("(errors.rate > 2%", 'expected ")" after the expression in parentheses, got nothing more'),
    ("errors.rate > 2 * errors.rate", "comparing two metrics needs an arm on both sides"),
    ("errors.rate > 2% ; x > 1", '";" at character 17 is not understood'),
    ("", "expected a metric"),
]


@pytest.mark.parametrize(("text", "message"), EXPRESSIONS)
def test_an_expression_that_makes_no_sense_says_where_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_expression(text)


def test_a_metric_of_one_part_of_the_users_is_spelt_one_way() -> None:
    one, other = (
        parse_expression(f"errors.rate{{{labels}}} > 2%").condition
        for labels in ("group=b, arm=candidate,segment=eu", 'segment="eu",group=b,arm=candidate')
    )
    assert one == other
    ((vector, _),) = one.vectors()
    assert (vector.metric, vector.arm) == ("errors.rate{segment=eu,group=b}", "candidate")


def test_and_binds_tighter_than_or() -> None:
    loose = parse_expression("errors.rate > 1% or errors.rate > 2% and errors.rate > 3%")
    assert loose == parse_expression("errors.rate > 1% or (errors.rate > 2% and errors.rate > 3%)")
    assert loose != parse_expression("(errors.rate > 1% or errors.rate > 2%) and errors.rate > 3%")


DETECTORS = [
    # Raised above 10%, cleared at or below 5%.
    ({"kind": "hysteresis", "expr": "errors.rate > 10%", "while_": "errors.rate > 5%"},
     [0.06, 0.11, 0.06, 0.09, 0.05, 0.06, 0.11, "stale"], ".FFF..F."),
    # Three breaches of five looks: the third brings it, and it goes when only two of the last five are left.
    ({"kind": "m-of-n", "expr": HIGH, "m": 3, "n": 5},
     [0.1, 0.0, 0.1, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0], "....F...."),
    ({"kind": "m-of-n", "expr": HIGH, "m": 3, "n": 5},
     [0.1, 0.1, 0.1, 0.0, 0.0, 0.0, 0.0], "..FFF.."),
    ({"kind": "m-of-n", "expr": HIGH, "m": 2, "n": 2, "for_": "1m"}, [0.1, 0.1, 0.1, 0.0], ".pF."),
    ({"kind": "cusum", "metric": "errors.rate", "mean": 0, "sigma": 0.01, "k": 0.5, "h": 4},
     [0.02, 0.02, 0.02, 0.02, -0.05], "..FF."),
    ({"kind": "cusum", "metric": "errors.rate", "mean": 0, "sigma": 0.01, "k": 0.5, "h": 4, "clip": 3},
     [0.9, 0.0, 0.9, 0.0], "..F."),
    ({"kind": "cusum", "metric": "errors.rate", "mean": 0, "sigma": 0.01, "h": 4}, [-0.05] * 4, "...."),
    ({"kind": "cusum", "metric": "errors.rate", "mean": 0, "sigma": 0.01, "h": 4, "two_sided": True},
     [-0.05] * 4, "FFFF"),
    # λ 0.5, L 3: limits 1.5, 1.677 and up to 1.732 standard deviations; averages 1, 1.5, 1.75 and 1.875.
    ({"kind": "ewma", "metric": "errors.rate", "mean": 0, "sigma": 0.01, "weight": 0.5}, [0.02] * 4, "..FF"),
    ({"kind": "page-hinkley", "metric": "errors.rate", "delta": 0, "threshold": "1.5%", "minimum": 2},
     [0.0, 0.0, 0.03, 0.0], "..F."),
]


@pytest.mark.parametrize(("keys", "values", "expected"), DETECTORS)
def test_a_detector_turns_where_its_formula_says(keys: dict, values: list, expected: str) -> None:
    assert states(alert(**keys), values) == expected


def test_a_learned_baseline_knows_that_small_windows_vary_more() -> None:
    detector = alert(kind="cusum", metric="errors.rate", learn=6, h=4)
    for size, fires in ((1_000, True), (10, False)):
        series = gauge([0.010, 0.012, 0.008, 0.010, 0.012, 0.008, 0.018, 0.018])
        events = series[Name("errors.rate", "events", "candidate")] = Series()
        total = 0
        for minute in range(8):
            total += 1_000 if minute < 6 else size
            events.add(minute * MINUTE, float(total))
        now = watch(detector)
        for minute in range(8):
            now, _ = look(now, scene(series, minute))
        assert bool(now.alerts) is fires


def test_page_hinkley_sums_what_exceeds_the_mean_so_far() -> None:
    # x 1, 1, 4: means 1, 1, 2; with δ 0.5 the sums are -0.5, -1, 0.5, so the rise from the least is 1.5.
    state = Drifted()
    for x in (1.0, 1.0, 4.0):
        state = page_hinkley(state, x, delta=0.5)
    assert (state.mean, state.sum, state.least, state.risen) == (2.0, 0.5, -1.0, 1.5)


def flips(tail: int) -> tuple[bool, ...]:
    return (*[False] * (ENTRIES - tail), *[number % 2 == 0 for number in range(tail)])


@pytest.mark.parametrize(("history", "percent"), [
    (flips(ENTRIES), 96.25), (flips(7), 35.5), (flips(6), 29.9), (flips(1), 0.0), ((False,) * ENTRIES, 0.0)
])
def test_flapping_weighs_changes_as_naemon_does(history: tuple[bool, ...], percent: float) -> None:
    # src/naemon/flapping.c (2805e0dd), ported and run: the newest change does not count yet.
    assert 100 * changed(history) == pytest.approx(percent, abs=0.05)


def test_flapping_begins_at_thirty_percent_and_ends_at_twenty() -> None:
    said = states(alert(kind="flapping", expr=HIGH), [0.1, 0.0] * 5 + [0.0] * 20)
    begin, end = said.index("F"), said.rindex("F")
    assert begin == 6
    assert said == "." * begin + "F" * (end - begin + 1) + "." * (len(said) - end - 1)
    assert end > 20


NONSENSE = [
    ({"expr": HIGH, "labels": {"arm": "x"}}, "an alert has that label anyway"),
    ({"expr": HIGH, "labels": {"my label": "x"}}, "letters, digits and _"),
    ({"kind": "m-of-n", "expr": HIGH, "m": 6, "n": 5}, "could never fire"),
    ({"kind": "cusum", "metric": "errors.rate", "mean": 0.1}, "go together"),
    ({"kind": "flapping", "expr": HIGH, "low": "50%"}, "never settle"),
]


@pytest.mark.parametrize(("keys", "message"), NONSENSE)
def test_an_alert_that_makes_no_sense_is_refused(keys: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        alert(**keys)
