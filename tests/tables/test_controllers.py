"""Whole judgements of the gates that decide as other people's controllers do: verdict, reason, numbers, look by look.

Kayenta's interval of the Mann-Whitney shift is scipy's to the tolerance of its search; `test_kayenta` shows that.
"""

import math
from typing import Any

import pytest

from sandbox.base.reading import NOTHING, Evidence, Look, Measure, Reading
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.canary_score import CanaryScore
from sandbox.decide.gates.checks import Checks, Ranged
from sandbox.decide.gates.threshold import Threshold
from tests.tables.controlling import SECOND, evidence, reading, run

PASS, FAIL, OPEN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA


def numbers(judgement: Judgement) -> tuple[Any, ...]:
    return judgement.verdict, judgement.because, judgement.value, judgement.bound, judgement.n


# threshold, as Argo Rollouts


def threshold(**keys: Any) -> Threshold:
    return Threshold.model_validate({"name": "t", "metric": "x", "max": 2} | keys)


def measured(*values: float, every: int = 10, n: int = 1_000) -> list[Evidence]:
    return [
        evidence({"x": (reading(0.0), reading(value, n=n))}, at=every * place) for place, value in enumerate(values)
    ]


SIDES: list[tuple[dict[str, Any], float, Verdict, str, float]] = [
    ({}, 2.0, PASS, "2 ≤ 2", 2.0),
    ({}, 2.001, FAIL, "2.001 > 2", 2.0),
    ({"max": None, "min": 2}, 2.0, PASS, "2 ≥ 2", 2.0),
    ({"max": None, "min": 2}, 1.999, FAIL, "1.999 < 2", 2.0),
    ({"min": 1}, 1.5, PASS, "1.5 ≤ 2", 2.0),
    ({"min": 1}, 0.9, FAIL, "0.9 < 1", 1.0),
    ({"fail_above": 3}, 2.5, OPEN, "2.5 > 2, inconclusive 1 > inconclusive_limit 0", 2.0),
    ({"fail_above": 3}, 3.0, OPEN, "3 > 2, inconclusive 1 > inconclusive_limit 0", 2.0),
    ({"fail_above": 3}, 3.001, FAIL, "3.001 > 3", 3.0),
    ({"max": None, "fail_above": 3}, 3.0, PASS, "3 ≤ 3", 3.0),
    ({"max": None, "fail_below": 3}, 3.0, PASS, "3 ≥ 3", 3.0),
    ({"max": None, "fail_below": 3}, 2.9, FAIL, "2.9 < 3", 3.0),
    ({"max": None, "min": 4, "fail_below": 3}, 3.5, OPEN, "3.5 < 4, inconclusive 1 > inconclusive_limit 0", 4.0),
]


@pytest.mark.parametrize(("keys", "value", "verdict", "because", "bound"), SIDES)
def test_one_measurement_is_told_with_the_bound_that_decides(
    keys: dict[str, Any], value: float, verdict: Verdict, because: str, bound: float
) -> None:
    (said,) = run(threshold(**keys), measured(value))
    assert numbers(said) == (verdict, because, value, bound, 1_000)


TRACES: list[tuple[str, dict[str, Any], tuple[float, ...], list[tuple[Verdict, str]]]] = [
    ("failures are tolerated up to the limit", {"failure_limit": 1}, (1, 3, 1, 3, 1), [
        (PASS, "1 ≤ 2"), (PASS, "3 > 2, failed 1 ≤ failure_limit 1"), (PASS, "1 ≤ 2, failed 1 ≤ failure_limit 1"),
        (FAIL, "3 > 2, failed 2 > failure_limit 1"), (FAIL, "3 > 2, failed 2 > failure_limit 1"),
    ]),
    ("the first failure alone lets nothing go on", {"failure_limit": 1}, (3,), [
        (OPEN, "3 > 2, failed 1 ≤ failure_limit 1"),
    ]),
    ("a count waits for its last", {"count": 3, "interval": "10s"}, (1, 1, 1, 9), [
        (OPEN, "1 ≤ 2, 1 of 3 measured"), (OPEN, "1 ≤ 2, 2 of 3 measured"), (PASS, "1 ≤ 2, 3 of 3 measured"),
        (PASS, "1 ≤ 2, 3 of 3 measured"),
    ]),
    ("successes in a row", {"consecutive_success_limit": 2, "failure_limit": 5}, (1, 3, 1, 1, 9), [
        (OPEN, "1 ≤ 2, 1 of 2 successes in a row"), (OPEN, "3 > 2, 0 of 2 successes in a row"),
        (OPEN, "1 ≤ 2, 1 of 2 successes in a row"), (PASS, "1 ≤ 2, 2 of 2 successes in a row"),
        (PASS, "1 ≤ 2, 2 of 2 successes in a row"),
    ]),
    ("and a count that ends before them", {
        "consecutive_success_limit": 2, "count": 3, "failure_limit": 1, "interval": "10s",
    }, (1, 3, 1), [
        (OPEN, "1 ≤ 2, 1 of 2 successes in a row, 1 of 3 measured"),
        (OPEN, "3 > 2, 0 of 2 successes in a row, 2 of 3 measured"),
        (OPEN, "1 ≤ 2, 1 of 2 successes in a row, 3 of 3 measured"),
    ]),
    ("inconclusive ones are tolerated up to theirs", {"fail_above": 5, "inconclusive_limit": 1}, (3, 1, 3, 1), [
        (OPEN, "3 > 2, inconclusive 1 ≤ inconclusive_limit 1"), (PASS, "1 ≤ 2, inconclusive 1 ≤ inconclusive_limit 1"),
        (OPEN, "3 > 2, inconclusive 2 > inconclusive_limit 1"), (OPEN, "3 > 2, inconclusive 2 > inconclusive_limit 1"),
    ]),
]


@pytest.mark.parametrize(("says", "keys", "values", "told"), TRACES, ids=[row[0] for row in TRACES])
def test_what_is_decided_and_why_is_told_look_by_look(
    says: str, keys: dict[str, Any], values: tuple[float, ...], told: list[tuple[Verdict, str]]
) -> None:
    said = run(threshold(**keys), measured(*values))
    assert [(one.verdict, one.because) for one in said] == told


def test_between_two_measurements_it_says_what_the_last_one_said() -> None:
    said = run(threshold(interval="30s", initial_delay="20s"), measured(1, 1, 1.5, 9, 9, 9, 9))
    assert [(one.verdict, one.because) for one in said] == [
        (NONE, "first measured 20s from now"), (NONE, "first measured 10s from now"), (PASS, "1.5 ≤ 2"),
        (PASS, "1.5 ≤ 2"), (PASS, "1.5 ≤ 2"), (FAIL, "9 > 2"), (FAIL, "9 > 2"),
    ]


def test_a_value_that_is_missing_is_not_counted_or_is_argos_error() -> None:
    starved = [evidence({"x": (reading(1.0, n=500), NOTHING)}, at=10 * place) for place in range(6)]
    says = "n 0 < 100, starved: the incumbent has 500"
    (held, *_) = run(threshold(), starved)
    assert numbers(held) == (NONE, says, None, None, 0)
    said = run(threshold(empty="error", interval="60s"), starved)
    assert [one.verdict for one in said] == [NONE] * 4 + [FAIL, FAIL], "an error is asked again after ten seconds"
    assert said[0].because == f"{says}, errors in a row 1 ≤ consecutive_error_limit 4"
    assert said[4].because == f"{says}, errors in a row 5 > consecutive_error_limit 4"
    assert (said[0].value, said[0].bound, said[0].n) == (None, 2.0, 0)
    few = evidence({"x": (reading(1.0), reading(1.0, n=40))}, at=0)
    assert numbers(run(threshold(), [few])[0]) == (NONE, "n 40 < 100", None, None, 40)


# checks, as Flagger


def checks(**keys: Any) -> Checks:
    metrics = [{"metric": "x", "max": 1}, {"metric": "y", "min": 5}]
    return Checks.model_validate({"name": "c", "interval": "60s", "threshold": 2, "metrics": metrics} | keys)


def both(x: float, y: float, *, at: float, since: float = 0.0) -> Evidence:
    pairs = {"x": (reading(0.0), reading(x, n=700)), "y": (reading(0.0), reading(y, n=600))}
    return evidence(pairs, at=at, since=since)


def test_a_check_tells_of_the_first_metric_that_failed_or_else_of_the_first() -> None:
    said = run(checks(threshold=9), [both(1, 5, at=60), both(1, 4, at=120), both(2, 4, at=180), both(0, 9, at=240)])
    assert [numbers(one) for one in said] == [
        (PASS, "x 1 ≤ 1, 0 of 9 failed checks", 1.0, 1.0, 700), (OPEN, "y 4 < 5, 1 of 9 failed checks", 4.0, 5.0, 600),
        (OPEN, "x 2 > 1, 2 of 9 failed checks", 2.0, 1.0, 700), (PASS, "x 0 ≤ 1, 2 of 9 failed checks", 0.0, 1.0, 700),
    ]


def test_the_tick_that_rolls_back_checks_nothing_and_tells_of_the_last_check_that_failed() -> None:
    said = run(checks(), [both(1, 4, at=60), both(0, 9, at=120), both(3, 9, at=180), both(0, 9, at=240)])
    assert [one.verdict for one in said] == [OPEN, PASS, OPEN, FAIL]
    assert numbers(said[-1]) == (FAIL, "2 of 2 failed checks, last x 3 > 1", 3.0, 1.0, 700)


def test_between_two_checks_it_says_what_the_last_one_of_its_step_said() -> None:
    said = run(checks(), [both(0, 9, at=at, since=since) for at, since in (
        (59, 0), (60, 0), (119, 0), (130, 100), (159, 100), (160, 100),
    )])
    checked = "x 0 ≤ 1, 0 of 2 failed checks"
    assert [one.because for one in said] == [
        "first check at 00:01", checked, checked, "first check at 00:02:40", "first check at 00:02:40", checked,
    ]
    assert [one.verdict for one in said] == [NONE, PASS, PASS, NONE, NONE, PASS]


@pytest.mark.parametrize(("missing", "verdict", "failed"), [("hold", NONE, 0), ("fail", OPEN, 1)])
def test_a_check_that_misses_a_value_says_whose(missing: str, verdict: Verdict, failed: int) -> None:
    at = evidence({"x": (reading(0.0), reading(0.5)), "y": (reading(0.0, n=400), NOTHING)}, at=60)
    (said,) = run(checks(missing=missing), [at])
    because = f"y: n 0 < 1, starved: the incumbent has 400, {failed} of 2 failed checks"
    assert numbers(said) == (verdict, because, None, 5.0, 0)
    at = evidence({"x": (NOTHING, NOTHING), "y": (NOTHING, NOTHING)}, at=60)
    (said,) = run(checks(missing=missing), [at])
    because = f"x: n 0 < 1, the whole service is idle, {failed} of 2 failed checks"
    assert numbers(said) == (verdict, because, None, 1.0, 0)


def test_fewer_than_its_minimum_make_no_value() -> None:
    few = [evidence({"x": (reading(0.0), reading(0.5, n=n)), "y": (reading(0.0), reading(9))}, at=60) for n in (9, 10)]
    assert [run(checks(minimum=10), [one])[0].verdict for one in few] == [NONE, PASS]


RANGES: list[tuple[dict[str, Any], float, str, float]] = [
    ({"max": 2}, 2.0, "x 2 ≤ 2", 2.0), ({"max": 2}, 2.5, "x 2.5 > 2", 2.0), ({"min": 2}, 2.0, "x 2 ≥ 2", 2.0),
    ({"min": 2}, 1.5, "x 1.5 < 2", 2.0), ({"min": 1, "max": 2}, 0.5, "x 0.5 < 1", 1.0),
    ({"min": 1, "max": 2}, 2.5, "x 2.5 > 2", 2.0), ({"min": 1, "max": 2}, 1.0, "x 1 ≤ 2", 2.0),
    ({"min": 2, "max": 2}, 2.0, "x 2 ≤ 2", 2.0),
]


@pytest.mark.parametrize(("keys", "value", "says", "bound"), RANGES)
def test_a_range_is_told_by_the_end_that_is_crossed_or_kept(
    keys: dict[str, Any], value: float, says: str, bound: float
) -> None:
    (said,) = run(checks(metrics=[{"metric": "x", **keys}]), [evidence({"x": (reading(0.0), reading(value))}, at=60)])
    assert said.because == f"{says}, {0 if said.verdict is PASS else 1} of 2 failed checks"
    assert (said.value, said.bound) == (value, bound)


@pytest.mark.parametrize(("seconds", "says", "verdict"), [
    (0.5009, "latency.p99 500ms ≤ 500ms", PASS), (0.501, "latency.p99 501ms > 500ms", OPEN),
    (0.5, "latency.p99 500ms ≤ 500ms", PASS),
])
def test_a_percentile_is_told_in_the_whole_milliseconds_it_is_checked_in(
    seconds: float, says: str, verdict: Verdict
) -> None:
    for slice_ in ("", "{segment=eu}"):
        name = f"latency.p99{slice_}"
        gate = checks(metrics=[{"metric": name, "max": "500.7ms"}])
        (said,) = run(gate, [evidence({name: (reading(0.1), reading(seconds))}, at=60)])
        assert (said.verdict, said.value) == (verdict, seconds)
        assert said.because.split(", ")[0] == says.replace("p99", f"p99{slice_}")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"metrics": [{"metric": "x"}]}, 'a check needs "max" or "min"; add one'),
    ({"metrics": [{"metric": "x", "min": 2, "max": 1}]}, "min is above max; nothing could pass"),
    ({"metrics": [{"metric": "x", "max": 1}, {"metric": "x", "min": 0}]}, "a metric stands here twice; join the two"),
    ({"interval": "9s"}, 'Flagger takes anything below 10s for 10s; write "10s"'),
]


@pytest.mark.parametrize(("keys", "says"), REFUSED)
def test_checks_that_mean_something_else_than_they_say_are_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*") as caught:
        checks(**keys)
    assert says in str(caught.value)


def test_the_shortest_interval_and_a_range_of_one_value_are_fine() -> None:
    assert checks(interval="10s").interval == 10 * SECOND
    assert Ranged.model_validate({"metric": "x", "min": 1, "max": 1}).min == 1


# canary-score, as Kayenta


def score(**keys: Any) -> CanaryScore:
    return CanaryScore.model_validate({
        "name": "s", "interval": "60s", "metrics": [{"metric": "x", "direction": "increase"}],
    } | keys)


WORSE = [(1 + 0.01 * place, 3 + 0.01 * place) for place in range(40)]
ALIKE = [(1 + 0.01 * (place % 5), 1 + 0.01 * (place % 4)) for place in range(40)]
BETTER = [(one, other) for other, one in WORSE]


def windows(columns: dict[str, list[tuple[float, float]]], *, count: int, bake_ends: float = 1e6) -> list[Evidence]:
    """What is seen at the end of each window of ten seconds; a NaN is a window without anything to read."""
    seen = []
    for place in range(count):
        pair = {name: tuple(map(_point, column[place])) for name, column in columns.items()}
        one = Look(start=10 * place * SECOND, end=10 * (place + 1) * SECOND, step=0, share=(0.9, 0.1), readings=pair)
        seen.append(evidence(pair, at=10 * (place + 1), bake_ends=bake_ends, looks=(one,)))  # type: ignore[arg-type]
    return seen


def _point(value: float) -> Reading:
    return NOTHING if math.isnan(value) else reading(value)


TWO = {"metrics": [{"metric": "x", "group": "a"}, {"metric": "y", "group": "b"}]}

SCORES: list[tuple[str, dict[str, Any], dict[str, list[tuple[float, float]]], Verdict, str, float | None, float]] = [
    ("alike", {}, {"x": ALIKE}, PASS, "score 100 ≥ 95, 6 points", 100.0, 95.0),
    ("worse", {}, {"x": WORSE}, FAIL, "score 0 ≤ 75, x high (×2.95), 6 points", 0.0, 75.0),
    ("lower, and only higher is worse", {}, {"x": BETTER}, PASS, "score 100 ≥ 95, 6 points", 100.0, 95.0),
    ("lower, and either is worse", {"metrics": [{"metric": "x"}]}, {"x": BETTER}, FAIL,
     "score 0 ≤ 75, x low (×0.339), 6 points", 0.0, 75.0),
    ("an effect that is allowed", {"metrics": [{"metric": "x", "allowed_increase": 3.0}]}, {"x": WORSE}, PASS,
     "score 100 ≥ 95, 6 points", 100.0, 95.0),
    ("an effect by how often", {"metrics": [{"metric": "x", "effect": "cles"}]}, {"x": WORSE}, FAIL,
     "score 0 ≤ 75, x high, 6 points", 0.0, 75.0),
    ("one of two groups, equal weights", TWO, {"x": WORSE, "y": ALIKE}, FAIL,
     "score 50 ≤ 75, x high (×2.95), 6 points", 50.0, 75.0),
    ("one of two groups, 76 for the other", TWO | {"groups": {"a": 24, "b": 76}}, {"x": WORSE, "y": ALIKE}, OPEN,
     "score 76 < 95, x high (×2.95), 6 points", 76.0, 95.0),
    ("one of two groups, 75 for the other", TWO | {"groups": {"a": 25}}, {"x": WORSE, "y": ALIKE}, FAIL,
     "score 75 ≤ 75, x high (×2.95), 6 points", 75.0, 75.0),
    ("one of two groups, 95 for the other", TWO | {"groups": {"a": 5}}, {"x": WORSE, "y": ALIKE}, PASS,
     "score 95 ≥ 95, x high (×2.95), 6 points", 95.0, 95.0),
    ("a critical one says so first", {"metrics": [
        {"metric": "y"}, {"metric": "x", "critical": True, "critical_increase": 2.0}]},
     {"x": WORSE, "y": BETTER}, FAIL, "score 0 ≤ 75, x critically high (×2.95), y low (×0.339), 6 points", 0.0, 75.0),
    ("critical, and its effect is not", {"metrics": [
        {"metric": "y"}, {"metric": "x", "critical": True, "critical_increase": 3.0}], "marginal_at": 40},
     {"x": WORSE, "y": ALIKE}, OPEN, "score 50 < 95, x high (×2.95), 6 points", 50.0, 95.0),
]


@pytest.mark.parametrize(
    ("says", "keys", "columns", "verdict", "because", "value", "bound"), SCORES, ids=[row[0] for row in SCORES]
)
def test_a_score_is_told_with_the_bound_that_decides_and_what_does_not_pass(
    says: str, keys: dict[str, Any], columns: dict[str, list[tuple[float, float]]], verdict: Verdict, because: str,
    value: float | None, bound: float,
) -> None:
    said = run(score(**keys), windows(columns, count=6))[-1]
    assert numbers(said) == (verdict, because, value, bound, 6)


def test_it_is_judged_every_interval_from_when_windows_are_points() -> None:
    said = run(score(begin_after="20s", interval="30s"), windows({"x": ALIKE}, count=9))
    waits = (NONE, "first judged at 00:00:50")
    assert [(one.verdict, one.because) for one in said] == [waits] * 4 + [
        (PASS, f"score 100 ≥ 95, {points} points") for points in (3, 3, 3, 6, 6)
    ]


def test_the_end_of_the_bake_is_judged_in_any_case_and_only_once_out_of_turn() -> None:
    keys = TWO | {"groups": {"a": 20, "b": 80}, "interval": "60s"}
    said = run(score(**keys), windows({"x": WORSE, "y": ALIKE}, count=17, bake_ends=100))
    assert [one.verdict for one in said] == [NONE] * 5 + [OPEN] * 4 + [FAIL] * 8
    assert said[8].because == "score 80 < 95, x high (×2.95), 6 points"
    points = [one.because.rsplit(", ", 1)[1] for one in said[9:]]
    assert points == ["10 points"] * 6 + ["16 points"] * 2, "and then an interval later"
    assert said[9].because.startswith("score 80 < 95, x high")


def test_a_lookback_takes_the_points_that_ended_within_it() -> None:
    said = run(score(over="30s", interval="30s"), windows({"x": ALIKE}, count=6))
    assert [one.because.rsplit(", ", 1)[1] for one in said[2:]] == ["3 points"] * 4
    assert said[-1].n == 3


NAN = math.nan
GONE = [(1 + 0.01 * place, NAN) for place in range(40)]
IDLE = [(NAN, NAN)] * 40

LACKS: list[tuple[str, dict[str, Any], dict[str, list[tuple[float, float]]], Verdict, str]] = [
    ("starved", {}, {"x": GONE}, NONE, "no points, starved: the incumbent has 6"),
    ("idle", {}, {"x": IDLE}, NONE, "no points, the service is idle"),
    ("starved, by Kayenta's rules", {"missing": "score"}, {"x": GONE}, FAIL, "score 0 ≤ 75, x no data, 0 points"),
    ("half of the metrics", {"metrics": [{"metric": "x"}, {"metric": "y"}]}, {"x": ALIKE, "y": GONE}, NONE,
     "half of the metrics or more have no data, y no data"),
    ("half of the metrics, by Kayenta's rules", {"metrics": [{"metric": "x"}, {"metric": "y"}], "missing": "score"},
     {"x": ALIKE, "y": GONE}, FAIL, "score 0 ≤ 75, y no data, 6 points"),
    ("a third of the metrics", {"metrics": [{"metric": "x"}, {"metric": "y"}, {"metric": "z"}]},
     {"x": ALIKE, "y": GONE, "z": ALIKE}, PASS, "score 100 ≥ 95, y no data, 6 points"),
    ("a critical metric", {"metrics": [{"metric": "x"}, {"metric": "y", "critical": True}, {"metric": "z"}]},
     {"x": ALIKE, "y": GONE, "z": ALIKE}, NONE, "a critical metric has no data, y critically no data"),
    ("one that must have data", {"metrics": [
        {"metric": "x"}, {"metric": "y", "must_have_data": True}, {"metric": "z"}]},
     {"x": ALIKE, "y": GONE, "z": ALIKE}, FAIL, "score 66.67 ≤ 75, y no data, which it must have, 6 points"),
    ("a group", {"metrics": [
        {"metric": "x", "group": "a"}, {"metric": "z", "group": "a"}, {"metric": "y", "group": "b"}]},
     {"x": ALIKE, "y": GONE, "z": ALIKE}, NONE, "group b has no data, y no data"),
    ("a group, where the others fail anyway", {"metrics": [
        {"metric": "x", "group": "a"}, {"metric": "z", "group": "a"}, {"metric": "y", "group": "b"}]},
     {"x": WORSE, "y": GONE, "z": WORSE}, FAIL,
     "score 50 ≤ 75, x high (×2.95), z high (×2.95), y no data, 6 points"),  # a group without data counts 100
]


@pytest.mark.parametrize(("says", "keys", "columns", "verdict", "because"), LACKS, ids=[row[0] for row in LACKS])
def test_what_has_no_data_is_told_and_never_passes_unseen(
    says: str, keys: dict[str, Any], columns: dict[str, list[tuple[float, float]]], verdict: Verdict, because: str
) -> None:
    said = run(score(**keys), windows(columns, count=6))[-1]
    assert (said.verdict, said.because) == (verdict, because)
    starved = keys.get("missing") != "score" and "no points" in because
    assert said.n == (0 if starved or "0 points" in because else 6)


def test_points_are_those_of_the_candidate() -> None:
    column = [*ALIKE[:4], (1.04, NAN), (1.0, NAN)]
    said = run(score(), windows({"x": column}, count=6))[-1]
    assert numbers(said) == (PASS, "score 100 ≥ 95, 4 points", 100.0, 95.0, 4)
    keys = {"metrics": [{"metric": "x"}, {"metric": "y"}]}
    said = run(score(**keys), windows({"x": column, "y": GONE}, count=6))[-1]
    assert numbers(said) == (NONE, "half of the metrics or more have no data, y no data", None, None, 4)


def test_windows_with_fewer_than_its_minimum_are_no_points() -> None:
    for n, verdict in ((9, NONE), (10, PASS)):
        pairs = [(reading(a, n=n), reading(b, n=n)) for a, b in ALIKE[:6]]
        seen = [
            evidence({"x": pair}, at=10 * (place + 1), looks=(Look(
                start=10 * place * SECOND, end=10 * (place + 1) * SECOND, step=0, share=(0.9, 0.1), readings={"x": pair}
            ),)) for place, pair in enumerate(pairs)
        ]
        assert run(score(minimum=10), seen)[-1].verdict is verdict


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"marginal_at": 96}, "marginal_at is above pass_at; nothing could be marginal"),
    ({"groups": {"b": 50}}, 'groups names "b", and no metric is in it; there is all'),
    ({"groups": {"all": -1}}, 'the weight of group "all" is negative; write 0 to 100'),
    ({"groups": {"all": 99}}, "the weights of groups add up to 99, not 100"),
    (TWO | {"groups": {"a": 101}}, "the weights of groups add up to 101, not 100"),
    ({"metrics": [{"metric": "x"}, {"metric": "x"}]}, "a metric stands here twice; remove one"),
]


@pytest.mark.parametrize(("keys", "says"), WRONG)
def test_scores_that_cannot_be_meant_are_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*") as caught:
        score(**keys)
    assert says in str(caught.value)


@pytest.mark.parametrize("keys", [
    {"marginal_at": 95}, {"groups": {"all": 100}}, TWO | {"groups": {"a": 100}}, TWO | {"groups": {"a": 0}},
])
def test_scores_at_those_bounds_are_fine(keys: dict[str, Any]) -> None:
    assert score(**keys).reads == (("x", "y") if "metrics" in keys else ("x",))


def test_a_measure_has_a_unit_in_what_is_told() -> None:
    pair = reading(0.1), reading(0.3)
    at = Evidence(
        at=60 * SECOND, arm=1, step=0, share=0.1, step_started=0, bake_ends=10**12, merged={"latency.p95": pair},
        measures={"latency.p95": Measure(name="latency.p95", unit="seconds", lower_is_better=True)},
    )
    (said,) = run(threshold(metric="latency.p95", max="250ms"), [at])
    assert said.because == "300ms > 250ms"
