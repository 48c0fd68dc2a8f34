"""Baselines: which plan of a file is meant, and that nothing that is no comparison comes through or breaks anything."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from sandbox.lab.baseline import MOST, baseline_of
from sandbox.lab.compare import Compared, Contest
from sandbox.lab.comparison import comparison
from sandbox.lab.result import Result
from sandbox.report.render.page import as_json, as_text
from sandbox.scenario.read import read_plan

DROPPED = "dropped"


def rows(name: str, seeds: range = range(3)) -> list[dict]:
    return [
        Result(setting="", candidate=name, seed=seed, outcome="promoted", digest=name, closed_at=9, budget_spent=0.5)
        .as_row() for seed in seeds
    ]


def document(*names: str) -> dict:
    return {
        "kind": "compare", "plans": list(names), "days": {name: {"models": name} for name in names},
        "rows": [row for name in names for row in rows(name)],
    }


def test_of_two_plans_the_one_of_the_name_is_taken_with_its_own_day():
    for names in (("mine", "v2"), ("v2", "mine")):
        found = baseline_of(document(*names), ["mine"])
        assert (found.plan, found.day) == ("mine", {"models": "mine"})
        assert {one.candidate for one in found.flights} == {"mine"}
        assert len(found.flights) == 3


def test_the_first_name_that_is_there_is_taken():
    assert baseline_of(document("mine", "v2"), ["ramp.bake = 5m", "v2"]).plan == "v2"


def test_where_no_name_is_there_those_that_are_are_told():
    with pytest.raises(ValueError, match='has no plan "ours" to hold this against; it has "mine", "v2"'):
        baseline_of(document("mine", "v2"), ["ours"])


def test_a_plan_none_of_whose_flights_could_be_flown_is_no_baseline():
    told = document("mine")
    told["rows"] = [row | {"failure": "no memory"} for row in told["rows"]]
    with pytest.raises(ValueError, match='none of the flights of "mine" could be flown'):
        baseline_of(told, ["mine"])


@pytest.mark.parametrize("told", [
    [], None, 3, "x", True, {}, {"kind": "certify", "rows": [1]}, {"kind": "compare", "rows": []},
    {"kind": "compare", "rows": None}, {"kind": ["compare"], "rows": [1]},
])
def test_what_is_no_comparison_is_no_baseline(told):
    with pytest.raises(ValueError, match="is no comparison"):
        baseline_of(told, ["mine"])


@pytest.mark.parametrize(("row", "said"), [
    (None, "rows.0: "), ({"setting": "", "candidate": "a"}, "rows.0.seed: field required"),
    ({"setting": "", "candidate": "a", "seed": 1, "net": "banana"}, "rows.0.net: input should be a valid integer"),
])
def test_a_damaged_baseline_is_told_where(row, said):
    with pytest.raises(ValueError, match=said):
        baseline_of({"kind": "compare", "rows": [row]}, ["a"])


@pytest.mark.parametrize("days", [None, [], "x", {"mine": None}, {"mine": {"models": 3}}])
def test_damaged_days_are_told(days):
    with pytest.raises(ValueError, match="is damaged at days"):
        baseline_of(document("mine") | {"days": days}, ["mine"])


def test_seeds_further_apart_than_anybody_flies_are_damage_and_not_a_study_of_years():
    told = document("mine")
    told["rows"][1]["seed"] = MOST
    with pytest.raises(ValueError, match=f"its seeds go from 0 to {MOST}"):
        baseline_of(told, ["mine"])


def places(value, path=()):
    """Every place in a document."""
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from places(one, (*path, key))


def spoilt(whole: dict, path, by) -> dict:
    whole = deepcopy(whole)
    *above, last = path
    inner = whole
    for key in above:
        inner = inner[key]
    if by is DROPPED:
        del inner[last]
    else:
        inner[last] = by
    return json.loads(json.dumps(whole))


@pytest.mark.parametrize(
    "by", [DROPPED, None, [], ["x"], {}, "", "x", 3, -1, 1e300, 10**30, True, float("nan"), float("inf")], ids=repr
)
def test_whatever_is_spoilt_is_told_in_one_line_or_makes_no_difference_to_that_there_is_a_page(by, scenario):
    whole, plan, told = document("mine", "v2"), read_plan(scenario()), []
    for path in places(whole):
        try:
            found = baseline_of(spoilt(whole, path, by), ["mine"])
        except ValueError as error:
            told.append(str(error))
            continue
        held = tuple(replace(one, candidate="baseline") for one in found.flights)
        contest = Contest(
            plans=(("mine", plan),), first=0, seeds=3, baseline=("baseline", held), day_before=found.day, held="mine",
        )
        flown = Compared(contest, {one.key: one for one in found.flights})
        page = comparison(flown)
        assert "The baseline is mine." in as_text(page), path
        json.loads(as_json(page))
    assert not [one for one in told if "\n" in one or not one.startswith(("is ", "has no plan", "none of"))]
