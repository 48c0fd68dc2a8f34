"""Certify: what rows come to, when flying ends, and that a study goes on where it was stopped."""

import math
from dataclasses import replace

import pytest

from sandbox.base.bound import parse_bound
from sandbox.lab.bounds import checks, state_of
from sandbox.lab.certificate import certificate, verdict
from sandbox.lab.certify import ROUND, UNSTOPPED_SEEDS, Flown, Order, certify
from sandbox.lab.engines import Here
from sandbox.lab.intervals import Estimate, share
from sandbox.lab.operating import characteristics
from sandbox.lab.result import Result, from_row
from sandbox.record.store import Store
from sandbox.record.studies import Study, studies
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Check
from sandbox.report.render.page import as_json
from sandbox.scenario.read import read_plan
from sandbox.scenario.tables.certify import Certify, parse_share_bound

MINUTE = 60 * 10**9
LADDER = '[certify]\ndegradations = [{ kind = "errors", rate = "30%" }]\nfalse_rollback = "<= 60%"\n'
GATE = '[[gates]]\nkind = "no-worse"\nmetric = "errors.rate"\nmargin = "5pp"\n'


def row(seed: int, **more) -> Result:
    return Result(setting="", candidate="x", seed=seed, outcome=more.pop("outcome", "promoted"), **more)


def of(rows, *, acceptable=0.01, kind="degraded"):
    return characteristics(rows, kind=kind, acceptable=acceptable, began=0, sequential=False)


def test_a_candidate_is_harmful_by_what_it_does_when_nobody_stops_it():
    rows = [row(1, unstopped=True, exposed=1_000, exposed_net=30), row(1, outcome="rolled_back"), row(2)]
    one = of(rows)
    assert (one.effect, one.harmful, one.flights) == (0.03, True, 2)
    assert one.wrong == Estimate(0.5, 1 - one.rolled_back.high, 1 - one.rolled_back.low, 2)
    harmless = of(rows, acceptable=0.03)
    assert not harmless.harmful
    assert harmless.wrong == harmless.rolled_back


@pytest.mark.parametrize(("nets", "near"), [
    ((30, 30, 30), False), ((30, 30, 5), True), ((11, 11, 11), True), ((12, 12, 12), False), ((0, 0, 0), False),
])
def test_a_candidate_is_near_the_limit_where_days_lie_on_either_side_or_all_within_a_tenth_of_it(nets, near):
    """Acceptable are 10 of 1,000."""
    rows = [row(seed, unstopped=True, exposed=1_000, exposed_net=net) for seed, net in enumerate(nets)]
    assert of([*rows, row(9)]).near is near


def test_every_candidate_that_misses_a_bound_is_named():
    left = row(1, unstopped=True, exposed=100, exposed_net=50)
    found = [
        replace(of([left, *(row(seed) for seed in range(30))]), candidate=name, setting=setting)
        for name, setting in (("errors 2%", ""), ("errors 8%", ""), ("errors 8%", "ramp.bake = 5m"))
    ]
    (check,) = checks(Certify(missed=parse_share_bound("<= 5%")), found, sequential=False)
    assert check.state == "missed"
    assert check.got.startswith("errors 2%: 100.0%")
    assert check.got.endswith("; missed, too: errors 8% (100.0%), errors 8% [ramp.bake = 5m] (100.0%)")


def test_delays_are_of_flights_with_harm_and_never_is_infinite():
    rows = [row(1), row(2, onset_at=0, detected_at=3 * MINUTE), row(3, onset_at=5)]
    assert of(rows).delays == (3 * MINUTE, math.inf)


def test_pages_are_right_where_the_first_came_after_harm_had_begun():
    rows = [row(1, pages=2, true_pages=2, onset_at=0), row(2, pages=2, true_pages=1, onset_at=9), row(3)]
    one = of(rows)
    assert (one.precision.value, one.precision.n) == (0.5, 2)
    assert (one.recall.value, one.recall.n) == (1.0, 2)


def test_a_flight_that_failed_counts_nowhere_but_as_failed():
    one = of([row(1), Result(setting="", candidate="x", seed=2, failure="no memory")])
    assert (one.flights, one.failed) == (1, 1)


@pytest.mark.parametrize(("low", "high", "state"), [
    (0.01, 0.05, "met"), (0.01, 0.06, "inconclusive"), (0.06, 0.2, "missed"), (0.05, 0.2, "inconclusive"),
])
def test_a_bound_is_met_or_missed_only_by_the_whole_interval(low, high, state):
    assert state_of(parse_share_bound("<= 5%"), Estimate(0.05, low, high, 100)) == state


def test_what_was_never_counted_is_inconclusive():
    assert state_of(parse_bound("< 5"), Estimate(math.nan, math.nan, math.nan, 0)) == "inconclusive"


def test_an_open_bound_says_how_many_seeds_would_tell():
    null = of([row(seed, outcome="rolled_back" if seed < 3 else "promoted") for seed in range(100)], kind="null")
    table = Certify.model_validate({"false_rollback": "<= 5%"})
    (check,) = checks(table, [null], sequential=False)
    assert check.state == "inconclusive"
    assert "about 4" in check.got
    assert "seeds would tell" in check.got


def test_the_worst_of_all_candidates_that_a_bound_is_about_is_told():
    def harmful(name, kept):
        rows = [row(0, unstopped=True, exposed=100, exposed_net=50)]
        rows += [row(seed, outcome="held" if seed < kept else "rolled_back") for seed in range(60)]
        return of([replace(one, candidate=name) for one in rows])

    table = Certify.model_validate({"missed": "<= 30%"})
    (check,) = checks(table, [harmful("mild", 55), harmful("grave", 0)], sequential=False)
    assert (check.state, check.got.split(":")[0]) == ("missed", "mild")


@pytest.mark.parametrize(("kept", "state"), [((0, 2), "inconclusive"), ((30, 60), "missed"), ((0, 1), "inconclusive")])
def test_of_candidates_that_are_alike_open_or_missed_the_furthest_out_is_told_first(kept, state):
    """In any order: with 0 and 2 of 6 missed nobody knows of either, and it is the 2 that a board must read."""
    of_60 = 60 if state == "missed" else 6

    def harmful(name, count):
        rows = [row(0, unstopped=True, exposed=100, exposed_net=50)]
        rows += [row(seed, outcome="held" if seed < count else "rolled_back") for seed in range(of_60)]
        return of([replace(one, candidate=name) for one in rows])

    found = [harmful("mild", kept[0]), harmful("grave", kept[1])]
    table = Certify.model_validate({"missed": "<= 10%"})
    for some in (found, found[::-1]):
        (check,) = checks(table, some, sequential=False)
        share_of_mild = f"{100 * kept[0] / of_60:.1f}%"
        assert check.state == state
        assert check.got.startswith(f"grave: {100 * kept[1] / of_60:.1f}% (")
        assert check.got.endswith(f"; {state}, too: mild ({share_of_mild})")


def test_the_seeds_that_would_tell_are_those_of_the_candidate_that_is_told():
    def harmful(name, count):
        rows = [row(0, unstopped=True, exposed=100, exposed_net=50)]
        rows += [row(seed, outcome="held" if seed < count else "rolled_back") for seed in range(8)]
        return of([replace(one, candidate=name) for one in rows])

    table = Certify.model_validate({"missed": "<= 10%"})
    (both,) = checks(table, [harmful("mild", 0), harmful("grave", 1)], sequential=False)
    (alone,) = checks(table, [harmful("grave", 1)], sequential=False)
    assert both.got == f"{alone.got}; inconclusive, too: mild (0.0%)"


def test_a_bound_from_below_has_its_smallest_as_the_worst_and_one_that_nobody_could_break_last():
    def paged(name, right, count):
        rows = [row(0, unstopped=True, exposed=100, exposed_net=50)]
        rows += [row(seed, pages=1, true_pages=int(seed < right)) for seed in range(count)]
        return of([replace(one, candidate=name) for one in rows])

    table = Certify.model_validate({"alert_precision": ">= 80%"})
    (check,) = checks(table, [paged("never", 0, 0), paged("most", 5, 6), paged("few", 4, 6)], sequential=False)
    assert check.got.startswith("few: 66.7% (")
    assert check.got.endswith("; inconclusive, too: most (83.3%), never")


@pytest.mark.parametrize(("states", "failed", "code"), [
    ((), False, ExitCode.NOTHING_ASSERTED), (("met",), False, ExitCode.MET), (("met",), True, ExitCode.INCONCLUSIVE),
    (("met", "inconclusive"), False, ExitCode.INCONCLUSIVE), (("inconclusive", "missed"), True, ExitCode.MISSED),
])
def test_the_verdict_is_a_rung_of_the_ladder(states, failed, code):
    assert verdict([Check(name="", want="", got="", state=state) for state in states], failed=failed) == code


def order(path, **more) -> Order:
    return Order(plan=read_plan(path), first=7, seeds=more.pop("seeds", 3), again="greenroom certify tiny", **more)


def test_every_candidate_meets_every_seed_and_a_few_fly_unstopped(scenario):
    flown = certify(order(scenario(LADDER), seeds=4), Here())
    assert len(flown.results) == flown.total == 3 * (4 + UNSTOPPED_SEEDS)
    null, errors = flown.characteristics()[1:]
    assert (null.effect, null.harmful) == (0.0, False)
    assert errors.effect == pytest.approx(0.3, abs=0.03)
    short, asked = certificate(flown, repeat="again").sections[:2]
    assert [one.want for one in asked.blocks] == ["<= 60%"]
    assert "A candidate just like the incumbent is rolled back in 0 of 4." in short.blocks[0].items


def test_flying_ends_at_the_same_seed_as_soon_as_rates_are_known_well_enough(scenario):
    text = LADDER + GATE
    whole = order(scenario(text), seeds=3 * ROUND, precision=0.35)
    flown = certify(whole, Here())
    assert flown.seeds == ROUND < whole.seeds
    assert certificate(flown, repeat="").data["seeds"] == ROUND
    assert all(one.wrong == share(round(one.wrong.value * ROUND), ROUND, sequential=True)
               for one in flown.characteristics(seeds=ROUND) if not one.harmful)


class Stopped(BaseException):
    """As an interrupt is."""


def test_what_is_flown_is_kept_when_it_is_stopped_and_going_on_gives_the_same_page(scenario, tmp_path):
    asked = order(scenario(LADDER))
    study = Study(Store(tmp_path / "store"), asked.study)
    told = []

    def stop_at_five(result):
        told.append(result)
        if len(told) == 5:
            raise Stopped

    with pytest.raises(Stopped), study.begun(asked.head, resume=False) as kept:
        certify(asked, Here(), study=study, kept=kept, told=stop_at_five)
    assert len(study.rows()) == 5
    assert not study.done
    rows = (study.path / "rows.jsonl").read_bytes()
    (study.path / "rows.jsonl").write_bytes(rows + rows[:30])  # as a kill in the middle of a line leaves it
    again = []
    with study.begun(asked.head, resume=True) as kept:
        flown = certify(asked, Here(), study=study, kept=kept, told=again.append)
    assert len(again) == flown.total - 5
    assert study.done
    assert as_json(certificate(flown, repeat="")) == as_json(certificate(certify(asked, Here()), repeat=""))
    assert studies(Store(tmp_path / "store")) == (asked.study,)


def test_a_flight_that_failed_is_flown_again_when_going_on(scenario):
    asked = order(scenario(LADDER), seeds=1)
    failed = Result(setting="", candidate="null", seed=7, failure="the power went out").as_row()
    flown = certify(asked, Here(), kept=[failed])
    assert not any(one.failure for one in flown.results.values())


def test_a_study_is_the_same_for_the_same_order_and_another_for_another(scenario):
    path = scenario(LADDER)
    assert order(path).study == order(path, ).study
    assert order(path).study != order(path, seeds=4).study


def test_rows_come_back_as_they_were():
    one = row(3, by_group='{"a": 1}', budget_spent=0.5)
    assert from_row(one.as_row() | {"of a later greenroom": 1}) == one


def test_only_the_candidate_that_is_asked_for_is_flown(scenario):
    asked = order(scenario(LADDER), only="null")
    assert [one.candidate for one in Flown(asked).variants] == ["null"]
