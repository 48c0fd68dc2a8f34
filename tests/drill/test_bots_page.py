"""The page of bots: made of the families that are bundled, and no habit comes near the top."""

import re
from pathlib import Path

import pytest

from sandbox.drill.bots import BOTS, points_of
from sandbox.drill.bots_page import bundled, made_of
from sandbox.drill.family import Family
from sandbox.report.debrief.exercise import ORACLE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "drills.md").read_text()


def test_the_page_was_measured_on_the_families_that_are_bundled() -> None:
    assert f"Measured on families {made_of(bundled())};" in PAGE, "run make drills"
    assert len(bundled()) >= 8
    assert all(f"`{one.name}`" in PAGE for one in bundled())


def test_no_bot_that_always_does_one_thing_comes_near_the_oracle() -> None:
    head, all_ = re.findall(r"^\| (family \| does.*|\*\*all\*\*.*) \|$", PAGE, flags=re.MULTILINE)
    names = head.split(" | ")[1:]
    means = dict(zip(names, (float(cell.strip("* ").split(" ±")[0]) for cell in all_.split(" | ")[1:]), strict=True))
    assert "3 seeds a case" in PAGE
    assert set(names) == {bot.name for bot in BOTS} | {ORACLE}
    assert means[ORACLE] >= 80
    for bot in BOTS:
        assert means[bot.name] <= 0.65 * means[ORACLE], bot.name


def test_in_every_case_some_bot_is_wrong_and_none_beats_the_oracle(family: Family) -> None:
    for case in ("nothing", "errors"):
        points = points_of(family.deal(seed=4, case=case), budget=6)
        assert max(points[bot.name] for bot in BOTS) <= points[ORACLE] + 1.0
        assert min(points[bot.name] for bot in BOTS) <= points[ORACLE] - 40.0


@pytest.mark.proof
def test_the_page_comes_out_as_it_is_written() -> None:
    from sandbox.drill.bots_page import page

    assert page(bundled()) == PAGE
