"""The page that documents the format is the one the specs write."""

from pathlib import Path

from sandbox.cli import scenario_page
from sandbox.scenario.reference import page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "scenario.md"


def test_the_page_on_the_format_is_up_to_date() -> None:
    assert PAGE.read_text() == page() + "\n", "run `make docs`"


def test_the_page_that_lists_the_scenarios_is_up_to_date() -> None:
    assert (DOCS / "scenarios.md").read_text() == scenario_page.page() + "\n", "run `make docs`"
