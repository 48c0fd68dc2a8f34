"""A scenario is found by what it is about, also where its line does not say so."""

from sandbox.cli.scenarios import find
from tui.screens.library import _item
from tui.shelf import glance, offer
from tui.widgets.listing import _holds


def test_a_filter_finds_a_scenario_by_the_metrics_of_its_gates_and_by_its_lesson():
    fair, other = _item(offer(find("unfair-candidate")), []), _item(offer(find("error-burst")), [])
    assert _holds(fair, "fairness")
    assert not _holds(other, "fairness")
    assert _holds(other, "users"), "its lesson speaks of them"


def test_a_glance_knows_the_difficulty_that_the_file_says():
    path = find("unfair-candidate")
    assert glance(path).difficulty == offer(path).difficulty == "medium"
