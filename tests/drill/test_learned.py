"""What sittings tell of who sat them, reckoned by hand."""

from dataclasses import asdict, replace

import pytest

from sandbox.drill.learned import habits, parts, scored, trend
from sandbox.record.sealing import Sealed
from sandbox.record.sittings import Filed
from sandbox.report.debrief.points import Points

SEALED = Filed(
    id="d-1", family="new-release", text="", operator="p-00000001", mode="stepped", speed=60.0, chosen=False,
    begun="2026-05-01T09:00:00+00:00", sealed=Sealed(token="", salt="", commitment=""),
)


def sat(decision: float, *, diagnosis: float = 20.0, process: float = 20.0, needed: bool = True, **more) -> Filed:
    points = asdict(Points(decision=decision, diagnosis=diagnosis, process=process, **more))
    return replace(SEALED, debriefed={"points": points, "needed": needed, "class": "platform", "cause": "errors"})


def test_the_dearest_habit_comes_first_with_what_it_cost_and_how_often() -> None:
    mine = [sat(-60.0, needed=False), sat(0.0, needed=False), sat(60.0, diagnosis=0.0), sat(54.0, hints=5.0)]
    assert [(one.says, one.lost, one.times, one.of) for one in habits(mine)] == [
        ("acting where nothing needed it", 180.0, 2, 2),
        ("the cause not named, or another", 20.0, 1, 4),
        ("users who could have been spared, and were not", 6.0, 1, 2),
        ("hints", 5.0, 1, 4),
    ]
    assert parts(mine) == {"decision": 13.5, "diagnosis": 15.0, "process": 20.0}


def test_all_points_that_are_missing_are_some_habits() -> None:
    mine = [sat(12.5, diagnosis=6.0, process=3.5, pauses=10.0), sat(-60.0, needed=False, forbidden=20.0)]
    missing = sum(100.0 - one.debriefed["points"]["total"] for one in mine)
    assert sum(one.lost for one in habits(mine)) == pytest.approx(missing)


@pytest.mark.parametrize(("decisions", "moved"), [
    ([], None), ([60.0], None), ([0.0, 60.0], (40.0, 100.0, 1)), ([0.0, 20.0, 60.0, 60.0, 40.0], (50.0, 90.0, 2)),
])
def test_a_trend_is_the_first_half_beside_the_last(decisions, moved) -> None:
    assert trend([sat(one) for one in decisions]) == moved


def test_practice_and_what_awaits_its_debrief_count_for_nothing() -> None:
    mine = [sat(1.0), replace(sat(2.0), mode="practice"), SEALED]
    assert scored(mine) == mine[:1]
