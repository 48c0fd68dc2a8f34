"""Burn-rate alerts against the table of detection and reset times, computed without this engine."""

import pytest

from sandbox.decide.alerts.expression import Both, Compare
from sandbox.decide.alerts.rule import Rule
from sandbox.decide.alerts.scene import Name, Scene
from sandbox.decide.alerts.series import Series
from sandbox.decide.alerts.slo import Slo, spent
from tests.tables.alerting import MINUTE, UNITS

BEFORE = 3 * 1440 + 10
"""Minutes of clean history."""
PER_MINUTE = 10_000


def slo(**keys: object) -> Slo:
    return Slo.model_validate({"name": "s", "metric": "errors.rate", "objective": "99.9%", **keys})


def test_the_rows_are_those_of_the_workbook() -> None:
    # The Site Reliability Workbook, chapter 5, table "Recommended parameters", and its 1d/2h row in code.
    rules = slo().rules(lower_is_better=True)
    assert [(rule.severity, str(rule.expr)) for rule in rules] == [
        ("page", "errors.rate{arm=candidate}[1h] > 1.44% and errors.rate{arm=candidate}[5m] > 1.44%"),
        ("page", "errors.rate{arm=candidate}[6h] > 0.6% and errors.rate{arm=candidate}[30m] > 0.6%"),
        ("ticket", "errors.rate{arm=candidate}[1d] > 0.3% and errors.rate{arm=candidate}[2h] > 0.3%"),
        ("ticket", "errors.rate{arm=candidate}[3d] > 0.1% and errors.rate{arm=candidate}[6h] > 0.1%"),
    ]


def test_of_good_events_too_few_fire_and_few_events_do_not() -> None:
    rule = slo(metric="quality.accuracy", minimum_events=100, model="all").rules(lower_is_better=False)[0]
    assert str(rule.expr) == (
        "quality.accuracy[1h] < 98.56% and quality.accuracy[5m] < 98.56% and events(quality.accuracy[1h]) > 100"
    )


def test_rows_that_could_never_fire_are_left_out() -> None:
    assert [rule.name for rule in slo(objective="80%").rules(lower_is_better=True)] == [
        "s burns 3x over 1d", "s burns 1x over 3d"
    ]


def history(burn: float, minutes: int) -> dict[Name, Series]:
    hits, events, bad = Series(), Series(), 0.0
    for minute in range(BEFORE + minutes + 3 * 1440 + 10):
        if 0 < minute - BEFORE <= minutes:
            bad += burn * PER_MINUTE / 1_000
        hits.add(minute * MINUTE, bad)
        events.add(minute * MINUTE, float(minute * PER_MINUTE))
    return {
        Name("errors.rate", "hits", "candidate"): hits, Name("errors.rate", "events", "candidate"): events,
        Name("errors.rate", "value", "candidate"): Series(),
    }


def times(rule: Rule, series: dict[Name, Series], minutes: int) -> tuple[int, int, int] | None:
    """(minutes to detection, to reset after the end, to reset of the long window alone)."""

    def holds(condition: Both | Compare, minute: int) -> bool:
        at = (BEFORE + minute) * MINUTE
        return bool(condition.result(Scene(
            at=at, tick=MINUTE, series=series, arms=("incumbent", "candidate"), units=UNITS, compat="prom2"
        )))

    def first(wanted: bool, condition: Both | Compare, low: int, high: int) -> int:
        """What burns adds up and what is over runs out, so one may bisect."""
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(condition, middle) is wanted else (middle + 1, high)
        return low

    both = rule.expr.condition
    assert isinstance(both, Both)
    assert isinstance(both.left, Compare)
    if not holds(both, minutes):
        return None
    longest = minutes + 3 * 1440 + 5
    return (
        first(True, both, 0, minutes), first(False, both, minutes, longest) - minutes,
        first(False, both.left, minutes, longest) - minutes,
    )


# A comparison is strict, so where minutes x burn comes to exactly the threshold (24 x 36 = 14.4 x 60, 60 x 36 = 6 x
# 360, 108 x 20 = 6 x 360, ...) it takes one minute more, and one less to reset.
TABLE = [
    # burn, minutes, then for 1h/5m, 6h/30m, 1d/2h and 3d/6h the minutes to detection, to reset, of the long alone.
    (1000, 10, (1, 5, 60), (3, 30, 358), (5, 120, 1436), (5, 360, 4316)),
    (1000, 60, (1, 5, 60), (3, 30, 358), (5, 120, 1436), (5, 360, 4316)),
    (100, 60, (9, 5, 52), (22, 29, 339), (44, 117, 1397), (44, 357, 4277)),
    (36, 60, (25, 4, 36), None, None, None),
    (20, 120, (44, 2, 17), (109, 21, 252), None, None),
    (14, 240, None, (155, 18, 206), None, None),
    (10, 360, None, (217, 12, 144), None, None),
    (7, 720, None, (309, 5, 52), (618, 69, 823), (618, 309, 3703)),
    (4, 1440, None, None, (1081, 30, 360), (1081, 270, 3240)),
    (2, 2880, None, None, None, (2161, 180, 2160)),
    (1.2, 5000, None, None, None, (3601, 60, 720)),
]


@pytest.mark.parametrize(("burn", "minutes", "rows"), [(burn, minutes, rows) for burn, minutes, *rows in TABLE])
def test_detection_and_reset_take_as_long_as_the_table_says(burn: float, minutes: int, rows: list) -> None:
    series = history(burn, minutes)
    for rule, expected in zip(slo().rules(lower_is_better=True), rows, strict=True):
        assert times(rule, series, minutes) == expected, rule.name



def test_at_another_speed_the_windows_shrink_and_the_burn_rates_stay() -> None:
    rule = slo(speed=60).rules(lower_is_better=True)[0]
    assert str(rule.expr).startswith("errors.rate{arm=candidate}[1m] > 1.44% and errors.rate{arm=candidate}[5s]")


def test_a_budget_that_burns_at_pace_is_spent_when_its_window_ends() -> None:
    # 36 times the pace spends 30 days in 20 hours (the workbook's example: 35x in 20.5h).
    assert spent(1.0, 1_000.0, budget=0.001, elapsed=30, window=30) == (1.0, 1.0)
    burn, part = spent(35.0, 1_000.0, budget=0.001, elapsed=round(20.5 * 60), window=30 * 1440)
    assert (burn, part) == (pytest.approx(35.0), pytest.approx(1.0, abs=0.005))
    assert spent(0.0, 0.0, budget=0.001, elapsed=1, window=30) == (0.0, 0.0)
