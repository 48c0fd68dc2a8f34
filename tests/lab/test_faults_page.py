"""The page of faults: it has every kind, no two that leave the same without a word on how they differ, and is fresh."""

from itertools import combinations
from pathlib import Path

import pytest

from sandbox.lab.fault_drill import NAMES, kind_of
from sandbox.lab.faults_page import page
from sandbox.world.faults.kinds import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text().splitlines()
    if line.startswith("| `")
]
LEAVES = {kind.strip("`"): frozenset(leaves.split(", ")) for kind, _, _, leaves, _ in ROWS}


def test_the_page_has_every_kind_once_and_says_of_it_what_its_spec_says() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(f"`{name}`" for name in NAMES)
    rows = {row[0].strip("`"): row for row in ROWS}
    for spec in KINDS:
        _, rollback, _, _, apart = rows[kind_of(spec)]
        assert (rollback, apart) == (spec.rollback, spec.apart)


def test_no_two_faults_leave_the_same_unless_one_says_how_they_are_told_apart() -> None:
    said = {kind_of(spec): spec.apart for spec in KINDS}
    alike = [pair for pair in combinations(NAMES, 2) if LEAVES[pair[0]] == LEAVES[pair[1]]]
    assert alike, "a test that meets no such pair proves nothing"
    for one, other in alike:
        assert f"`{other}`" in said[one] or f"`{one}`" in said[other], (one, other)


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.__name__)
def test_an_alert_on_what_a_fault_names_as_its_signal_would_see_it(spec: type) -> None:
    for metric in spec.signals:  # type: ignore[attr-defined]
        assert any(f" {metric} " in f" {moved} " for moved in LEAVES[kind_of(spec)]), metric


def test_nothing_but_no_fault_leaves_nothing() -> None:
    assert [name for name in NAMES if LEAVES[name] == {"nothing"}] == ["none"]


@pytest.mark.proof
def test_the_page_is_what_flights_say_today() -> None:
    assert page() == PAGE.read_text(), "make docs"
