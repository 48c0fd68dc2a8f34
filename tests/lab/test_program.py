"""Programs of releases: a promoted one is the incumbent of the next, in the same world, under whatever name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sandbox.cli import main
from sandbox.lab.engines import Here, Processes, results
from sandbox.lab.kept import page_of
from sandbox.lab.program import Leg, Programme, Release, Task, fly_program, leg_plan, lost, one_big_step, releases
from sandbox.lab.program_page import Flown, program_page
from sandbox.lab.program_study import BIG, SMALL, Schedule, fly_schedule
from sandbox.record.sql import query
from sandbox.record.store import Store
from sandbox.record.studies import Study
from sandbox.report.page import Page
from sandbox.report.render.page import as_html, as_json, as_text
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
    for place in (1, 2):
        assert [row[:2] for row in page.sections[place].blocks[0].rows] == [
            ("candidate", "incumbent"), ("broken", "candidate"), ("third", "candidate"),
        ]
    assert as_html(page).count("<svg") == 2
    assert page.exit_code is None


def leg(model: str, incumbent: str, *, gained: int, harmed: int, helped: int, outcome: str = "promoted") -> Leg:
    counts = (np.array([number], dtype=np.int64) for number in (gained, harmed, helped))
    return Leg(
        model=model, incumbent=incumbent, at=0, until=9 * MINUTE, outcome=outcome, ended_at=3 * MINUTE,
        **dict(zip(("gained", "harmed", "helped"), counts, strict=True)),
    )


def program_of(seed: int, *, more: int = 0) -> Programme:
    """A good release, a bad one that is stopped, a third that is good for it, all on top of each other."""
    return Programme(seed=seed, legs=(
        leg("candidate", "incumbent", gained=600 + more, harmed=2000, helped=2600 + more),
        leg("broken", "candidate", gained=650, harmed=610, helped=410, outcome="rolled_back"),
        leg("third", "candidate", gained=1900, harmed=4400, helped=5400),
    ))


def big_of(seed: int, *, gained: int = 1700) -> Programme:
    return Programme(seed=seed, small=False, legs=(
        leg("third", "incumbent", gained=gained, harmed=4000, helped=4000 + gained),
    ))


def paged(*, small: Sequence[Programme], big: Sequence[Programme]) -> Page:
    flown = Flown(plan=plan_of(), releases=task().releases, steps=tuple(small), big=tuple(big))
    return program_page(flown, repeat="again")


def seeds_alike() -> Page:
    return paged(
        small=[program_of(seed, more=10 * seed) for seed in range(4)], big=[big_of(seed) for seed in range(4)]
    )


def rows_of(page: Page, title: str) -> dict[str, tuple[str, ...]]:
    table = next(block for one in page.sections if one.title == title for block in one.blocks)
    return {row[0]: row[1:] for row in table.rows}


def test_what_every_seed_came_to_alike_is_told_without_an_interval_around_the_impossible():
    bought = rows_of(seeds_alike(), "What small steps bought")
    assert bought["releases promoted"] == ("2 on all 4", "1 on all 4", "1 on all 4")
    assert bought["releases rolled back"] == ("1 on all 4", "0 on all 4", "1 on all 4")


def test_no_more_releases_are_promoted_than_there_are():
    few = replace(program_of(1), legs=tuple(replace(one, outcome="rolled_back") for one in program_of(1).legs))
    page = paged(small=[program_of(0), few], big=[big_of(0), big_of(1)])
    small, big, apart = next(
        (one["small_steps"], one["one_big_step"], one["difference"])
        for one in page.data["bought"] if one["quantity"] == "releases promoted"
    )
    assert (small["low"], small["high"]) == (0.0, 3.0)
    assert (big["mean"], big["high"]) == (1.0, 1.0)
    assert (apart["low"], apart["high"]) == (-1.0, 3.0)
    assert rows_of(page, "What small steps bought")["releases promoted"][0] == "1 (0 to 3)"


def test_what_a_release_added_and_what_those_before_it_give_is_the_gain_of_its_time():
    told = rows_of(seeds_alike(), "What each release added")
    assert [row[-3].split(" ")[0] for row in told.values()] == ["615", "−200", "1,000"]
    assert [row[-2].split(" ")[0] for row in told.values()] == ["—", "850", "900"]
    one = fly_program(task())
    assert one.legs[0].before == 0
    assert sum(part.added + part.before for part in one.legs) == one.gain


def test_the_release_that_was_stopped_is_told_by_what_it_cost_and_not_as_the_least_harmful():
    stopped = next(one.blocks[0].items for one in seeds_alike().sections if one.title == "In short")[1:]
    assert stopped == (
        "The release of broken was stopped and sent back on 4 of 4 seeds, 3m after it began; until the next, there "
        "was against candidate, net, a harm of 200 (199 to 201) requests.",
    )


def test_the_one_sentence_holds_both_against_never_releasing_anything_and_says_whether_it_is_sure():
    sure = next(one.blocks[0].items[0] for one in seeds_alike().sections if one.title == "In short")
    assert sure.startswith("Small steps served 1,465 (1,444 to 1,486) more requests better, net,")
    assert "surely so: 3,165 (3,144 to 3,186) against 1,700 " in sure
    fewer = as_text(paged(
        small=[program_of(0), program_of(1)], big=[big_of(0, gained=3200), big_of(1, gained=3300)],
    ))
    assert "Small steps served 100 (−535 to 735) fewer requests" in fewer
    assert "which may be chance" in fewer


def test_a_promoted_release_that_serves_more_worse_than_better_is_told_so():
    def bad(seed: int) -> Programme:
        return Programme(seed=seed, legs=(leg("candidate", "incumbent", gained=-50, harmed=90, helped=40),) * 3)

    said = as_text(paged(small=[bad(0), bad(1)], big=[big_of(0), big_of(1)]))
    assert "The release of candidate was promoted on 2 of 2 seeds and serves more requests worse than better" in said


def test_every_quantity_of_the_page_is_defined_for_people_and_programs():
    page = seeds_alike()
    assert set(page.data["meanings"]) == {"gain", "added", "before", "harm", "one big step"}
    assert all(said in as_html(page) for said in page.data["meanings"].values())


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
