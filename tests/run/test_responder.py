"""On-call: reactions as distributed, pages answered by whoever they reach, runbooks followed on telemetry."""

import math

import numpy as np
import pytest
from scipy.stats import binom, kstest, lognorm, norm

from sandbox.base.flight import Flight
from sandbox.operate.doing import Doing, attempt
from sandbox.operate.oncall.simulated import Simulated
from sandbox.run.session import Session, fly
from sandbox.scenario.read import read_plan
from tests.run.operated import BOOK, MINUTE, SLOW, TEXT, facts, plan_of

SEEDS = 2_000


def lognormal(p50: float, p99: float):
    """The lognormal distribution with these quantiles, in minutes, as scipy has it."""
    return lognorm(s=math.log(p99 / p50) / norm.ppf(0.99), scale=p50)


def test_reactions_are_distributed_as_the_table_says() -> None:
    oncall = Simulated.model_validate({
        "acknowledge": {"p50": "3m", "p99": "20m"}, "decide": {"p50": "5m", "p99": "9m"}, "misdiagnose": "10%",
        "asleep": "30%", "step": {"p50": "30s", "p99": "4m"},
    })
    seen = [oncall.reaction("on-call", seed=seed, page=seed % 3) for seed in range(SEEDS)]
    # A true distribution is rejected at this level once in ten thousand.
    assert kstest([one.acknowledges / MINUTE for one in seen], lognormal(3, 20).cdf).pvalue > 1e-4
    assert kstest([one.decides / MINUTE for one in seen], lognormal(5, 9).cdf).pvalue > 1e-4
    paused = [oncall.pause("on-call", seed=seed, step=1) / MINUTE for seed in range(SEEDS)]
    assert kstest(paused, lognormal(0.5, 4).cdf).pvalue > 1e-4
    assert kstest([one.mistake for one in seen], "uniform").pvalue > 1e-4
    low, high = binom.interval(0.9999, SEEDS, 0.1)
    assert low <= sum(one.misdiagnoses for one in seen) <= high
    low, high = binom.interval(0.9999, SEEDS, 0.3)
    assert low <= sum(oncall.sleeps("on-call", seed=seed) for seed in range(SEEDS)) <= high
    both = np.corrcoef([one.acknowledges for one in seen], [one.decides for one in seen])[0, 1]
    assert abs(both) < 4 / math.sqrt(SEEDS)


def test_attempts_take_and_fail_as_the_table_says() -> None:
    doing = Doing.model_validate({"takes": {"p50": "2m", "p99": "12m"}, "fails": "25%"})
    seen = [attempt(doing, "roll back", seed=seed, number=0) for seed in range(SEEDS)]
    assert kstest([one.takes / MINUTE for one in seen], lognormal(2, 12).cdf).pvalue > 1e-4
    low, high = binom.interval(0.9999, SEEDS, 0.75)
    assert low <= sum(one.works for one in seen) <= high
    always = Doing.model_validate({"takes": "2m"})
    assert {attempt(always, "scale", seed=seed, number=1).takes for seed in range(9)} == {2 * MINUTE}


def test_roles_and_pages_have_luck_of_their_own() -> None:
    oncall = Simulated.model_validate({"acknowledge": {"p50": "3m", "p99": "20m"}})
    seen = {oncall.reaction(role, seed=1, page=page).acknowledges for role in ("a", "b") for page in range(5)}
    assert len(seen) == 10
    assert oncall.reaction("a", seed=1, page=0) == oncall.reaction("a", seed=1, page=0)


QUICK = '[oncall]\nkind = "simulated"\nacknowledge = "1m"\ndecide = "1m"\nstep = "30s"\n'


def did(flight: Flight) -> list[tuple[float, str, str]]:
    return [(at, one["actor"], one["kind"]) for at, one in facts(flight, "command") if one["actor"] != "policy"]


def found(flight: Flight) -> list[tuple[str, str]]:
    return [(one["title"], one["what"]) for _, one in facts(flight, "verify")]


def test_who_is_paged_acknowledges_declares_diagnoses_and_follows_the_runbook() -> None:
    flight = fly(plan_of(SLOW + BOOK + QUICK))
    (page,) = [one["sent_at"] / MINUTE for _, one in facts(flight, "notify") if one["firing"]]
    steps = did(flight)
    assert [kind for _, _, kind in steps] == [
        "acknowledge", "declare", "diagnose", "perform", "roll back", "close", "send", "update",
    ]
    assert {actor for _, actor, _ in steps} == {"on-call"}
    assert [at - page for at, _, _ in steps[:5]] == pytest.approx([1, 1, 2, 2.5, 2.5])
    assert found(flight) == [("back", "verified")]
    assert flight.outcome == "rolled_back"
    said = [one["arguments"] for _, one in facts(flight, "command") if one["kind"] in ("diagnose", "update")]
    assert said == [{"cause": "latency"}, {"audience": "support", "text": "candidate is at 0%"}]


def test_who_sleeps_does_nothing_and_the_harm_goes_on() -> None:
    flight = fly(plan_of(SLOW + BOOK + QUICK + 'asleep = "100%"\n'))
    assert did(flight) == []
    assert flight.outcome == "held"


def test_who_misdiagnoses_follows_another_runbook_to_its_end() -> None:
    other = '[runbook.fast]\ndiagnosis = "errors"\n[[runbook.fast.steps]]\ntitle = "by hand"\ncommand = "look"\n' \
        'then = "done"\n'
    flight = fly(plan_of(SLOW + BOOK + other + QUICK + 'misdiagnose = "100%"\n'))
    said = [one["arguments"] for _, one in facts(flight, "command") if one["kind"] in ("diagnose", "perform")]
    assert said == [{"cause": "errors"}, {"runbook": "fast", "step": 1}]
    assert flight.outcome == "held"
    alone = fly(plan_of(SLOW + BOOK + QUICK + 'misdiagnose = "100%"\n'))
    causes = [one["arguments"]["cause"] for _, one in facts(alone, "command") if one["kind"] == "diagnose"]
    assert causes == ["none"], "with no other runbook it is taken for nothing"


FAILS = '[operations."roll back"]\ntakes = "20s"\nfails = "100%"\nsays = "locked"\n'


def test_what_fails_is_handed_up_the_path_at_once() -> None:
    flight = fly(plan_of(SLOW + BOOK + QUICK + FAILS))
    assert found(flight)[0] == ("back", "not done")
    (failed,) = [at for at, one in facts(flight, "verify") if one["actor"] == "on-call"]
    escalated = [(at, one["arguments"]["role"]) for at, one in facts(flight, "command") if one["kind"] == "escalate"]
    assert escalated == [(pytest.approx(failed), "lead")]
    assert [one["because"] for _, one in facts(flight, "effect") if one["what"] == "failed"] == ["locked", "locked"]
    tried = [(actor, kind) for _, actor, kind in did(flight) if kind == "roll back"]
    assert tried == [("on-call", "roll back"), ("lead", "roll back")]


def test_a_step_that_asks_for_what_is_so_already_is_done() -> None:
    held = BOOK.replace('action = "roll back"', 'action = "hold"')
    session = Session(plan_of(SLOW + held))
    session.advance(8 * MINUTE)
    session.apply("hold", actor="ada")
    session.apply("perform", actor="ada", runbook="slow", step=1)
    assert [kind for _, _, kind in did(session.finish())] == ["hold", "perform"], "nothing was refused"
    assert session.refusal("hold")


# What is verified is what telemetry shows, and nothing else.


def performed(more: str, *, seconds: int = 0) -> Flight:
    session = Session(plan_of(SLOW + BOOK + more))
    session.advance(8 * MINUTE + seconds * 10**9)
    session.apply("perform", actor="ada", runbook="slow", step=1)
    return session.finish()


def test_a_step_is_verified_by_windows_that_began_after_it() -> None:
    flight = performed("")
    ((at, one),) = facts(flight, "verify")
    assert (at, one["what"]) == (8.5, "verified")
    ((at, one),) = facts(performed("", seconds=10), "verify")
    assert (at, one["what"]) == (8.5, "verified"), "a rollback begins a window of its own"


def test_telemetry_that_comes_late_verifies_late_though_all_is_well_in_truth() -> None:
    ((at, one),) = facts(performed('[telemetry]\ndelay = "45s"\n'), "verify")
    assert (at, one["what"]) == (9.5, "verified")


def test_where_nothing_is_seen_nothing_is_verified_though_all_is_well_in_truth() -> None:
    hidden = '[[faults]]\nkind = "scrape-gap"\nat = "7m"\n'
    flight = performed(hidden)
    ((at, one),) = facts(flight, "verify")
    assert (at, one["what"], one["because"]) == (11, "not verified", "nothing was seen within 3m")
    seen = performed("")
    late = slice(9 * MINUTE // flight.header.tick, None)
    assert np.array_equal(flight.truth.harmed[late], seen.truth.harmed[late])
    assert not flight.truth.harmed[late, 1].any(), "the rollback worked"


def test_what_does_not_show_in_time_is_not_verified() -> None:
    never = BOOK.replace("latency.p95{arm=incumbent} < 200ms", "latency.p95{arm=candidate} < 1ms")
    session = Session(plan_of(SLOW + never))
    session.advance(8 * MINUTE)
    session.apply("perform", actor="ada", runbook="slow", step=1)
    ((at, one),) = facts(session.finish(), "verify")
    assert (at, one["what"], one["because"]) == (
        11, "not verified", "not latency.p95{arm=candidate} < 1ms within 3m",
    )


def test_a_recipe_is_not_begun_before_what_it_requires_holds() -> None:
    recipe = '[runbook.slow.rollback]\nrequires = ["latency.p95{arm=incumbent} < 1ms"]\n' \
        '[[runbook.slow.rollback.steps]]\ntitle = "whole"\naction = "roll back"\n'
    session = Session(plan_of(SLOW + BOOK + recipe))
    session.advance(8 * MINUTE)
    session.apply("perform", actor="ada", runbook="slow", step=2)
    flight = session.finish()
    ((_, one),) = facts(flight, "verify")
    assert (one["what"], one["because"]) == ("not done", "the recipe requires latency.p95{arm=incumbent} < 1ms")
    assert flight.outcome == "held"


def test_a_decision_point_leads_where_telemetry_says() -> None:
    asks = '[runbook.ask]\nalerts = ["slow"]\n[[runbook.ask.steps]]\ntitle = "both?"\n' \
        'verify = "latency.p95{{arm=incumbent}} {sign} 200ms"\nthen = "back"\notherwise = "done"\n' \
        '[[runbook.ask.steps]]\ntitle = "back"\naction = "roll back"\nthen = "done"\n'
    yes, no = (fly(plan_of(SLOW + asks.format(sign=sign) + QUICK)) for sign in ("<", ">"))
    assert (found(yes)[0], yes.outcome) == (("both?", "verified"), "rolled_back")
    assert (found(no), no.outcome) == ([("both?", "not verified")], "held")


# Timelines.


def test_a_scripted_on_call_does_what_its_file_says_whatever_happens(tmp_path) -> None:
    text = TEXT + '[oncall]\nkind = "scripted"\nscript = "a.toml"\n'
    (tmp_path / "x.toml").write_text(text)
    (tmp_path / "a.toml").write_text(
        '[[commands]]\nat = "3m10s"\nkind = "hold"\nactor = "ada"\n[[commands]]\nat = "2m"\nkind = "resume"\n'
    )
    flight = fly(read_plan(tmp_path / "x.toml"))
    asked = [(at, one["actor"], one["kind"], one["answer"]) for at, one in facts(flight, "command")]
    assert asked[:2] == [
        (2, "operator", "resume", "refused"), (pytest.approx(3 + 1 / 6), "ada", "hold", "accepted"),
    ]
    assert {one["origin"] for _, one in facts(flight, "command")} == {"plan"}


def test_an_autopilot_grants_every_approval_at_once() -> None:
    asked = TEXT.replace('bake = "15m"', 'bake = "2m"\napprovals = [{ step = 2, role = "risk" }]')
    waits, goes = (fly(plan_of(more, text=asked)) for more in ("", '[oncall]\nkind = "autopilot"\n'))
    steps = [[at for at, one in facts(flight, "ramp") if one["what"] == "step"] for flight in (waits, goes)]
    assert steps == [[1.0], [1.0, 3.0]]
