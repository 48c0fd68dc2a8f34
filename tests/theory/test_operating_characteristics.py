"""The always-valid gates keep their level under peeking, a ramp, common drift and sticky users who are very unequal.

An alarm rate may lie above its level by what a binomial with the stated number of flights exceeds in one of 1,000.
"""

from dataclasses import replace

import pytest
from scipy.stats import binom

from tests.theory.operating import CLUMPED, FEW, PAGE, RAMPS, SKEWED, VALID, Row, measured, page

LEVELS = {name: 0.001 if name.startswith("srm") else 0.05 for name in VALID}


def check(title: str, rows: dict[str, Row]) -> None:
    for name in VALID:
        row = rows[name]
        if name != "brier better":
            assert row.alarms <= binom.ppf(0.999, row.flights, LEVELS[name]), (title, name, row)
        else:
            # A pass is of one of four steps.
            assert row.passes <= binom.ppf(0.999, row.flights, 4 * 0.05), (title, name, row)


@pytest.mark.parametrize("title", [title for title, ramp in RAMPS.items() if ramp in (SKEWED, CLUMPED)])
def test_identical_models_seldom_alarm(title: str) -> None:
    check(title, measured(replace(RAMPS[title], looks=6), seeds=30, names=VALID))


def test_users_tell_what_requests_cannot() -> None:
    names = ("errors no worse than +0%", "errors no worse than +0%, by request")
    rows = measured(replace(FEW, looks=12), seeds=20, names=names)
    by_user, by_request = rows.values()
    assert by_user.alarms <= binom.ppf(0.999, 20, 0.05)
    assert by_request.alarms > binom.ppf(0.999, 20, 0.05), "counting requests must be seen to fail here"


def test_a_candidate_twice_as_bad_is_found_in_every_flight() -> None:
    names = ("errors no worse than +10%", "brier no worse than +3%")
    for name, row in measured(replace(RAMPS["×2"], looks=12), seeds=10, names=names).items():
        assert row.alarms == row.flights, name
        assert row.passes == 0, name


@pytest.mark.proof
def test_a_thousand_flights_keep_the_level_and_make_the_page() -> None:
    rows = {title: measured(ramp, seeds=1_000, workers=2) for title, ramp in RAMPS.items()}
    for title in RAMPS:
        if title.startswith("identical") and "split" not in title:
            check(title, rows[title])
    PAGE.write_text(page(rows))
