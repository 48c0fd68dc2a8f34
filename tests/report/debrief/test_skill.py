"""The formula of skill, and that needless rollbacks are never rewarded, on flights whose harm is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.flight import Flight
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.points import Sitting, points
from sandbox.report.debrief.skill import FLOOR, skill
from tests.report.debrief.made import ERRORS, command
from tests.report.made import MINUTE, flight, truth

NOTHING = Cause(kind="none")


def harmed(count: int, *, rolled_back: bool = False) -> Flight:
    entries = (command(5 * MINUTE, "roll back"),) if rolled_back else ()
    gained, lost = ({3: count}, {}) if count >= 0 else ({}, {3: -count})
    what = truth(harmed=gained, helped=lost)
    return flight(*entries, what_was=what, outcome="rolled_back" if rolled_back else "held")


@given(oracle=st.integers(-500, 500), saved=st.integers(21, 900))
def test_the_oracle_scores_one_and_nobody_scores_nothing(oracle: int, saved: int) -> None:
    nothing = oracle + saved
    assert skill(harmed(oracle), nothing=nothing, oracle=oracle, cause=ERRORS).value == 1.0
    assert skill(harmed(nothing), nothing=nothing, oracle=oracle, cause=ERRORS).value == 0.0


@given(mine=st.integers(-900, 900), nothing=st.integers(-900, 900), oracle=st.integers(-900, 900))
def test_less_harm_is_never_less_skill_and_the_floor_holds(mine: int, nothing: int, oracle: int) -> None:
    got = skill(harmed(mine), nothing=nothing, oracle=oracle, cause=ERRORS)
    better = skill(harmed(mine - 50), nothing=nothing, oracle=oracle, cause=ERRORS)
    assert FLOOR <= got.value <= 1.0
    assert better.value >= got.value


@given(mine=st.integers(-900, 0), nothing=st.integers(-900, 0))
def test_rolling_back_a_good_candidate_is_never_rewarded(mine: int, nothing: int) -> None:
    got = skill(harmed(mine, rolled_back=True), nothing=nothing, oracle=nothing, cause=NOTHING)
    assert got.value == FLOOR
    assert not got.needed


def test_needless_steps_cost_the_part_of_the_benefit_they_took() -> None:
    got = skill(harmed(-300), nothing=-400, oracle=-400, cause=NOTHING)
    assert got.value == pytest.approx(0.75)
    assert got.cost == 100


def test_who_rolls_back_what_asks_for_it_but_hurt_nobody_pays_only_what_it_cost() -> None:
    assert skill(harmed(0, rolled_back=True), nothing=10, oracle=0, cause=ERRORS).value == 1.0
    outage = Cause(kind="outage", taxonomy="platform", model="all", rollback="does not help")
    assert skill(harmed(0, rolled_back=True), nothing=10, oracle=0, cause=outage).value == FLOOR


def test_where_the_oracle_saves_next_to_nothing_the_decision_is_scored() -> None:
    assert not skill(harmed(0), nothing=20, oracle=0, cause=ERRORS).needed
    assert skill(harmed(0), nothing=21, oracle=0, cause=ERRORS).needed


def test_a_rollback_of_one_segment_does_not_take_the_candidate_away() -> None:
    part = flight(command(5 * MINUTE, "roll back", segment="eu"), outcome="held")
    assert skill(part, nothing=0, oracle=0, cause=NOTHING).value == 1.0


@given(
    skilled=st.floats(-1, 1), said=st.floats(0, 1), done=st.floats(0, 1), hints=st.integers(0, 5),
    pauses=st.integers(0, 5), forbidden=st.integers(0, 3),
)
def test_pauses_hints_and_forbidden_commands_never_raise_a_score(
    skilled: float, said: float, done: float, hints: int, pauses: int, forbidden: int
) -> None:
    def total(hints: int, pauses: int, forbidden: int) -> float:
        sat = Sitting(hints=("look",) * hints, pauses=((0, 3.0),) * pauses)
        return points(skill=skilled, diagnosis=said, process=done, forbidden=forbidden, sitting=sat).total

    base = total(hints, pauses, forbidden)
    assert total(hints + 1, pauses, forbidden) <= base
    assert total(hints, pauses + 1, forbidden) <= base
    assert total(hints, pauses, forbidden + 1) <= base
    assert total(0, 0, 0) <= 100.0
