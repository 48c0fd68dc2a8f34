"""When a step may begin, row by row, around both changes of the clocks in 2026.

European clocks change on the last Sundays of March and October at 01:00 UTC (Directive 2000/84/EC): 29 March and 25
October 2026; those of New York on the second Sunday of March and the first of November at 02:00 local (Energy Policy
Act 2005): 8 March and 1 November 2026.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from sandbox.base.action import Advance, Divert, Hold, Promote, Reallocate, RollBack
from sandbox.decide.ramp.almanac import Almanac, heed
from sandbox.decide.ramp.calendar import CalendarTable
from sandbox.decide.ramp.week import parse_span, parse_weekly

ZURICH = {"zone": "Europe/Zurich"}
NEW_YORK = {"zone": "America/New_York"}
SECOND = 10**9


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def almanac(began: str, *, quiet_hours: bool = True, speed: float = 1.0, **table: Any) -> Almanac:
    return Almanac(CalendarTable.model_validate(table), utc(began), quiet_hours, speed)


def opens(book: Almanac, *, at: int = 0) -> str | None:
    """When a step may begin, in UTC, of a flight whose clock began when the almanac says."""
    found = book.next_open(at)
    return None if found is None else datetime.fromtimestamp(book.seconds(found), UTC).strftime("%Y-%m-%d %H:%M:%S")


NIGHTS = {"quiet": ["02:00-05:00"]}
WORKING = {"quiet": ["Mon-Fri 02:00-05:00"]}

ROWS: list[tuple[str, dict[str, Any], str, str | None]] = [
    # In winter 02:00 in Zurich is 01:00 UTC, in summer 00:00 UTC.
    ("a quiet hour has come", ZURICH | NIGHTS, "2026-02-02 01:00", "2026-02-02 01:00:00"),
    ("it comes at night", ZURICH | NIGHTS, "2026-02-01 12:00", "2026-02-02 01:00:00"),
    ("its end is not in it", ZURICH | NIGHTS, "2026-02-02 04:00", "2026-02-03 01:00:00"),
    ("the second before its end is", ZURICH | NIGHTS, "2026-02-02 03:59:59", "2026-02-02 03:59:59"),
    ("weekends wait for Monday", ZURICH | WORKING, "2026-02-07 12:00", "2026-02-09 01:00:00"),
    ("the day before clocks go forward", ZURICH | NIGHTS, "2026-03-27 12:00", "2026-03-28 01:00:00"),
    ("02:00 is skipped: at 01:00 UTC it is 03:00, which is quiet", ZURICH | NIGHTS, "2026-03-28 12:00",
     "2026-03-29 01:00:00"),
    ("and not sooner, though winter's 02:00 would be then", ZURICH | NIGHTS, "2026-03-29 00:59:59",
     "2026-03-29 01:00:00"),
    ("quiet for two hours only: 05:00 is 03:00 UTC", ZURICH | NIGHTS, "2026-03-29 03:00", "2026-03-30 00:00:00"),
    ("what lies in the skipped hour is not there", ZURICH | {"quiet": ["02:10-02:50"]}, "2026-03-28 12:00",
     "2026-03-30 00:10:00"),
    ("in summer 02:00 is midnight", ZURICH | NIGHTS, "2026-07-01 12:00", "2026-07-02 00:00:00"),
    ("clocks go back: 02:00 comes first at midnight UTC", ZURICH | NIGHTS, "2026-10-24 12:00", "2026-10-25 00:00:00"),
    ("and lasts four hours", ZURICH | NIGHTS, "2026-10-25 03:59:59", "2026-10-25 03:59:59"),
    ("to 05:00, which is 04:00 UTC", ZURICH | NIGHTS, "2026-10-25 04:00", "2026-10-26 01:00:00"),
    ("an hour that comes twice is there twice", ZURICH | {"quiet": ["02:10-02:50"]}, "2026-10-25 00:50",
     "2026-10-25 01:10:00"),
    ("even where the change is in the midst of it", ZURICH | {"quiet": ["01:30-02:30"]}, "2026-10-25 00:45",
     "2026-10-25 01:00:00"),
    ("New York, forward: 02:00 is 03:00 at 07:00 UTC", NEW_YORK | NIGHTS, "2026-03-08 00:00", "2026-03-08 07:00:00"),
    ("a day later at 06:00 UTC", NEW_YORK | NIGHTS, "2026-03-08 12:00", "2026-03-09 06:00:00"),
    ("New York, back: 02:00 comes once, at 07:00 UTC", NEW_YORK | NIGHTS, "2026-11-01 00:00", "2026-11-01 07:00:00"),
    ("but 01:10 twice", NEW_YORK | {"quiet": ["01:10-01:20"]}, "2026-11-01 05:30", "2026-11-01 06:10:00"),
    ("hours that end past midnight end the next day", {"quiet": ["Fri 22:00-02:00"]}, "2026-02-07 01:59",
     "2026-02-07 01:59:00"),
    ("and begin on theirs alone", {"quiet": ["Fri 22:00-02:00"]}, "2026-02-07 02:00", "2026-02-13 22:00:00"),
    ("a whole day", {"quiet": ["Sat,Sun"]}, "2026-02-04 02:00", "2026-02-07 00:00:00"),
    ("from Friday to Monday", {"quiet": ["Fri-Mon"]}, "2026-02-03 02:00", "2026-02-06 00:00:00"),
    ("a freeze ends with its last day", ZURICH | {"quiet": ["00:00-24:00"], "freeze": ["2026-12-24/2026-12-26"]},
     "2026-12-24 12:00", "2026-12-26 23:00:00"),
    ("quiet hours in a freeze do not count", ZURICH | NIGHTS | {"freeze": ["2026-12-24/2026-12-26"]},
     "2026-12-23 12:00", "2026-12-27 01:00:00"),
    ("a freeze to the minute", NIGHTS | {"freeze": ["2026-12-24T18:00/2026-12-25T03:30"]}, "2026-12-24 18:00",
     "2026-12-25 03:30:00"),
    ("two freezes, one after the other", {"quiet": ["Sat,Sun,Mon-Fri"], "freeze": ["2026-12-24", "2026-12-25"]},
     "2026-12-24 00:00", "2026-12-26 00:00:00"),
    ("a peak in the quiet hours", NIGHTS | {"peaks": ["02:00-02:45"]}, "2026-02-02 01:00", "2026-02-02 02:45:00"),
    ("peaks all day", {"quiet": ["00:00-24:00"], "peaks": ["00:00-24:00"]}, "2026-02-02 01:00", None),
]


@pytest.mark.parametrize(("says", "table", "began", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_a_step_may_begin(says: str, table: dict[str, Any], began: str, wanted: str | None) -> None:
    book = almanac(began, **table)
    assert opens(book) == wanted
    if wanted is not None and wanted != utc_text(began):
        assert book.wait(0)
        minute = round((utc(wanted) - utc(began)) * SECOND)
        assert book.wait(minute - SECOND), "a second sooner it still waits"
        assert not book.wait(minute)


def utc_text(began: str) -> str:
    return datetime.fromtimestamp(utc(began), UTC).strftime("%Y-%m-%d %H:%M:%S")


def test_only_a_ramp_of_quiet_hours_waits_for_them_and_all_wait_for_freezes_and_peaks() -> None:
    table = NIGHTS | {"freeze": ["2026-02-03"], "peaks": ["17:00-20:00"]}
    assert opens(almanac("2026-02-02 12:00", quiet_hours=False, **table)) == "2026-02-02 12:00:00"
    assert opens(almanac("2026-02-02 17:30", quiet_hours=False, **table)) == "2026-02-02 20:00:00"
    assert opens(almanac("2026-02-03 12:00", quiet_hours=False, **table)) == "2026-02-04 00:00:00"


def test_what_it_says_is_local_and_names_the_reason() -> None:
    winter = almanac("2026-03-27 12:00", **ZURICH, **NIGHTS)
    assert winter.wait(0) == "waits for quiet hours until Sat 2026-03-28 02:00 CET"
    summer = almanac("2026-03-28 12:00", **ZURICH, **NIGHTS)
    assert summer.wait(0) == "waits for quiet hours until Sun 2026-03-29 03:00 CEST"
    frozen = almanac("2026-12-24 12:00", quiet_hours=False, freeze=["2026-12-24/2026-12-26"])
    assert frozen.wait(0) == "waits for the end of the freeze 2026-12-24/2026-12-26 until Sun 2026-12-27 00:00 UTC"
    assert almanac("2026-02-02 01:00", peaks=["00:00-24:00"]).wait(0).endswith("none come within 400 days")


def test_a_replay_that_runs_faster_meets_the_wall_clock_sooner() -> None:
    # A day in two minutes, as the flights from New York are flown: 720 times.
    book = almanac("2026-02-02 05:00", speed=720.0, **NIGHTS)
    assert book.next_open(0) == 21 * 3_600 * SECOND / 720
    assert book.next_open(round(22 * 3_600 * SECOND / 720)) == 22 * 3_600 * SECOND / 720


ACTIONS = [
    (Advance(1, "b"), True), (Promote("b"), True), (Reallocate(0.3, "b"), True), (Reallocate(0.1, "b"), False),
    (Hold("b"), False), (RollBack("b"), False), (Divert(("eu",), "b"), False),
]


@pytest.mark.parametrize(("action", "waits"), ACTIONS)
def test_what_exposes_more_users_waits_and_nothing_else_does(action: Any, waits: bool) -> None:
    book = almanac("2026-02-01 12:00", **NIGHTS)
    done = heed(book, action, at=0, share=0.2)
    assert (done is not action) is waits
    assert heed(book, action, at=13 * 3_600 * SECOND * 2, share=0.2) is action or waits
    assert heed(None, action, at=0, share=0.2) is action
    if waits:
        assert isinstance(done, Hold)
        assert done.because == f"{action.word} waits for quiet hours until Mon 2026-02-02 02:00 UTC"
        assert heed(book, action, at=14 * 3_600 * SECOND, share=0.2) is action


@pytest.mark.parametrize(("table", "says"), [
    ({"zone": "Europe/Zuerich"}, 'no time zone "Europe/Zuerich"'),
    ({"zone": "../../etc/passwd"}, "no time zone"),
    ({"quiet": ["Mo 02:00-05:00"]}, "is no stretch of the week"),
    ({"quiet": ["02:00-02:00"]}, "has no such hours"),
    ({"quiet": ["22:00-25:00"]}, "has no such hours"),
    ({"quiet": ["02:70-03:00"]}, "has no such hours"),
    ({"peaks": ["Mon Tue 02:00-05:00"]}, "is no stretch of the week"),
    ({"freeze": ["24.12.2026"]}, "is no stretch of days"),
    ({"freeze": ["2026-12-26/2026-12-24"]}, "ends before it begins"),
    ({"freeze": ["2026-12-24T00:00Z/2026-12-25T00:00Z"]}, "brings a zone"),
    ({"start": "noon"}, "is no local time"),
    ({"start": "2026-03-29 02:30", **ZURICH}, "is skipped by the clocks of Europe/Zurich; write 03:30"),
])
def test_a_calendar_that_does_not_read_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        CalendarTable.model_validate(table)


def test_what_is_written_is_what_was_read() -> None:
    for text in ("Mon-Fri 02:00-05:00", "Sat,Sun", "22:00-04:00"):
        assert str(parse_weekly(text)) == text
    assert str(parse_span("2026-12-24/2026-12-26")) == "2026-12-24/2026-12-26"


def test_the_start_of_a_flight_is_local() -> None:
    assert CalendarTable.model_validate({"start": "2026-07-01 02:00", **ZURICH}).began == utc("2026-07-01 00:00")
    assert CalendarTable.model_validate({"start": "2026-01-01 02:00", **ZURICH}).began == utc("2026-01-01 01:00")
