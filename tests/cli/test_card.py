"""The card of a run says what stakeholders ask, with the numbers that the record has."""

import html
import json
import re
from pathlib import Path

import pytest

from sandbox.lab.flights import Order, fly_all
from tests.cli.conftest import TINY

STATED = TINY.replace('title = "Tiny"', 'title = "Tiny <b>& bold</b>"') + """
[[groups]]
name = "young"
share = "60%"
[[groups]]
name = "old"
share = "40%"
[[faults]]
kind = "errors"
model = "candidate"
rate = "20%"
at = "2m"
[[gates]]
kind = "threshold"
metric = "failures.rate"
max = "5%"
[plan]
hypothesis = "It ranks better"
goal = "more clicks"
risk = "high"
owner = "ranking team"
lineage = { model = "ranker 7", data = "clicks of May" }
success = [{ metric = "quality.auc", smallest_effect = "2%" }]
[plan.halt]
"too slow" = "latency.p95{arm=candidate} > 5s"
"somebody complains" = {}
[expect]
outcome = "rolled_back"
"""

SECTIONS = (
    "What changes, and why", "What came of it", "How it was tested", "What success looks like", "Risks, by group",
    "Rollback readiness", "Who agreed", "Where this comes from",
)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    """A store with one run, and its name."""
    folder = tmp_path_factory.mktemp("card")
    (folder / "tiny.toml").write_text(STATED)
    card = next(fly_all([Order(path=folder / "tiny.toml", source="tiny.toml", store=folder / "store")]))
    return folder / "store", card.run


@pytest.fixture
def run(harbour, home, monkeypatch):
    """The name of that run, whose store is the user's."""
    monkeypatch.setenv("GREENROOM_STORE", str(harbour[0]))
    return harbour[1]


def test_the_card_answers_what_was_changed_tested_and_found(greenroom, run):
    code, out, _ = greenroom("card", "last")
    assert code == 0
    for said in (
        *SECTIONS, "It ranks better.", "more clicks", "candidate's model  ranker 7", "errors", "failures.rate",
        "quality.auc improves by at least 2%.", "✓ outcome rolled_back: rolled_back",
        "a failure of any of 1 gate rolls everybody back at once", "rolls back by itself when too slow fires",
        "people watch for: somebody complains", "no runbook has a rollback recipe", "rolled back at 00:0",
        "The plan waits for nobody's approval.", f"repeat: greenroom card {run}",
    ):
        assert said in out


def test_its_risks_are_what_the_record_counts(greenroom, run):
    said = json.loads(greenroom("card", "last", "--output", "json")[1])
    counted = json.loads(greenroom(
        "sql", "--output", "json", 'SELECT "group", quantity, sum("value")::BIGINT AS n FROM truth WHERE arm = '
        "'candidate' AND quantity IN ('requests', 'harmed', 'helped') GROUP BY ALL"
    )[1])
    numbers = {(one["group"], one["quantity"]): one["n"] for one in counted}
    risks = {one["who"]: one for one in said["risks"]}
    assert set(risks) == {"everybody", "group young", "group old"}
    assert risks["everybody"]["answers"] > 0
    for group in ("young", "old"):
        mine = risks[f"group {group}"]
        found = (mine["answers"], mine["worse"], mine["better"])
        assert found == tuple(numbers.get((group, what), 0) for what in ("requests", "harmed", "helped"))
        assert sum(mine["by_kind"]) == mine["worse"]
    assert risks["everybody"]["worse"] == sum(risks[f"group {group}"]["worse"] for group in ("young", "old"))


@pytest.mark.parametrize(("name", "begins"), [
    ("c.md", "# Card: Tiny"), ("c.html", "<!doctype html>"), ("c.json", "{"), ("c.txt", "Card: Tiny"),
])
def test_it_is_written_in_the_form_that_the_files_name_asks_for(greenroom, run, name, begins):
    code, out, err = greenroom("card", "last", "-o", name)
    assert (code, out, err) == (0, "", f"wrote {name}\n")
    assert Path(name).read_text().startswith(begins)


def test_the_html_needs_nothing_beside_it_and_runs_nothing(greenroom, run):
    said = greenroom("card", "last", "--output", "html")[1]
    assert all(html.escape(title) in said for title in SECTIONS)
    assert "<b>& bold" not in said
    assert not re.search(r"<script|\bsrc=|\bhref=|@import|url\(", said)


def test_a_card_that_is_kept_stands_beside_the_run(greenroom, run):
    code, _, err = greenroom("card", "last", "--output", "md", "--keep")
    assert code == 0
    assert Path(err.removeprefix("kept as ").strip()).parts[-2:] == (run, "card.md")
    assert greenroom("audit", "last")[0] == 0


def test_a_candidate_that_answered_nobody_has_no_risks_to_tell(greenroom, tiny):
    greenroom("run", tiny("", text=STATED.replace('bake = "2m"', 'bake = "9m"')))
    out = greenroom("card", "last")[1]
    assert "before it answered anybody" in out
    assert "The candidate answered nobody." in out
    assert greenroom("card", "no-such-run")[0] == 2
