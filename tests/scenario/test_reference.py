"""The page that documents the format is the one the specs write."""

from pathlib import Path

from sandbox.scenario.reference import page
from sandbox.scenario.reserved import SKETCHES, TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenario.md"


def test_the_page_on_the_format_is_up_to_date() -> None:
    assert PAGE.read_text() == page() + "\n", "run `make docs`"


def test_every_planned_table_has_a_sketch() -> None:
    assert set(SKETCHES) == set(TABLES)
