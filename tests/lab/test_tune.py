"""Tune: a world whose best setting is known, what is a frontier, and that a search goes on where it was stopped."""

from dataclasses import replace

import pytest

from sandbox.lab.breaches import breaches
from sandbox.lab.doubts import doubts
from sandbox.lab.engines import Here, Processes, standing
from sandbox.lab.frontier import Score, Trial, best, frontier
from sandbox.lab.kept import page_of
from sandbox.lab.ranges import range_of
from sandbox.lab.result import Result
from sandbox.lab.rewriting import rewritten_text
from sandbox.lab.tune import HELD_OUT, Search, Tuned, TuneError, tune
from sandbox.lab.tuned_page import tuned_page
from sandbox.lab.variants import AS_WRITTEN, NULL, Setting, changed
from sandbox.record.store import Store
from sandbox.record.studies import Study
from sandbox.report.page import Check, Table
from sandbox.report.render.page import as_json, as_text
from sandbox.scenario.read import read_plan
from sandbox.scenario.tables.certify import Certify
from sandbox.scenario.tables.certify import parse_share_bound as share

MINUTE = 60 * 10**9
WORLD = """
# Three in ten of the candidate's answers are errors; with none the gate passes at once.
format = 1
[scenario]
title = "Tiny"
seed = 3
duration = "12m"   # short
[traffic]
kind = "steady"
mean = "10/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[ramp]
steps = ["50%", "100%"]
bake = "4m"        # how long a step holds
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "60%"      # far too high
[certify]
degradations = [{ kind = "errors", rate = "30%" }]
"""
MARGIN = range_of("gates[0].max", ("10%", "60%"))
BAKE = range_of("ramp.bake", ("1m..6m",))


def search(scenario, **more) -> Search:
    told = {"ranges": (MARGIN, BAKE), "trials": 6, "first": 3, "seeds": 2, "held_out": 2, "command": "again", **more}
    return Search(plan=read_plan(scenario("", text=WORLD)), **told)


def trial(harm, exposure, *, allowed=True, missed=0.0, name="") -> Trial:
    score = Score(
        harm=harm, exposure=exposure, missed=missed, let_through=0.0, false_rollbacks=0.0 if allowed else 1.0,
        promoted=1.0,
    )
    breaches = {"false_rollback": 0.0 if allowed else 0.95}
    return Trial(settings=(Setting("key", name or f"{harm} {exposure}"),), score=score, breaches=breaches)


def test_the_frontier_is_what_nothing_allowed_beats_in_both():
    a, b, c = trial(9, 1), trial(5, 2), trial(1, 6)
    beaten, forbidden, twin = trial(6, 3), trial(0, 0, allowed=False), trial(5, 2, name="later")
    assert frontier([c, beaten, a, b, twin, forbidden]) == (a, b, c)


@pytest.mark.parametrize(("objective", "wanted"), [("harm", 2), ("exposure", 0), ("misses", 1), ("frontier", 1)])
def test_the_best_is_what_the_objective_prefers(objective, wanted):
    trials = [trial(9, 1, missed=0.5), trial(2, 2, missed=0.0), trial(1, 9, missed=0.1), trial(0, 0, allowed=False)]
    assert best(trials, objective=objective) is trials[wanted]


def test_of_a_frontier_only_what_beats_the_plan_as_written_in_both_is_best():
    """To trade harm for time, or time for harm, is for people."""
    written = replace(trial(5, 5), settings=())
    faster, safer, both = trial(9, 1), trial(1, 9), trial(4, 4)
    assert best([written, faster, safer], objective="frontier") is written
    assert best([written, faster, safer, both], objective="frontier") is both
    forbidden = replace(written, breaches={"missed": 0.5})
    assert best([forbidden, faster, safer, trial(4, 3)], objective="frontier").score.exposure == 3


def test_nothing_is_best_where_nothing_is_allowed():
    assert best([trial(0, 0, allowed=False)], objective="frontier") is None


def test_it_finds_what_is_known_to_be_best(scenario):
    """A gate at 60% never sees errors of 30% and one at 10% always does, and no bake is shorter than a minute: with
    nothing lost by it, the least harm is at 10%, and the least exposure at the shortest bake."""
    asked = search(scenario, objective="harm")
    found = tune(asked, Here())
    assert found.harmful == ("errors 30%",)
    settings = found.best.settings
    assert settings[0].value == "10%"
    untuned, tuned = (found.days(one, asked.other_days) for one in ((), settings))
    assert set(tuned) == set(untuned) == {3 + HELD_OUT, 4 + HELD_OUT}
    assert all(tuned[seed].missed == 0.0 and untuned[seed].missed == 1.0 for seed in tuned)
    assert all(tuned[seed].harm < untuned[seed].harm for seed in tuned)


def test_the_plan_as_written_is_flown_once_under_whatever_name(scenario):
    asked = search(scenario, ranges=(range_of("ramp.bake", ("2m", "4m")),), seeds=1, held_out=1, objective="exposure")
    found = tune(asked, Here())
    assert [one.settings for one in found.trials] == [(), (Setting("ramp.bake", "2m"),)]


def test_a_false_rollback_rate_that_is_not_kept_allows_nothing(scenario):
    """No answer is without errors from the begin on: the null, which has the incumbent's, is always rolled back."""
    text = WORLD.replace("60%", "0.0001%").replace('errors.rate"', 'latency.p50"').replace("0.0001%", "1ms")
    plan = read_plan(scenario("", text=text, name="strict"))
    found = tune(replace(search(scenario, ranges=(BAKE,), trials=2), plan=plan), Here())
    assert found.best is None
    page = tuned_page(found)
    assert page.verdict == "no setting that was tried is allowed (exit 1)"
    (check,) = [one for one in page.blocks if isinstance(one, Check)]
    assert check.got == "kept on the days of the search by 0 of 3 settings that were tried"


def test_a_plan_that_nothing_harms_has_nothing_to_tune(scenario):
    plan = read_plan(scenario("", text=WORLD.replace('rate = "30%"', 'rate = "0.001%"'), name="harmless"))
    with pytest.raises(TuneError, match="no candidate of this plan is harmful"):
        tune(replace(search(scenario), plan=plan), Here())


def test_no_interval_leaves_what_can_be(scenario):
    """Of two days as different as they can be Student's interval is many times as wide as what lies between them."""
    asked = search(scenario, ranges=(BAKE,))
    first, last = asked.other_days
    rows = [
        Result(
            setting="", candidate=candidate, seed=seed, outcome="promoted" if candidate == NULL else outcome,
            closed_at=closed, exposed=1, exposed_net=1, net=net, unstopped=unstopped,
        )
        for seed, closed, net, outcome in ((first, MINUTE, 0, "held"), (last, 11 * MINUTE, 900, "rolled_back"))
        for candidate, unstopped in ((NULL, False), ("errors 30%", False), ("errors 30%", True))
    ]
    rows += [replace(one, seed=day) for one in rows[:2] for day in asked.days]
    page = tuned_page(Tuned(asked, {one.key: one for one in rows}))
    (told,) = page.data["finalists"]
    assert (told["exposure"]["low"], told["exposure"]["high"]) == (0.0, 12.0 * MINUTE)
    assert "6m (0s to 12m)" in as_text(page)
    assert "1000003 to 1000004" in as_text(page)


def flown(asked: Search, *, tuned: str, harm: tuple[int, int], until: tuple[int, int], later: int = 0) -> Tuned:
    """The plan as written and one setting of it on all days, each with the same harm and exposure on every day, but for
    the tuned one's harm on days that the search does not see, which is more by `later`.
    """
    rows = [
        Result(
            setting=setting, candidate=candidate, seed=seed, outcome="promoted" if candidate == NULL else "rolled_back",
            closed_at=until[place] * MINUTE, exposed=1, exposed_net=1, unstopped=unstopped,
            net=harm[place] + place * later * (seed in asked.other_days),
        )
        for place, setting in enumerate(("", f"ramp.bake = {tuned}"))
        for candidate, unstopped in ((NULL, False), ("errors 30%", False), ("errors 30%", True))
        for seed in (*asked.days, *asked.other_days)
    ]
    return Tuned(asked, {one.key: one for one in rows})


@pytest.mark.parametrize(("tuned", "harm", "later", "said"), [
    ("1m", (9, 9), 0, ["Harm was 9 with every setting", "is an end of what was searched"]),
    ("2m", (9, 5), 0, []),
    ("2m", (9, 5), 7, ["surely worse: net harm of a harmful candidate"]),
])
def test_what_speaks_against_a_setting_is_said(scenario, tuned, harm, later, said):
    found = flown(search(scenario, ranges=(BAKE,)), tuned=tuned, harm=harm, until=(8, 4), later=later)
    told = list(doubts(found))
    assert len(told) == len(said)
    assert all(one in line for one, line in zip(said, told, strict=True))
    assert ("no setting that was tried made a difference to harm" in tuned_page(found).verdict) is (harm == (9, 9))


def with_candidate(found: Tuned, gains, *, worth: int = -1) -> Tuned:
    """What is found, and the candidate as written on two other days: (gain as written, gain with the tuned plan)."""
    rows = [
        Result(
            setting=setting, candidate=AS_WRITTEN, seed=seed, outcome="promoted", net=-gain, digest=f"{setting}{gain}",
            closed_at=(5 + 3 * bool(setting)) * MINUTE, exposed=1, exposed_net=worth, unstopped=unstopped,
        )
        for seed, both in zip(found.search.other_days, gains, strict=True)
        for setting, gain, unstopped in (("", both[0], False), ("ramp.bake = 2m", both[1], False), ("", 0, True))
    ]
    return Tuned(found.search, found.results | {one.key: one for one in rows})


@pytest.mark.parametrize(("gains", "worth", "said"), [
    (((900, 700), (1_000, 802)), -1, "It costs the candidate itself, which is good, 199 (186 to 212) requests of its "
     "gain a flight: on 2 days that the search did not see it serves 751 requests a flight better, net, and not 950; "
     "it is promoted 3m (3m to 3m) later."),
    (((900, 700), (1_000, 1_150)), -1, "Whether it costs the candidate itself, which is good, any of its gain is not "
     "sure: 25 (−2,199 to 2,249) requests a flight; "),
    (((700, 900), (802, 1_000)), -1, ""), (((900, 700), (1_000, 802)), 0, ""),
])
def test_what_settings_cost_a_good_candidate_speaks_against_them(scenario, gains, worth, said):
    """Of two days with 200 and 198 lost: t is 12.7, and the standard error 1."""
    asked = search(scenario, ranges=(BAKE,))
    found = with_candidate(flown(asked, tuned="2m", harm=(9, 5), until=(8, 4)), gains, worth=worth)
    told = [one for one in doubts(found) if "the candidate itself" in one]
    assert [one[: len(said)] for one in told] == ([said] if said else [])
    rows = [row for one in tuned_page(found).blocks if isinstance(one, Table) for row in one.rows]
    net = [row[1:] for row in rows if row[0] == "the candidate itself: net harm, requests"]
    assert len(net) == len(tuned_page(found).data["cost_to_the_candidate"][:1]) == (worth < 0)
    assert not net or net[0][0] == f"−{sum(one for one, _ in gains) // 2:,}"


def test_a_good_candidate_flies_the_tuned_plan_on_the_other_days_and_is_counted_before(scenario):
    text = WORLD.replace("[ramp]", "auc = 0.9\n[ramp]")
    asked = replace(search(scenario, ranges=(MARGIN,), objective="harm"), plan=read_plan(scenario("", text=text)))
    totals: list[int] = []
    found = tune(asked, Here(), expect=totals.append)
    assert found.good
    assert totals[-1] == len(found.results) <= totals[0] <= asked.total
    flown = {(key[0], key[3]) for key in found.results if key[1] == AS_WRITTEN and not key[2]}
    assert flown == {(name, seed) for name in ("", "gates[0].max = 10%") for seed in asked.other_days}
    assert not [one for one in doubts(found) if "the candidate itself" in one], "no gate stops it, whatever is set"
    rows = [row for one in tuned_page(found).blocks if isinstance(one, Table) for row in one.rows]
    assert ("none in 2",) in [row[3:] for row in rows if row[0] == "the candidate itself: promoted"]


def test_what_breaks_a_bound_that_certify_states_is_not_allowed():
    table = Certify(false_rollback=share("<= 40%"), promoted=share(">= 50%"), missed=share("< 50%"))

    def day(null: str, worse: str, worst: str):
        outcomes = {NULL: null, "worse": worse, "worst": worst}
        return {one: Result(setting="", candidate=one, seed=1, outcome=outcome) for one, outcome in outcomes.items()}

    days = [day("promoted", "held", "rolled_back"), day("rolled_back", "rolled_back", "rolled_back")]
    found = breaches(table, days)
    assert found == {"false_rollback": pytest.approx(0.1), "promoted": 0.0, "missed": pytest.approx(1e-9)}
    assert Trial(settings=(), score=trial(1, 1).score, breaches=found).broken == ("false_rollback", "missed")
    assert breaches(Certify(), days) == {}


@pytest.mark.parametrize(("stated", "broken"), [
    ({"harmed_users": "< 500"}, {"harmed_users": 0.45}),
    ({"harmed_users": "<= 900"}, {"harmed_users": 0.0}),
    ({"detected_within": "10m"}, {"detected_within": 0.4}),
    ({"full_exposure_within": "5m"}, {"full_exposure_within": 0.4}),
    ({"full_exposure_within": "3m"}, {"full_exposure_within": 0.9}),
    ({"pages": "< 0.5"}, {"pages": 1.0}),
    ({"alert_precision": ">= 80%"}, {"alert_precision": 0.3}),
    ({"alert_recall": ">= 40%"}, {"alert_recall": 0.0}),
])
def test_every_bound_of_certify_binds_a_search(stated, broken):
    """Two days: harm that 400 users meet and that is found in a minute, and harm that 900 do and that nobody finds."""
    def day(seed, users, detected, *, closed, pages, true):
        null = Result(
            setting="", candidate=NULL, seed=seed, outcome="promoted" if closed else "held", pages=pages,
            closed_at=closed and (2 + closed) * MINUTE,
        )
        worse = Result(
            setting="", candidate="worse", seed=seed, outcome="rolled_back", users=users, onset_at=MINUTE,
            detected_at=detected, pages=2, true_pages=true,
        )
        return {NULL: null, "worse": worse}

    days = [
        day(1, 400, 2 * MINUTE, closed=4, pages=3, true=2), day(2, 900, None, closed=None, pages=0, true=0),
    ]
    found = breaches(Certify.model_validate(stated), days, began=2 * MINUTE)
    assert found == pytest.approx(broken)


def test_bounds_about_what_never_came_are_not_broken():
    quiet = {one: Result(setting="", candidate=one, seed=1, outcome="promoted") for one in (NULL, "worse")}
    table = Certify.model_validate({"detected_within": "1m", "alert_precision": ">= 90%", "alert_recall": ">= 90%"})
    assert set(breaches(table, [quiet]).values()) == {0.0}


def test_a_bound_on_harmed_users_keeps_out_what_harms_more(scenario):
    """With everybody at once a rollout is over soonest, and three in ten of all who came meet an error before the gate
    looks, and not of half of them: where [certify] allows no more than lie between, half is what is left."""
    steps = range_of("ramp.steps", ('["50%", "100%"]', '["100%"]'))
    asked = search(scenario, ranges=(steps,), objective="exposure")
    free, bound = (
        tune(replace(asked, plan=read_plan(scenario("", text=WORLD.replace("60%", "10%") + more, name=name))), Here())
        for name, more in (("free", ""), ("bound", 'harmed_users = "< 130"\n'))
    )
    assert [one.value for one in free.changes] == ['["100%"]']
    assert bound.changes == ()
    assert [one.broken for one in bound.trials] == [(), ("harmed_users",)]
    checks = {one.name: one.state for one in tuned_page(bound).blocks if isinstance(one, Check)}
    assert checks["harmed_users"] == "inconclusive", "two held-out days cannot show that 19 of 20 keep it"


def test_a_tuned_plan_that_check_warns_of_is_told_so(scenario):
    """Labels judged after ten minutes: a step that bakes for five shows nothing of quality."""
    quality = '[[gates]]\nkind = "threshold"\nmetric = "quality.accuracy"\nmin = "1%"\n'
    labels = '[labels]\ndelay = "1m"\nslowest = "3m30s"\n'
    plan = read_plan(scenario(quality + labels, text=WORLD, name="judged"))
    asked = replace(search(scenario, ranges=(BAKE,)), plan=plan)
    told = list(doubts(flown(asked, tuned="2m", harm=(9, 5), until=(8, 4))))
    warned = "greenroom check warns of it, and not of the plan as written: bake-before-labels"
    assert [one for one in told if one.startswith(warned)]
    assert not list(doubts(flown(asked, tuned="5m", harm=(9, 5), until=(8, 4))))


def test_what_need_not_change_stays_as_it_is_written(scenario):
    """Nothing here looks at features: whatever is tried of how many are looked at, the plan's own stays."""
    idle = range_of("telemetry.sample", ("20%", "50%"))
    found = tune(search(scenario, ranges=(MARGIN, idle), seeds=1, held_out=1, objective="harm"), Here())
    settings = {one.key: one.value for one in found.best.settings}
    assert settings["telemetry.sample"] == found.search.written("telemetry.sample") == "10%"
    assert [one.key for one in found.changes] == ["gates[0].max"]
    assert found.best.changes == 1


class Stopped(BaseException):
    """As an interrupt is."""


def test_a_search_that_was_stopped_goes_on_and_any_engine_comes_to_the_same(scenario, tmp_path):
    asked = search(scenario, trials=2)
    study = Study(Store(tmp_path / "store"), asked.study)
    told, again = [], []

    def stop_at_seven(result):
        told.append(result)
        if len(told) == 7:
            raise Stopped

    with pytest.raises(Stopped), study.begun(asked.head, resume=False) as kept:
        tune(asked, Here(), study=study, kept=kept, told=stop_at_seven)
    with study.begun(asked.head, resume=True) as kept, standing(Processes(2)) as engine:
        found = tune(asked, engine, study=study, kept=kept, told=again.append)
    assert len(again) == len(found.results) - 7
    straight = as_json(tuned_page(tune(asked, Here())))
    assert as_json(tuned_page(found)) == straight == as_json(page_of(study))


def test_the_tuned_scenario_keeps_its_comments(scenario):
    plan = read_plan(scenario("", text=WORLD))
    settings = (
        Setting("ramp.bake", "7m"), Setting("gates[0].max", "5%"), Setting("labels.delay", "3m"),
        Setting("ramp.steps", '["5%", "100%"]'),
    )
    text = rewritten_text(plan, settings)
    assert 'bake = "7m"        # how long a step holds' in text
    assert "# Three in ten" in text
    assert (tmp := scenario("", text=text, name="tuned")).exists()
    assert read_plan(tmp).document == changed(plan, settings).document
