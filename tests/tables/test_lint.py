"""What `check` warns of, each beside the nearest plan that it lets pass."""

from typing import get_args

import pytest
import tomli

from sandbox.cli.scenarios import bundled
from sandbox.scenario.document import Document
from sandbox.scenario.lint.rules import RULES, findings, unused
from sandbox.scenario.problems import dotted
from sandbox.scenario.read import read_plan
from sandbox.scenario.tables.lint import RuleId

PLAN = """
[scenario]
title = "A plan"
duration = "4h"
[traffic]
kind = "steady"
mean = "100/s"
[models.incumbent]
kind = "synthetic"
errors = "1%"
[models.candidate]
kind = "synthetic"
errors = "1%"
[labels]
delay = "2m"
slowest = "5m"
"""
RAMP = '[ramp]\nsteps = ["5%", "50%"]\nbake = "20m"\n'
GUARD = '[[gates]]\nname = "guard"\nkind = "threshold"\nmetric = "failures.rate"\nmax = "5%"\nminimum = 1000\n'
ESTIMATE = '[[gates]]\nname = "est"\nkind = "threshold"\nmetric = "estimate.accuracy"\nmin = "70%"\nminimum = 1000\n'


def gate(text: str) -> str:
    return f'{RAMP}{GUARD}[[gates]]\nname = "x"\n{text}\n'


def limit(metric: str, bound: str, more: str = "") -> str:
    return gate(f'kind = "threshold"\nmetric = "{metric}"\n{bound}\n{more}')


def worse(metric: str, margin: str, more: str = "") -> str:
    return gate(f'kind = "no-worse"\nmetric = "{metric}"\nmargin = "{margin}"\n{more}')


def checks(text: str) -> str:
    metrics = f'[{{ metric = "latency.p99", max = "1900ms" }}, {{ metric = "errors.rate", {text} }}]'
    return gate(f'kind = "checks"\nmetrics = {metrics}')


def alert(text: str, more: str = "") -> str:
    return f'{RAMP}{GUARD}[[alerts]]\nname = "a"\naction = "hold"\n{text}\n{more}'


STEADFAST = RAMP + GUARD

PAGED = (
    alert('expr = "errors.rate > 3%"').replace('action = "hold"\n', "")
    + '[notify]\nto = "on-call"\n[oncall]\nkind = "simulated"\n'
)
BOOK = '[runbook.a]\nalerts = ["a"]\n[[runbook.a.steps]]\ntitle = "b"\naction = "roll back"\n'
OTHER_ALERT = '[[alerts]]\nname = "b"\nexpr = "errors.rate > 9%"\nseverity = "ticket"\n'
OBJECTIVE = STEADFAST + '[[slos]]\nname = "s"\nmetric = "errors.rate"\nobjective = "99%"\n'
SUMS = 'kind = "cusum"\nmetric = "errors.rate"\n'
FAIR = (
    '[[groups]]\nname = "a"\nshare = "70%"\n[[groups]]\nname = "b"\nshare = "30%"\n'
    + gate('kind = "fairness"')
)
ROWS = [
    ("gate-never-fails", "gates[1].max", limit("errors.rate", 'max = "100%"'), limit("errors.rate", 'max = "50%"')),
    ("gate-never-fails", "gates[1].max", limit("latency.p99", 'max = "2s"'), limit("latency.p99", 'max = "1900ms"')),
    ("gate-never-fails", "gates[1].min", limit("quality.tpr", 'min = "0%"'), limit("quality.tpr", 'min = "1%"')),
    ("gate-never-fails", "gates[1].margin", worse("errors.rate", "100pp"), worse("errors.rate", "99pp")),
    ("gate-never-fails", "gates[1].margin", gate('kind = "no-worse"\nmetric = "errors.rate"\nmargin = 20'),
     gate('kind = "no-worse"\nmetric = "errors.rate"\nmargin = 0.2')),
    ("gate-never-fails", "gates[1].margin", worse("latency.p99", "20"), worse("latency.p99", "20ms")),
    ("gate-never-fails", "gates[1].margin", worse("latency.p99", "2s"), worse("latency.p99", "1999ms")),
    ("gate-never-fails", "gates[1].margin", worse("quality.accuracy", "100%"), worse("quality.accuracy", "99%")),
    ("gate-never-fails", "gates[1].margin", worse("quality.accuracy", "100%"), worse("quality.wrong", "100%")),
    ("gate-never-fails", "gates[1].metrics[1].max", checks('max = "100%"'), checks('max = "99%"')),
    ("gate-never-fails", "gates[1].metrics[1].min", checks('min = "0%"'), checks('min = "1%"')),
    ("gate-never-fails", "gates[1].metrics[1].max", checks('max = "100%", min = "0%"'),
     checks('max = "100%", min = "1%"')),
    # 5% of 100/s for 5m are 1,500; 2% of 5m at 5% are 30 of a sample of a tenth: 150.
    ("gate-without-data", "gates[1]", limit("errors.rate", 'max = "9%"', 'over = "10s"'),
     limit("errors.rate", 'max = "9%"', 'over = "1m"')),
    ("gate-without-data", "gates[1]", limit("drift.psi", "max = 0.9", 'over = "3m"'),
     limit("drift.psi", "max = 0.9", 'over = "4m"')),
    # Twice the bake of 20m at 5 a second are 12,000.
    ("gate-without-data", "gates[1]", limit("errors.rate", 'max = "9%"', "minimum = 13_000"),
     limit("errors.rate", 'max = "9%"', "minimum = 11_000")),
    ("gate-without-data", "gates[1]", worse("failures.rate", "50%") + "SOUND", worse("failures.rate", "1pp") + "SOUND"),
    ("gate-without-data", "gates[1]", worse("failures.rate", "50%") + "SOUND", worse("failures.rate", "50%")),
    ("bake-before-labels", "gates[1].metric", worse("quality.wrong", "90%").replace("20m", "5m"),
     worse("quality.wrong", "90%").replace("20m", "6m")),
    ("gate-without-power", "gates[1]", worse("errors.rate", "5%"), worse("errors.rate", "60%")),
    ("gate-without-power", "gates[1]", worse("quality.wrong", "2%"), worse("quality.wrong", "20%")),
    ("gate-without-power", "gates[1]", gate('kind = "better"\nmetric = "errors.rate"\nby = "100%"'),
     gate('kind = "better"\nmetric = "errors.rate"\nby = "99%"')),
    ("gate-without-power", "gates[1]", FAIR + 'worse = "2%"\n', FAIR + 'worse = "20%"\n'),
    ("plan-outlasts-flight", "ramp", RAMP.replace("20m", "2h") + GUARD, RAMP.replace("20m", "119m") + GUARD),
    ("plan-outlasts-flight", "ramp", RAMP.replace("20m", "2h") + GUARD,
     RAMP.replace("20m", "2h") + GUARD + '[expect]\noutcome = "held"\n'),
    # 5 a second, then 50: 60,000 take 3h20m and 20m; 66,000 another 22m.
    ("plan-outlasts-flight", "ramp.minimum", RAMP + "minimum = 66_000\n" + GUARD, RAMP + "minimum = 60_000\n" + GUARD),
    ("plan-outlasts-flight", "gates[1]", limit("errors.rate", 'max = "50%"', 'count = 13\ninterval = "10m"'),
     limit("errors.rate", 'max = "50%"', 'count = 12\ninterval = "10m"')),
    ("plan-outlasts-flight", "gates[1]", limit("errors.rate", 'max = "50%"', 'initial_delay = "2h"'),
     limit("errors.rate", 'max = "50%"', 'initial_delay = "2h"\ndry_run = true')),
    # 300 in the first minute at 5%: 1.8% is 1.4 standard errors above 1%, later looks add to it.
    ("threshold-in-the-noise", "gates[1]", limit("errors.rate", 'max = "1.8%"'),
     limit("errors.rate", 'max = "1.8%"', "minimum = 1_000")),
    ("threshold-in-the-noise", "gates[1]", limit("errors.rate", 'max = "1.8%"'),
     limit("errors.rate", 'max = "1.8%"', "failure_limit = 1")),
    ("threshold-in-the-noise", "gates[1]", limit("errors.rate", 'max = "1.8%"'),
     limit("errors.rate", 'max = "1.8%"') + "FASTER"),
    ("threshold-in-the-noise", "gates[1]", limit("errors.rate", 'max = "2%"') + "[users]\nconsent = \"50%\"\n",
     limit("errors.rate", 'max = "2%"')),
    ("threshold-in-the-noise", "gates[1]", limit("drift.psi.f1", "max = 0.1", "minimum = 150"),
     limit("drift.psi.f1", "max = 0.1", "minimum = 400")),
    ("requests-for-users", "gates[1].unit", worse("errors.rate", "90%", 'unit = "request"'),
     worse("errors.rate", "90%")),
    ("requests-for-users", "gates[1].unit", gate('kind = "srm"\nunit = "request"'), gate('kind = "srm"')),
    ("step-unguarded", "ramp", RAMP, RAMP + GUARD),
    ("step-unguarded", "ramp", RAMP + GUARD + "steps = [1]\n", alert('expr = "errors.rate > 3%"').replace(
        GUARD, GUARD + "steps = [1]\n")),
    ("step-unguarded", "ramp", RAMP.replace('"50%"', '"100%"') + '[[gates]]\nkind = "srm"\n',
     RAMP.replace('"50%"', '"100%"') + GUARD),
    ("step-unguarded", "ramp", PAGED.replace(GUARD, "") + BOOK.replace("roll back", "restart"),
     PAGED.replace(GUARD, "") + BOOK),
    ("step-unguarded", "ramp", PAGED.replace(GUARD, "") + BOOK.replace('["a"]', '["b"]') + OTHER_ALERT,
     PAGED.replace(GUARD, "") + BOOK.replace('["a"]', '["b"]') + OTHER_ALERT.replace("ticket", "page")),
    ("step-unguarded", "ramp", PAGED.replace(GUARD, "").replace("simulated", "human") + BOOK, PAGED + BOOK),
    ("step-unguarded", "ramp", STEADFAST.replace('["5%", "50%"]', '["shadow"]'), STEADFAST),
    ("silence-passes", "ramp.out_of_patience",
     RAMP + 'patience = "5m"\nout_of_patience = "advance"\n' + GUARD, RAMP + 'patience = "5m"\n' + GUARD),
    ("only-estimates", "ramp", RAMP + ESTIMATE, RAMP + ESTIMATE + GUARD),
    ("only-estimates", "ramp", RAMP + ESTIMATE + GUARD + "steps = [1]\n", RAMP + ESTIMATE + GUARD),
    ("only-estimates", "ramp", RAMP + ESTIMATE + GUARD + "dry_run = true\n",
     RAMP + 'patience = "5m"\nout_of_patience = "advance"\n' + ESTIMATE),
    ("nobody-rolls-back", "ramp.on_fail", RAMP + 'on_fail = "hold"\n' + GUARD,
     RAMP + 'on_fail = "hold"\npatience = "1h"\n' + GUARD),
    ("alert-never-fires", "alerts[0].expr", alert('expr = "errors.rate > 100%"'), alert('expr = "errors.rate > 99%"')),
    ("alert-never-fires", "alerts[0].expr", alert('expr = "errors.rate > 1% and traffic.share < 0%"'),
     alert('expr = "errors.rate > 1% or traffic.share < 0%"')),
    ("alert-never-fires", "alerts[0].expr",
     alert('expr = "errors.rate{arm=incumbent} > 5% and errors.rate{arm=candidate} > 5%"'),
     alert('expr = "timeouts.rate{arm=candidate} > 5% and errors.rate{arm=candidate} > 5%"')),
    ("alert-never-fires", "alerts[0].expr",
     alert('expr = "errors.rate{arm=incumbent} > 5% and (errors.rate > 1% and timeouts.rate{arm=candidate} > 1%)"'),
     alert('expr = "errors.rate{arm=incumbent} > 5% and (errors.rate > 1% or timeouts.rate{arm=candidate} > 1%)"')),
    ("alert-never-fires", "alerts[0].for", alert('expr = "errors.rate > 3%"\nfor = "4h"'),
     alert('expr = "errors.rate > 3%"\nfor = "3h"')),
    ("alert-never-fires", "alerts[0]", alert('expr = "quality.wrong > 3%"', '').replace("20m", "20m") + "LATE",
     alert('expr = "quality.wrong > 3%"')),
    ("alert-never-fires", "plan.halt.x.when", f'{STEADFAST}[plan.halt]\nx = "errors.rate > 100%"\n',
     f'{STEADFAST}[plan.halt]\nx = "errors.rate > 99%"\n'),
    ("alert-never-fires", "plan.halt.x.for",
     f'{STEADFAST}[plan.halt]\nx = {{ when = "errors.rate > 3%", for = "4h" }}\n',
     f'{STEADFAST}[plan.halt]\nx = {{ when = "errors.rate > 3%", for = "3h" }}\n'),
    ("alert-never-fires", "alerts[0].expr",
     alert('expr = "errors.rate > 5% and traffic.rate > 1 and errors.rate < 5%"'),
     alert('expr = "errors.rate >= 5% and traffic.rate > 1 and errors.rate <= 5%"')),
    ("alert-never-fires", "alerts[0].expr", alert('expr = "errors.rate > 5% and errors.rate <= 5%"'),
     alert('expr = "errors.rate > 5% and errors.rate[5m] <= 5%"')),
    ("alert-never-fires", "alerts[0].expr", alert('expr = "errors.rate < 0%"'),
     alert('expr = "quality.calibration.in_the_large < 0"')),
    ("alert-never-fires", "alerts[0].learn", alert(f"{SUMS}learn = 240"), alert(f"{SUMS}learn = 239")),
    ("alert-never-fires", "slos[0].objective", OBJECTIVE.replace("99%", "80%"), OBJECTIVE.replace("99%", "84%")),
    ("alert-always-fires", "alerts[0].expr", alert('expr = "errors.rate >= 0%"'), alert('expr = "errors.rate > 0%"')),
    ("alert-always-fires", "alerts[0].expr", alert('expr = "errors.rate <= 100% and latency.p99 >= 0s"'),
     alert('expr = "errors.rate <= 100% and latency.p99 > 0s"')),
    ("alert-always-fires", "alerts[0].expr", alert('expr = "errors.rate > 1% or errors.rate <= 100%"'),
     alert('expr = "errors.rate > 1% or errors.rate < 100%"')),
    ("alert-always-fires", "plan.halt.x.when", f'{STEADFAST}[plan.halt]\nx = "events(errors.rate[5m]) >= 0"\n',
     f'{STEADFAST}[plan.halt]\nx = "events(errors.rate[5m]) > 0"\n'),
    # 6h of burning: 4h are more than half of it, 2h are not.
    ("objective-beyond-the-flight", "slos[0].speed", OBJECTIVE + "SHORT", OBJECTIVE),
    ("objective-beyond-the-flight", "slos[0].speed", OBJECTIVE + "SHORT", OBJECTIVE + "speed = 2\nSHORT"),
    ("alert-reaches-nobody", "alerts[0]", alert('expr = "errors.rate > 3%"').replace('action = "hold"\n', ""),
     alert('expr = "errors.rate > 3%"').replace('action = "hold"\n', "") + '[notify]\nto = "on-call"\n'),
    ("page-without-runbook", "alerts[0]", PAGED, PAGED + BOOK),
    # A median of 30 ms, 99% within 90 ms: 33 ms on average.
    ("answers-too-late", "models.candidate", STEADFAST + '[services.candidate]\ntimeout = "33ms"\n',
     STEADFAST + '[services.candidate]\ntimeout = "35ms"\n'),
]


def said(text: str) -> set[tuple[str, str]]:
    plan = PLAN.replace("slowest = \"5m\"", "slowest = \"4h\"") if text.endswith("LATE") else PLAN
    plan = plan.replace('duration = "4h"', 'duration = "2h"') if text.endswith("SHORT") else plan
    plan = plan.replace("100/s", "400/s") if text.endswith("FASTER") else plan
    plan = plan.replace('errors = "1%"\n', "") if text.endswith("SOUND") else plan
    for mark in ("LATE", "SHORT", "FASTER", "SOUND"):
        text = text.removesuffix(mark)
    document = Document.model_validate(tomli.loads(plan + text))
    assert not list(document.problems())
    return {(found.rule, dotted(found.path)) for found in findings(document)}


@pytest.mark.parametrize(("rule", "at", "bad", "good"), ROWS, ids=[f"{row[0]}-{n}" for n, row in enumerate(ROWS)])
def test_a_rule_warns_of_the_one_and_not_of_the_other(rule: str, at: str, bad: str, good: str) -> None:
    assert (rule, at) in said(bad)
    assert rule not in {name for name, _ in said(good)}


def test_every_rule_has_a_row_and_a_name_that_may_be_allowed() -> None:
    assert {rule.id for rule in RULES} == {row[0] for row in ROWS} == set(get_args(RuleId))


def test_a_plan_that_can_work_is_warned_of_nothing() -> None:
    assert said(STEADFAST) == set()


@pytest.mark.parametrize("path", list(bundled()), ids=lambda path: path.stem)
def test_a_bundled_plan_works_or_says_why_it_may_not(path) -> None:
    document = read_plan(path).document
    assert not list(findings(document))
    assert not list(unused(document))


RIDING = '[[policies]]\nname = "p"\n'
NEVER = '{ name = "x", kind = "threshold", metric = "errors.rate", max = "100%" }'
OTHER_RAMP = RIDING + 'ramp = { steps = ["5%", "100%"], bake = "20m" }\n'


def test_a_policy_that_rides_along_is_read_as_if_it_flew() -> None:
    assert said(f"{STEADFAST}{RIDING}gates = [{NEVER}]\n") >= {("gate-never-fails", "policies[0].gates[0].max")}
    assert said(f"{STEADFAST}{RIDING}") == set()


def test_what_the_plan_that_flies_is_warned_of_is_not_said_again_of_those_that_inherit_it() -> None:
    flown = limit("errors.rate", 'max = "100%"')
    assert {at for rule, at in said(flown + RIDING) if rule == "gate-never-fails"} == {"gates[1].max"}


def test_what_only_a_policy_does_to_a_table_it_inherits_is_said_of_the_policy() -> None:
    # Its gates leave the ramp that it inherits without a guard.
    bare = 'gates = [{ name = "y", kind = "threshold", metric = "errors.rate", max = "9%", dry_run = true }]\n'
    assert ("step-unguarded", "policies[0]") in said(f"{STEADFAST}{RIDING}{bare}")
    worst = worse("errors.rate", "100%") + OTHER_RAMP
    assert "step-unguarded" not in {rule for rule, _ in said(worst)}, "the guard stays"


def test_an_allowance_may_name_the_policy() -> None:
    text = f'{PLAN}{STEADFAST}{RIDING}gates = [{NEVER}]\n[[lint.allow]]\nreason = "r"\nrule = "gate-never-fails"\nat = '
    for at, left in (('"policies[0]"', False), ('"gates"', True)):
        document = Document.model_validate(tomli.loads(text + at))
        assert ("gate-never-fails" in {one.rule for one in findings(document)}) is left
        assert bool(list(unused(document))) is left
