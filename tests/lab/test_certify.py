"""Certify: what rows come to, when flying ends, and that a study goes on where it was stopped."""

import math
from dataclasses import replace

import pytest

from sandbox.base.bound import parse_bound
from sandbox.lab.bounds import checks, state_of
from sandbox.lab.certificate import certificate, verdict
from sandbox.lab.certify import ROUND, UNSTOPPED_SEEDS, Flown, Order, certify
from sandbox.lab.engines import Here
from sandbox.lab.intervals import Estimate, seeds_for_width, share, widened
from sandbox.lab.operating import characteristics
from sandbox.lab.result import Result, from_row
from sandbox.lab.wording import rounded_up
from sandbox.record.store import Store
from sandbox.record.studies import Study, studies
from sandbox.report.charts import Lines
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


def harmful(name: str, kept: int, *, of_all: int):
    """A candidate that is harmful, and is kept in so many flights of all."""
    rows = [row(0, unstopped=True, exposed=100, exposed_net=50)]
    rows += [row(seed, outcome="held" if seed < kept else "rolled_back") for seed in range(of_all)]
    return of([replace(one, candidate=name) for one in rows])


def test_the_worst_of_all_candidates_that_a_bound_is_about_is_told():
    table = Certify.model_validate({"missed": "<= 30%"})
    (check,) = checks(table, [harmful("mild", 55, of_all=60), harmful("grave", 0, of_all=60)], sequential=False)
    assert (check.state, check.got.split(":")[0]) == ("missed", "mild")


@pytest.mark.parametrize(("kept", "state"), [((0, 2), "inconclusive"), ((30, 60), "missed"), ((0, 1), "inconclusive")])
def test_of_candidates_that_are_alike_open_or_missed_the_furthest_out_is_told_first(kept, state):
    """In any order: with 0 and 2 of 6 missed nobody knows of either, and it is the 2 that a board must read."""
    flights = 60 if state == "missed" else 6
    found = [harmful("mild", kept[0], of_all=flights), harmful("grave", kept[1], of_all=flights)]
    table = Certify.model_validate({"missed": "<= 10%"})
    for some in (found, found[::-1]):
        (check,) = checks(table, some, sequential=False)
        share_of_mild = f"{100 * kept[0] / flights:.1f}%"
        assert check.state == state
        assert check.got.startswith(f"grave: {100 * kept[1] / flights:.1f}% (")
        assert check.got.endswith(f"; {state}, too: mild ({share_of_mild})")


def test_the_seeds_that_would_tell_are_those_of_the_candidate_that_is_told():
    mild, grave = harmful("mild", 0, of_all=8), harmful("grave", 1, of_all=8)
    table = Certify.model_validate({"missed": "<= 10%"})
    (both,) = checks(table, [mild, grave], sequential=False)
    (alone,) = checks(table, [grave], sequential=False)
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
    assert short.blocks[0].items[0] == (
        "A candidate just like the incumbent is rolled back in 0 of 4, promoted in 4 of 4."
    )


def test_flying_ends_at_the_same_seed_as_soon_as_rates_are_known_well_enough(scenario):
    text = LADDER + GATE
    whole = order(scenario(text), seeds=3 * ROUND, precision=0.35)
    flown = certify(whole, Here())
    assert flown.seeds == ROUND < whole.seeds
    page = certificate(flown, repeat="")
    assert page.data["seeds"] == ROUND
    width = page.data["known_to_within"]
    assert 0.0 < width <= 0.35
    assert page.sections[0].blocks[0].items[-1] == (
        f"Every rate of wrong decisions is known to within {100 * width:.1f}pp, and 35.0pp was asked: flying ended at "
        f"seed {ROUND} of {3 * ROUND}."
    )
    read = page.sections[-1].blocks[0]
    assert "confidence sequences" in read
    assert f"of means, over {ROUND} flights, {widened(ROUND):.2f} times as wide as Student's t" in read
    assert all(one.wrong == share(round(one.wrong.value * ROUND), ROUND, sequential=True)
               for one in flown.characteristics(seeds=ROUND) if not one.harmful)


def flown_of(scenario, rows, *, bounds="", **more) -> Flown:
    """An order as if it had been flown, of these rows."""
    asked = order(scenario(f"[certify]\n{bounds}"), **more)
    return Flown(asked, {one.key: one for one in rows}, seeds=more.get("seeds", 3))


def fared(name, outcomes, **more) -> list[Result]:
    """One flight an outcome, and one with nobody to stop it, in which half are served worse unless it is the null."""
    net = 0 if name in ("null", "as written") else 500
    left = Result(setting="", candidate=name, seed=7, unstopped=True, exposed=1_000, exposed_net=net)
    return [left, *(
        Result(setting="", candidate=name, seed=7 + seed, outcome=outcome, largest_share=share, **more)
        for seed, (outcome, share) in enumerate(outcomes)
    )]


def in_short(flown) -> tuple[str, ...]:
    return certificate(flown, repeat="").sections[0].blocks[0].items


def test_a_null_that_is_neither_promoted_nor_rolled_back_is_said_to_stay_where_it_stays(scenario):
    ends = [("held", 0.05)] * 5 + [("held", 0.25), ("held", 0.0), ("promoted", 1.0), ("rolled_back", 0.5)]
    rows = [*fared("null", ends), *fared("as written", [*[("promoted", 1.0)] * 8, ("held", 1.0)])]
    assert in_short(flown_of(scenario, rows, seeds=9)) == (
        "A candidate just like the incumbent is rolled back in 1 of 9, promoted in 1 of 9: 1 never leaves shadow, "
        "5 never leave 5%, 1 never leaves 25%.",
        "The candidate as written is rolled back in 0 of 9, promoted in 8 of 9: 1 has everybody when the flight ends.",
    )


@pytest.mark.parametrize(("bound", "said"), [
    ('missed = "<= 1%"\n', "Harmful, and not rolled back as often as was asked (missed <= 1%)"),
    ('missed = "<= 30%"\n', "Harmful, and too few seeds to tell whether they are rolled back as often as was asked "
     "(missed <= 30%)"),
    ('missed = "<= 60%"\n', "Harmful, and rolled back as often as was asked (missed <= 60%)"),
    ("", "Harmful, and rolled back in most flights, not in all"),
])
def test_who_is_harmful_and_not_always_rolled_back_is_told_by_what_was_asked_and_never_as_praise(scenario, bound, said):
    rows = fared("errors 30%", [("held", 0.05)] * 10 + [("rolled_back", 0.05)] * 30)
    ladder = 'degradations = [{ kind = "errors", rate = "30%" }]\n'
    flown = flown_of(scenario, rows, bounds=ladder + bound, seeds=40)
    assert in_short(flown) == (f"{said}: errors 30% (30 of 40 rolled back).",)


def test_seeds_that_run_out_before_the_precision_is_reached_are_said_to_with_how_many_would_do(scenario):
    rows = fared("errors 30%", [("held", 0.05)] * 10 + [("rolled_back", 0.05)] * 30)
    ladder = 'degradations = [{ kind = "errors", rate = "30%" }]\n'
    flown = flown_of(scenario, rows, bounds=ladder, seeds=40, precision=0.2)
    width = share(30, 40, sequential=True).width
    assert width > 0.2
    would = rounded_up(seeds_for_width(share(10, 40, sequential=True), 0.2))
    assert in_short(flown)[-1] == (
        "The precision of 20.0pp was not reached: the seeds ran out, and how often errors 30% is dealt with wrongly is "
        f"known to within {100 * width:.1f}pp from 40 flights; about {would} seeds would do."
    )
    assert share(would // 4, would, sequential=True).width <= 0.2 < share(would // 5, would // 2, sequential=True).width
    lost = [replace(one, failure="" if one.unstopped else "no memory") for one in rows]
    nothing = flown_of(scenario, lost, bounds=ladder, seeds=40, precision=0.2)
    assert in_short(nothing)[-1].endswith("is dealt with wrongly nobody knows: none of its flights could be flown.")
    unhurried = replace(flown, order=replace(flown.order, precision=None))
    assert not [one for one in in_short(unhurried) if "precision" in one]
    assert "for one look at the end" in certificate(unhurried, repeat="").sections[-1].blocks[0]


def test_the_chart_of_power_names_every_degradation_and_has_their_intervals(scenario):
    rows = [*fared("errors 30%", [("held", 0.05)] * 4), *fared("errors 3%", [("rolled_back", 0.05)] * 4)]
    rows = [replace(one, exposed_net=20) if one.unstopped and one.candidate == "errors 3%" else one for one in rows]
    ladder = 'degradations = [{ kind = "errors", rate = "30%" }, { kind = "errors", rate = "3%" }]\n'
    blocks = certificate(flown_of(scenario, rows, bounds=ladder, seeds=4), repeat="").blocks
    (power,) = [one for one in blocks if isinstance(one, Lines) and one.title.startswith("Power")]
    assert power.ticks == ((0.02, "2.0%"), (0.5, "50.0%"))
    (series,) = power.series
    assert (series.low[0], series.high[1]) == (share(4, 4).low, share(0, 4).high)


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
