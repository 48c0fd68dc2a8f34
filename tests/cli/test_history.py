"""The registry of experiments: listed, filtered, searched, and one entry in full."""

import json

import pytest

from sandbox.lab.flights import Order, fly_all
from tests.cli.conftest import TINY

RANKER = TINY + """
[[gates]]
kind = "threshold"
metric = "failures.rate"
max = "5%"
[plan]
hypothesis = "It ranks better"
lineage = { model = "Ranker 7", data = "clicks of May" }
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    """A store with two runs of different plans, and their names."""
    folder = tmp_path_factory.mktemp("history")
    orders = []
    for name, text in (("ranker.toml", RANKER), ("stays.toml", TINY.replace('bake = "2m"', 'bake = "9m"'))):
        (folder / name).write_text(text)
        orders.append(Order(path=folder / name, source=name, store=folder / "store"))
    return folder / "store", [card.run for card in fly_all(orders)]


@pytest.fixture
def flown(harbour, home, monkeypatch):
    """The names of those runs, whose store is the user's."""
    monkeypatch.setenv("GREENROOM_STORE", str(harbour[0]))
    return harbour[1]


def listed(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines()[1:]]


@pytest.mark.parametrize(("wanted", "found"), [
    ([], [0, 1]),
    (["--search", "ranker 7"], [0]),
    (["--search", "BETTER ranks"], [0]),
    (["--search", "ranks worse"], []),
    (["--search", "f8"], [0, 1]),
    (["--outcome", "held"], [1]),
    (["--scenario", "ranker"], [0]),
    (["--scenario", "ranker.toml", "--outcome", "held"], []),
    (["--since", "2000-01-01"], [0, 1]),
    (["--since", "2999-01-01"], []),
])
def test_runs_are_found_by_what_was_believed_and_what_came_of_it(greenroom, flown, wanted, found):
    code, out, err = greenroom("history", *wanted)
    assert (code, listed(out)) == (0, [flown[number] for number in found])
    assert ("none of the 2 runs in" in err) == (not found)


def test_an_entry_says_hypothesis_data_features_results_and_links_what_was_written(greenroom, flown):
    greenroom("card", flown[0], "--output", "md", "--keep")
    code, out, _ = greenroom("history", flown[0])
    assert code == 0
    for said in (
        "hypothesis  It ranks better", "candidate   model Ranker 7", "steady traffic, trained on clicks of May",
        "features    f1, f2, ", "gates       failures.rate threshold", "users on the candidate were served worse",
        "digest      ", f"{flown[0]}/card.md",
    ):
        assert said in out
    assert "outcome     promoted: every gate passed" in out or "outcome     held" in out


def test_the_registry_is_there_for_programs_with_what_sql_says(greenroom, flown):
    said = json.loads(greenroom("history", "--output", "json")[1])
    rows = json.loads(greenroom("sql", "--output", "json", "SELECT run, outcome, harmed_users FROM runs ORDER BY 1")[1])
    assert [{key: one[key] for key in ("run", "outcome", "harmed_users")} for one in said] == rows
    assert said[0]["lineage"] == {"model": "Ranker 7", "data": "clicks of May"}
    assert json.loads(greenroom("history", "last", "--output", "json")[1])["hypothesis"] == ""


def test_a_run_that_is_not_there_and_a_day_that_is_none_are_matters_of_usage(greenroom, flown):
    assert greenroom("history", "nothing-like-it")[0] == 2
    code, _, err = greenroom("history", "--since", "soon")
    assert (code, 'soon is not a day; write it as "2026-12-31"' in err) == (2, True)
