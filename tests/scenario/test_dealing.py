"""Families of drills: what a seed deals, and what is wrong with a family before anything of it is dealt."""

from pathlib import Path

import pytest
import tomli

from sandbox.scenario.dealing import corners, dealt, drawn_case
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_text
from sandbox.scenario.toml import toml

FAMILIES = sorted((Path(__file__).resolve().parents[2] / "scenarios" / "drills").glob("*.toml"))
TEXT = """
format = 1
[scenario]
title = "Something goes out"
duration = "30m"
[[segments]]
name = "eu"
share = "50%"
[[segments]]
name = "us"
share = "50%"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
auc = 0.8
[drill]
briefing = "It goes out today."
[[drill.cases]]
name = "nothing"
[[drill.cases]]
name = "errors"
weight = 3
faults = [
    { kind = "errors", at = { between = ["5m", "20m"] }, rate = { between = ["2%", "9%"] }, segments = WHERE },
]
set.models.candidate.auc = 0.7
""".replace("WHERE", "{ one_of = [[\"eu\"], [\"us\"]] }")


def raw(text: str = TEXT) -> dict:
    return tomli.loads(text)


def test_the_same_seed_deals_the_same_drill_and_others_deal_others() -> None:
    assert dealt(raw(), 1, seed=4) == dealt(raw(), 1, seed=4)
    drawn = {str(dealt(raw(), 1, seed=seed)["faults"]) for seed in range(20)}
    assert len(drawn) == 20


def test_what_is_drawn_lies_between_its_ends_and_every_option_comes() -> None:
    plans = [read_text(toml(dealt(raw(), 1, seed=seed)), name="dealt") for seed in range(40)]
    faults = [plan.faults[0] for plan in plans]
    assert all(300 * 10**9 <= one.at <= 1200 * 10**9 and 0.02 <= one.rate <= 0.09 for one in faults)
    assert {tuple(one.segments) for one in faults} == {("eu",), ("us",)}


def test_cases_come_as_often_as_their_weights_say() -> None:
    drawn = [drawn_case(raw()["drill"]["cases"], seed=seed) for seed in range(400)]
    assert 260 <= sum(drawn) <= 340, "3 of 4, by four standard errors of 400 draws"


def test_a_case_changes_what_it_says_and_leaves_the_rest() -> None:
    plain, worse = dealt(raw(), 0, seed=9), dealt(raw(), 1, seed=9)
    assert plain["models"]["candidate"] == {"kind": "synthetic", "auc": 0.8}
    assert worse["models"]["candidate"] == {"kind": "synthetic", "auc": 0.7}
    assert "drill" not in worse
    assert plain["scenario"]["seed"] == worse["scenario"]["seed"] == 9


@pytest.mark.parametrize(("old", "new", "where", "said"), [
    ('["2%", "9%"]', '["2%", "9m"]', "kind = \"errors\"", "two numbers of one unit"),
    ('["5m", "20m"]', '["20m", "5m"]', "kind = \"errors\"", "the smaller first"),
    ('["2%", "9%"]', '["2%", "900%"]', "name = \"errors\"", "faults[0].rate"),
    ('[["eu"], ["us"]]', '[["eu"], ["mars"]]', "name = \"errors\"", 'no segment "mars"'),
    ("candidate.auc = 0.7", "candidate.auk = 0.7", "name = \"errors\"", "auk"),
])
def test_what_a_family_could_deal_wrong_is_said_before_anything_is_dealt(
    old: str, new: str, where: str, said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(TEXT.replace(old, new), name="family.toml")
    (problem,) = caught.value.problems
    assert said in problem.message
    assert where in TEXT.splitlines()[problem.line - 1 : problem.line + 1][-1 if "name" in where else 0], problem


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_every_bundled_family_has_controls_and_gives_nothing_away(path: Path) -> None:
    family = raw(path.read_text())
    cases = family["drill"]["cases"]
    quiet = [case for case in cases if all(one["kind"] in ("none", "blip") for one in case.get("faults", []))]
    assert [case for case in quiet if not case.get("drift") and not case.get("diagnosis")], "a control"
    open_text = " ".join((family["scenario"]["title"], family["drill"]["briefing"], family["drill"]["teaches"])).lower()
    told = {one["kind"] for case in cases for one in case.get("faults", []) if one["kind"] not in ("none", "capacity")}
    assert not [kind for kind in told if kind.replace("-", " ") in open_text]
    assert sum(1 for _ in corners(family)) >= 2 * len(cases)
