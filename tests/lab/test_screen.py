"""Screening: what is assumed, where a plan breaks, and that the page tells it."""

import math
import sys
from dataclasses import replace

import pytest

from sandbox.cli.scenarios import bundled
from sandbox.lab.assumptions import assumptions, together, value_at
from sandbox.lab.compare import QUANTITIES
from sandbox.lab.due import due_of
from sandbox.lab.elementary import ScreenError
from sandbox.lab.engines import Here
from sandbox.lab.ranges import range_of
from sandbox.lab.result import Result
from sandbox.lab.screen import Screened, quantity_named, screen
from sandbox.lab.screening import AS_WRITTEN, HALVINGS, Screening
from sandbox.lab.sensitivity import sensitivity
from sandbox.lab.variants import Setting, SettingError, changed
from sandbox.report.charts import Bar, Tornado
from sandbox.report.render.page import as_text
from sandbox.scenario.read import read_plan

NET = quantity_named("net harm")


def screening(path, *, over=(), **more):
    plan = read_plan(path)
    ranges = tuple(range_of(*one) for one in over) or assumptions(plan)
    return Screening(plan=plan, ranges=ranges, **{"first": 3, "seeds": 1, "walks": 0, "again": "x", **more})


def told(asked: Screening, outcome, *, worth=None) -> Screened:
    """A screening as if it had been flown: (net harm, met) by what the settings say, and what of 1,000 requests the
    candidate serves worse, net, where nobody stops it."""
    screened = Screened(asked)
    put(screened, asked.places, outcome, worth)
    for _ in range(HALVINGS):
        put(screened, screened.following if worth else [], outcome, worth)
    return screened


def put(screened: Screened, places, outcome, worth) -> None:
    for place in places:
        settings = {one.key: one.value for one in place.settings}
        net, met, ends = (*outcome(settings), "promoted")[:3]
        row = Result(setting="", candidate=place.name, seed=0, outcome=ends, digest=place.name, net=net, met=met)
        rows = [replace(row, seed=seed) for seed in screened.screening.days]
        if worth:
            rows += [
                replace(row, seed=seed, unstopped=True, exposed=1_000, exposed_net=worth(settings), outcome="promoted")
                for seed in screened.screening.unstopped_days
            ]
        screened.results |= {one.key: one for one in rows}


def test_what_the_file_says_of_the_world_is_assumed_and_what_every_plan_assumes(scenario):
    drift = '[[drift]]\nkind = "covariate"\nshift = -0.8\nat = "1m"\n'
    more = f'{drift}[[faults]]\nkind = "errors"\nrate = "60%"\nat = "0s"\n'
    found = {one.key: str(one) for one in assumptions(read_plan(scenario(more)))}
    assert found == {
        "traffic.mean": "traffic.mean=10/s..40/s",
        "labels.delay": "labels.delay=15m..1h",
        "drift[0].shift": "drift[0].shift=-1.6..-0.4",
        "drift[0].at": "drift[0].at=30s..2m",
        "faults[0].rate": "faults[0].rate=30%..90%",
        "models.candidate.auc": "models.candidate.auc=0.6..0.9",
        "models.candidate.latency.p50": "models.candidate.latency.p50=15ms..60ms",
    }


@pytest.mark.parametrize("path", list(bundled())[::6], ids=lambda path: path.stem)
def test_every_plan_can_be_read_at_both_ends_of_what_it_assumes(path):
    plan = read_plan(path)
    for one in assumptions(plan):
        for part in (0.0, 1.0):
            assert changed(plan, together(plan, (one.at(part),))).text != plan.text


def test_what_is_believed_of_the_candidate_is_assumed_an_auc_by_what_it_lacks_of_1(scenario):
    text = scenario().read_text().replace('[ramp]', 'auc = 0.8\nlatency = { p50 = "40ms", p99 = "100ms" }\n[ramp]')
    found = {one.key: str(one) for one in assumptions(read_plan(scenario("", text=text)))}
    assert found["models.candidate.auc"] == "models.candidate.auc=0.6..0.9"
    assert found["models.candidate.latency.p50"] == "models.candidate.latency.p50=20ms..80ms"
    assert not [key for key in found if key.startswith("models.incumbent")]


def test_what_is_known_from_few_seeds_and_walks_is_said_to_be_little(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",))], walks=2)
    said = as_text(sensitivity(told(asked, lambda settings: (0, True)), quantity=NET))
    assert "Most of 1 seed is little evidence" in said
    assert "too few walks to say more" in said
    assert "1 assumption, " in said


def test_the_tail_of_labels_and_of_answers_goes_along_unless_it_is_set_itself(scenario):
    slow = 'latency = { p50 = "40ms", p99 = "100ms" }\n'
    path = scenario('[labels]\ndelay = "4m"\nslowest = "10m"\n')
    path.write_text(path.read_text().replace("[models.candidate]\n", f"[models.candidate]\n{slow}"))
    plan = read_plan(path)
    later, longer = Setting("labels.delay", "12m"), Setting("models.candidate.latency.p50", "20ms")
    assert [str(one) for one in together(plan, (later, longer))[2:]] == [
        "labels.slowest = 30m", "models.candidate.latency.p99 = 50ms",
    ]
    both = (later, Setting("labels.slowest", "15m"))
    assert together(plan, both) == both


def test_a_plan_breaks_where_the_first_place_outward_does_not_hold(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",)), ("labels.delay", ("15m..1h",))])
    screened = told(asked, lambda settings: (0, settings.get("traffic.mean", "20/s") in ("20/s", "15/s", "10/s")))
    (only,) = screened.breaks
    assert (only.key, only.as_written, only.holds, only.breaks, only.times) == (
        "traffic.mean", "20/s", "20/s", "30/s", (1.0, 1.5),
    )
    assert only.where == "between 20/s and 30/s"
    said = sensitivity(screened, quantity=NET)
    assert "It holds over all that was flown of labels.delay (15m to 1h)." in list(said.blocks)
    assert only.ends == "1 promoted"


def test_the_smaller_change_is_told_first(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",)), ("labels.delay", ("15m..1h",))])
    broken = {"traffic.mean": ("10/s",), "labels.delay": ("45m", "1h")}
    screened = told(asked, lambda settings: (0, not any(settings.get(key) in bad for key, bad in broken.items())))
    assert [(one.key, one.holds, one.breaks) for one in screened.breaks] == [
        ("labels.delay", "30m", "45m"), ("traffic.mean", "15/s", "10/s"),
    ]


AUC, BETTER = "models.candidate.auc", -10


def judged(scenario, *, promoted_from=0.0, better_from=0.0, harmful_below=0.0, **more):
    """A candidate of AUC 0.8 that is promoted where its AUC is at least so much, worth by its AUC what is said."""
    text = scenario("").read_text().replace("[ramp]", "auc = 0.8\n[ramp]")
    asked = screening(scenario(text=text), over=[(AUC, ("0.6..0.9",))], **more)

    def outcome(settings):
        promoted = float(settings.get(AUC, 0.8)) >= promoted_from
        return 0, promoted, "promoted" if promoted else "held"

    def worth(settings):
        auc = float(settings.get(AUC, 0.8))
        return BETTER if auc >= better_from else 50 if auc < harmful_below else 1

    return told(asked, outcome, worth=worth)


def test_what_no_longer_deserves_to_be_promoted_and_is_held_is_no_break_of_the_plan(scenario):
    screened = judged(scenario, promoted_from=0.72, better_from=0.72, harmful_below=0.72)
    assert not screened.breaks
    (turn,) = screened.no_longer_due
    assert (turn.due.candidate, turn.ends, turn.due.effect) == ("harmful", "1 held", 0.05)
    said = as_text(sensitivity(screened, quantity=NET))
    assert "It is wrong nowhere that was flown." in said
    assert "Where the candidate no longer is what was expected" in said
    assert "As written it is better (−1.0%)." in said


def test_what_is_better_and_held_is_a_break_and_beyond_it_lies_what_deserves_no_better(scenario):
    screened = judged(scenario, promoted_from=0.78, better_from=0.7)
    (broken,), (turn,) = screened.breaks, screened.no_longer_due
    assert (broken.due.candidate, turn.due.candidate) == ("better", "neither")
    assert float(broken.holds) >= 0.78 > float(broken.breaks) >= 0.7
    assert float(turn.holds) >= 0.7 > float(turn.breaks)


def test_what_is_harmful_and_promoted_is_a_break_whatever_was_expected(scenario):
    screened = judged(scenario, better_from=0.75, harmful_below=0.75)
    (broken,) = screened.breaks
    assert screened.holds(f"{AUC} = {broken.breaks}"), "the outcome is what [expect] says"
    assert (broken.due.candidate, broken.ends) == ("harmful", "1 promoted")
    assert not screened.no_longer_due


def test_what_is_due_and_comes_too_late_is_a_break_and_said_to_miss_what_is_expected(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",))])
    late = told(asked, lambda one: (0, one.get("traffic.mean") != "10/s", "rolled_back"), worth=lambda _: 50)
    assert [one.ends for one in late.breaks] == ["1 rolled back, but [expect] is missed"]


@pytest.mark.parametrize("limit", [0.797, 0.76, 0.71, 0.61])
def test_where_it_breaks_lies_between_what_is_told_an_eighth_as_far_apart_as_was_flown_first(scenario, limit):
    """First flown are 0.6 and 0.7, a tenth apart as is 0.8; three halvings, and what is told is rounded to 0.005."""
    (broken,) = judged(scenario, promoted_from=limit).breaks
    low, high = float(broken.breaks), float(broken.holds)
    assert low < limit <= high
    assert high - low <= 0.1 / 2**HALVINGS + 0.005
    assert broken.times == pytest.approx((high / 0.8, low / 0.8))
    assert broken.where == f"between {broken.breaks} and {broken.holds}"


def test_of_choices_there_is_nothing_between(scenario):
    asked = screening(scenario(), over=[("labels.delay", ("10m", "1h"))])
    (broken,) = told(asked, lambda settings: (0, settings.get("labels.delay") != "1h")).breaks
    assert broken.where == "at 1h"


def test_a_candidate_is_better_only_where_it_is_on_every_day():
    day = Result(setting="", candidate="x", seed=0, exposed=1_000, exposed_net=-5, unstopped=True)
    days = [replace(day, seed=seed) for seed in range(3)]
    assert str(due_of(days, acceptable=0.01)) == "better (−0.5%)"
    assert due_of([*days[:2], replace(days[2], exposed_net=1)], acceptable=0.01).candidate == "neither"
    worse = [replace(one, exposed_net=30) for one in days]
    assert str(due_of([*days[:2], *worse], acceptable=0.01)) == "harmful (1.6%, near the limit)"
    assert str(due_of([replace(days[0], failure="no memory")], acceptable=0.01)) == "unknown"


def test_nothing_breaks_that_does_not_hold_as_written(scenario):
    screened = told(screening(scenario(), over=[("traffic.mean", ("10/s..40/s",))]), lambda settings: (0, False))
    assert not screened.breaks
    said = next(iter(sensitivity(screened, quantity=NET).blocks))
    assert "does not hold as it is written: 0 of 1 seed meet what [expect] says; 1 promoted" in said


def test_a_plan_that_expects_nothing_and_ends_now_so_now_so_is_not_said_to_miss_what_it_expects(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",))], seeds=2)
    screened = told(asked, lambda settings: (0, None))
    screened.results = {
        key: replace(one, outcome="held" if one.seed == asked.first else "promoted")
        for key, one in screened.results.items()
    }
    said = next(iter(sensitivity(screened, quantity=NET).blocks))
    assert said.startswith("It does not hold as it is written: 1 held, 1 promoted.")


def test_the_tornado_has_its_widest_bar_first_around_the_flight_as_written(scenario):
    asked = screening(scenario(), over=[("labels.delay", ("15m..1h",)), ("traffic.mean", ("10/s..40/s",))])
    nets = {"10/s": -50, "40/s": 900, "1h": 110}
    screened = told(asked, lambda settings: (nets.get("".join(settings.values()), 100), True))
    (chart,) = [one for one in sensitivity(screened, quantity=NET).blocks if isinstance(one, Tornado)]
    assert (chart.centre, chart.rows) == (100.0, (
        Bar(name="traffic.mean", low=-50.0, high=900.0, ends=("10/s", "40/s")),
        Bar(name="labels.delay", low=100.0, high=110.0, ends=("15m", "1h")),
    ))


def test_all_at_once_finds_what_moves_harm_and_by_how_much(scenario):
    asked = screening(
        scenario(), over=[("traffic.mean", ("10/s..40/s",)), ("labels.delay", ("15m..1h",))], walks=6, seeds=2
    )
    speed = asked.ranges[0]
    screened = told(asked, lambda one: (round(3_000 * speed.part_of(one.get("traffic.mean", "20/s"))), True))
    first, second = screened.effects(NET)
    assert (first.key, second.key, second.absolute) == ("traffic.mean", "labels.delay", 0.0)
    assert first.absolute == pytest.approx(3_000, abs=1)
    assert screened.effects(quantity_named("detection")) is None


def test_a_screening_flies_and_each_world_is_that_of_its_setting(scenario):
    asked = screening(scenario(), over=[("traffic.mean", ("10/s..40/s",))], walks=2)
    totals: list[int] = []
    screened = screen(asked, Here(), expect=totals.append)
    assert asked.total >= totals[0] >= totals[-1] == len(screened.results)
    assert screened.due(AS_WRITTEN).candidate in ("better", "neither"), "it is as the incumbent"
    assert not [one.failure for one in screened.results.values() if one.failure]
    requests = {name: screened.rows(name)[3].requests for name in (AS_WRITTEN, "traffic.mean = 40/s")}
    assert requests["traffic.mean = 40/s"] / requests[AS_WRITTEN] == pytest.approx(2.0, abs=4 / math.sqrt(6_000) * 2)
    told: list[Result] = []
    kept = [one.as_row() for one in list(screened.results.values())[::2]]
    assert screen(asked, Here(), kept=kept, told=told.append).results == screened.results
    assert len(told) == len(screened.results) - len(kept)
    assert asked.repeat == "x --seeds 3..3", "with other seeds it is another study, which cannot go on with this one"


def test_without_salib_the_walks_are_refused_and_the_rest_is_not(scenario, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    path = scenario()
    assert screening(path).places
    with pytest.raises(ScreenError, match="--walks 0"):
        _ = screening(path, walks=2).places


def test_a_quantity_is_named_by_its_beginning():
    assert quantity_named("pages") in QUANTITIES
    with pytest.raises(ScreenError, match="net harm, requests"):
        quantity_named("harm")
    with pytest.raises(SettingError, match="no such number"):
        value_at(read_plan(next(iter(bundled()))), "traffic.nothing")
