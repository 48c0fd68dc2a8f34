"""In real flights of equal arms the gates that are always valid keep their level, whoever asks and whatever drifts.

An alarm rate may lie above its level by what a binomial with the stated number of flights exceeds in one of 1,000.
"""

import pytest
from scipy.stats import binom

from tests.theory.in_flight import ALWAYS_VALID, PAGE, WORLDS, Row, measured, page, section, sections

EQUAL = [title for title, world in WORLDS.items() if world.equal]


def check(title: str, rows: dict[str, Row]) -> None:
    for name in ALWAYS_VALID:
        if name == "shift, PSI" and "drifts" in title:
            assert rows[name].alarms == rows[name].flights, "there the shift is real"
            continue
        if "bandit" in title and not name.startswith(("no-worse", "srm")):
            continue  # it pools what was seen at different shares, and a plan with it is refused
        row = rows[name]
        level = (16 if "bandit" in title else 4) * 0.001 if name == "srm" else 0.05
        assert row.alarms <= binom.ppf(0.999, row.flights, level), (title, name, row)


@pytest.mark.parametrize("title", EQUAL)
def test_equal_arms_seldom_raise_an_alarm(title: str) -> None:
    check(title, measured(title, seeds=6))


def test_counting_requests_of_few_heavy_users_alarms_about_an_honest_split() -> None:
    rows = measured("equal, few heavy users", seeds=6)
    assert rows["srm, by request"].alarms == 6
    assert rows["srm"].alarms == 0


def test_the_page_tells_of_every_world_and_a_section_may_be_made_anew() -> None:
    kept = sections(PAGE.read_text())
    assert list(kept) == list(WORLDS)
    assert page(kept) == PAGE.read_text()


@pytest.mark.proof
def test_a_thousand_flights_keep_the_level_and_make_the_page() -> None:
    rows = {title: measured(title, seeds=1_000, workers=2) for title in WORLDS}
    for title in EQUAL:
        check(title, rows[title])
    PAGE.write_text(page({title: section(title, rows[title]) for title in WORLDS}))
