"""A calendar in flight: what waits, what does not, and what the journal says."""

from pathlib import Path
from typing import Any

import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.run.errors import RigError
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.scenario.replay import read_recording
from sandbox.world.traffic.replay import Replay

MINUTE = 60 * 10**9
WORLD = """
[scenario]
title = "Night shift"
duration = "4h"
tick = "5m"
[traffic]
kind = "steady"
mean = "5/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
errors = "{errors}"
[ramp]
steps = ["10%", "50%"]
bake = "30m"
{ramp}
"""
NIGHT = '[calendar]\nzone = "Europe/Zurich"\nstart = "{start}"\nquiet = ["02:00-05:00"]\n'


def plan_of(*, start: str = "2026-03-29 01:00", errors: str = "0%", ramp: str = "quiet_hours = true", more: str = "",
            calendar: str = NIGHT) -> Plan:
    text = WORLD.format(errors=errors, ramp=ramp) + calendar.format(start=start) + more
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    return Plan(name="night", text=text, document=document)


def moved(flight: Flight) -> list[tuple[float, str]]:
    return [
        (one.at / MINUTE, one.facts["what"]) for one in flight.journal
        if one.kind == "ramp" and one.facts["what"] != "hold"
    ]


def held(flight: Flight) -> list[str]:
    return [one.facts["because"] for one in flight.journal if one.kind == "ramp" and one.facts["what"] == "hold"]


def test_the_first_step_waits_for_the_night_in_which_clocks_go_forward() -> None:
    # 01:00 CET is an hour before clocks go forward; at 02:00 CET it is 03:00 CEST, two quiet hours are left.
    flight = fly(plan_of())
    assert moved(flight) == [(60.0, "step"), (90.0, "step"), (120.0, "promote")]
    assert held(flight)[0] == "the ramp waits for quiet hours until Sun 2026-03-29 03:00 CEST"


def test_what_is_not_done_by_morning_waits_for_the_next_night() -> None:
    flight = fly(plan_of(start="2026-03-29 04:00"))
    assert moved(flight) == [(0.0, "step"), (30.0, "step")]
    assert flight.outcome == "held"
    assert held(flight)[-1] == "promote waits for quiet hours until Mon 2026-03-30 02:00 CEST"


def test_a_rollback_waits_for_nothing() -> None:
    gate = '[[gates]]\nkind = "threshold"\nmetric = "errors.rate"\nmax = "1%"\n'
    flight = fly(plan_of(start="2026-03-29 04:55", errors="20%", more=gate))
    assert moved(flight)[0] == (0.0, "step")
    assert moved(flight)[-1][1] == "roll back"
    assert 5.0 <= moved(flight)[-1][0] < 30.0, "by then it is morning"


def test_a_freeze_binds_a_ramp_that_knows_no_quiet_hours() -> None:
    frozen = 'freeze = ["2026-03-29T03:10/2026-03-29T04:00"]\n'
    flight = fly(plan_of(ramp="", calendar=NIGHT + frozen))
    # 03:10 CEST is 70 minutes after 01:00 CET, less the skipped hour, 04:00 is 120 after.
    assert moved(flight) == [(0.0, "step"), (30.0, "step"), (60.0, "promote")]
    flight = fly(plan_of(ramp='start = "15m"', calendar=NIGHT + frozen))
    assert moved(flight) == [(15.0, "step"), (45.0, "step"), (120.0, "promote")]


def test_without_a_night_in_the_flight_the_ramp_never_begins() -> None:
    flight = fly(plan_of(start="2026-03-29 12:00"))
    assert moved(flight) == []
    assert flight.outcome == "held"
    assert len(held(flight)) == 1


def test_a_person_may_overrule() -> None:
    session = Session(plan_of(start="2026-03-29 04:40"))
    session.advance(60 * MINUTE)
    assert session.snapshot().step == 0
    session.apply("advance")
    assert session.snapshot().step == 1


def test_a_policy_that_begins_at_another_hour_parts_when_the_ramp_begins() -> None:
    rider = '[[policies]]\nname = "day"\nramp = { steps = ["10%", "50%"], bake = "30m" }\n'
    flight = fly(plan_of(more=rider))
    parted = [(one.at / MINUTE, one.facts["policy"]) for one in flight.journal if one.kind == "policy"]
    assert parted == [(60.0, "day")]


REFUSED: list[tuple[str, str]] = [
    ("quiet_hours = true", "no quiet hours are said"),
    ('[calendar]\nquiet = ["Sat"]', "nothing says when the flight begins"),
]


@pytest.mark.parametrize(("more", "says"), REFUSED)
def test_a_plan_without_what_it_needs_is_refused(more: str, says: str) -> None:
    text = WORLD.format(errors="0%", ramp=more)
    assert [says in one.message for one in Document.model_validate(tomli.loads(text)).problems()] == [True]


REPLAY = """
[scenario]
title = "Recorded"
duration = "2h"
tick = "5m"
[traffic]
kind = "replay"
path = "day.csv"
speed = {speed}
[traffic.columns]
time = "at"
label = "late"
features = ["x"]
[traffic.columns.scores]
incumbent = "a"
candidate = "b"
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
[ramp]
steps = ["10%"]
bake = "30m"
quiet_hours = true
[calendar]
zone = "America/New_York"
quiet = ["02:00-05:00"]
"""


def recorded(folder: Path, *, first: str, second: str, speed: float = 1.0) -> Flight:
    (folder / "day.csv").write_text(f"at,x,late,a,b\n{first},0.1,1,0.5,0.6\n{second},0.1,0,0.5,0.6\n")
    text = REPLAY.format(speed=speed)
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    plan = Plan(name="recorded", text=text, document=document, folder=folder)
    traffic: Any = document.traffic
    assert isinstance(traffic, Replay)
    return fly(plan, recording=read_recording(traffic, folder=folder))


def test_a_replay_begins_when_its_first_request_came(tmp_path: Path) -> None:
    # 06:00 UTC is 01:00 in New York in winter.
    flight = recorded(tmp_path, first="2026-02-02T06:00:00Z", second="2026-02-02T08:00:00Z")
    assert moved(flight)[0] == (60.0, "step")
    fast = recorded(tmp_path, first="2026-02-02T06:00:00Z", second="2026-02-02T08:00:00Z", speed=4.0)
    assert moved(fast)[0] == (15.0, "step")


def test_a_recording_without_dates_has_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="says no date"):
        recorded(tmp_path, first="0", second="7200")
