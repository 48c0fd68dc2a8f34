"""Programs of releases: a promoted one is the incumbent of the next, in the same world, under whatever name."""

from pathlib import Path

import numpy as np
import pytest

from sandbox.cli import main
from sandbox.lab.engines import Here, Processes, results
from sandbox.lab.kept import page_of
from sandbox.lab.program import Release, Task, fly_program, leg_plan, lost, one_big_step, releases
from sandbox.lab.program_page import Flown, program_page
from sandbox.lab.program_study import BIG, SMALL, Schedule, fly_schedule
from sandbox.record.sql import query
from sandbox.record.store import Store
from sandbox.record.studies import Study
from sandbox.report.render.page import as_html, as_json
from sandbox.run.session import fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan, read_text

MINUTE = 60 * 10**9
TEXT = """
format = 1
[scenario]
title = "Steps"
seed = 3
duration = "15m"
[traffic]
kind = "steady"
mean = "40/s"
[models.incumbent]
kind = "synthetic"
auc = 0.7
[models.candidate]
kind = "synthetic"
auc = 0.75
[models.broken]
kind = "synthetic"
auc = 0.8
errors = "20%"
[models.third]
kind = "synthetic"
auc = 0.85
[ramp]
steps = ["50%"]
bake = "2m"
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "5%"
[[faults]]
kind = "latency"
model = "candidate"
factor = 1.1
[[releases]]
model = "broken"
at = "5m"
[[releases]]
model = "third"
at = "10m"
"""


def plan_of(text: str = TEXT) -> Plan:
    return Plan(name="steps", text=text, document=read_text(text, name="steps.toml"), source="steps.toml")


def task(text: str = TEXT, *, seed: int = 3) -> Task:
    plan = plan_of(text)
    return Task(text=text, folder=Path(), name="steps", seed=seed, releases=releases(plan.document))


def test_who_was_promoted_is_the_incumbent_of_the_next_and_who_was_not_is_not():
    one = fly_program(task())
    assert not one.failure
    assert [(leg.model, leg.incumbent, leg.outcome) for leg in one.legs] == [
        ("candidate", "incumbent", "promoted"), ("broken", "candidate", "rolled_back"),
        ("third", "candidate", "promoted"),
    ]
    assert [leg.at // MINUTE for leg in one.legs] == [0, 5, 10]
    assert all(leg.at <= leg.ended_at < leg.until for leg in one.legs)


def test_the_first_release_is_the_flight_of_the_plan_without_the_others():
    first = fly_program(task()).legs[0]
    alone = plan_of(TEXT[: TEXT.index("[[releases]]")])
    truth = fly(alone, seed=3).truth
    np.testing.assert_array_equal(first.harmed, truth.harmed[:5].sum(axis=(1, 2, 3, 4)))
    np.testing.assert_array_equal(first.gained, (truth.helped - truth.harmed)[:5].sum(axis=(1, 2, 3, 4)))


def test_a_model_answers_the_same_requests_alike_whatever_it_is_called():
    as_candidate = leg_plan(plan_of(), Release(model="candidate", at=0), champion="incumbent")
    as_incumbent = leg_plan(plan_of(), Release(model="third", at=0), champion="candidate")
    assert as_incumbent.document.models["incumbent"].drawn_as == "candidate"
    assert [fault.whose for fault in as_incumbent.document.faults] == ["incumbent"]
    here, there = (fly(plan, seed=3).truth for plan in (as_candidate, as_incumbent))
    np.testing.assert_array_equal(here.right[:2, 1], there.right[:2, 0])


def test_what_is_gained_over_the_first_incumbent_goes_on_after_the_next_release_began():
    """While nothing new serves anybody, what the promoted one gains is what it gains when it has everybody."""
    one = fly_program(task())
    broken = one.legs[1]
    truth = fly(leg_plan(plan_of(), Release(model="candidate", at=0), champion="incumbent"), seed=3).truth
    after = (truth.helped - truth.harmed)[8:10].sum(axis=(1, 2, 3, 4))  # it was promoted in minute 2
    np.testing.assert_array_equal(broken.gained[3:], after)


def test_one_big_step_is_the_last_release_alone():
    small, big = fly_program(task()), fly_program(one_big_step(task()))
    assert [leg.model for leg in big.legs] == ["third"]
    assert big.legs[0].incumbent == "incumbent"
    assert big.gained(15)[:10].sum() == 0
    assert small.gained(15).sum() == small.gain


def test_a_release_whose_ramp_has_not_ended_is_withdrawn():
    slow = fly_program(task(TEXT.replace('bake = "2m"', 'bake = "6m"')))
    assert [leg.outcome for leg in slow.legs] == ["withdrawn", "rolled_back", "withdrawn"]
    assert {leg.incumbent for leg in slow.legs} == {"incumbent"}


def test_any_engine_gives_the_same_program():
    tasks = [task(seed=seed) for seed in (3, 4)]
    digests = [
        sorted(one.digest for one in results(fly_program, tasks, engine, lost=lost))
        for engine in (Here(), Processes(2))
    ]
    assert digests[0] == digests[1]
    assert len(set(digests[0])) == 2


def test_the_page_tells_every_release_and_what_small_steps_bought():
    tasks = [task(seed=seed) for seed in (3, 4)]
    flown = Flown(
        plan=plan_of(), releases=tasks[0].releases, steps=tuple(map(fly_program, tasks)),
        big=tuple(fly_program(one_big_step(one)) for one in tasks),
    )
    page = program_page(flown, repeat="again")
    assert [row[:2] for row in page.sections[0].blocks[0].rows] == [
        ("candidate", "incumbent"), ("broken", "candidate"), ("third", "candidate"),
    ]
    assert as_html(page).count("<svg") == 2
    assert page.exit_code is None


@pytest.mark.parametrize(("old", "new", "said"), [
    ('model = "third"\nat = "10m"', 'model = "thrid"\nat = "10m"', r'releases\[1\]\.model: no candidate "thrid"'),
    ('model = "third"\nat = "10m"', 'model = "broken"\nat = "10m"', r"was released before"),
    ('at = "10m"', 'at = "4m"', r"must come after the release before it"),
    ('at = "10m"', 'at = "1h"', r"after the flight has ended"),
])
def test_a_program_that_makes_no_sense_is_a_mistake(old, new, said):
    with pytest.raises(ScenarioError, match=said):
        plan_of(TEXT.replace(old, new))


def test_a_scenario_without_releases_is_told_how_to_fly_it(tmp_path, capsys):
    (tmp_path / "x.toml").write_text(TEXT[: TEXT.index("[[releases]]")])
    assert main(["program", str(tmp_path / "x.toml")]) == 2
    assert "greenroom run" in capsys.readouterr().err


def test_the_bundled_program_has_three_releases():
    path = Path(__file__).resolve().parents[2] / "scenarios" / "small-steps.toml"
    assert [one.model for one in releases(read_plan(path).document)] == ["candidate", "second", "third"]


class Stopped(BaseException):
    """As an interrupt is."""


def test_a_program_that_was_stopped_goes_on_and_comes_to_the_same_page(tmp_path):
    schedule = Schedule(plan=plan_of(), first=3, seeds=2, again="greenroom program x")
    study, again = Study(Store(tmp_path), schedule.study), []

    def stop_at_once(result):
        raise Stopped

    with pytest.raises(Stopped), study.begun(schedule.head, resume=False) as kept:
        fly_schedule(schedule, Here(), study=study, kept=kept, told=stop_at_once)
    with study.begun(schedule.head, resume=True) as kept:
        flown = fly_schedule(schedule, Here(), study=study, kept=kept, told=again.append)
    assert [(one.seed, one.candidate) for one in again] == [(3, BIG), (4, SMALL), (4, BIG)]
    straight = as_json(program_page(fly_schedule(schedule, Here()), repeat=schedule.repeat))
    assert as_json(program_page(flown, repeat=schedule.repeat)) == straight == as_json(page_of(study))
    assert query(Store(tmp_path), "SELECT count(*) FROM flights WHERE candidate = 'one big step'")[1] == [(2,)]
