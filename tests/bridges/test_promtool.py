"""What the engine says of random alerts on random series promtool says too, at every evaluation, pending and firing."""

import operator
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.bridges.promtool import case_of, export
from sandbox.decide.alerts import expression, machine, series
from sandbox.decide.alerts.machine import State
from sandbox.run.session import fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from tests.bridges.fuzz import case
from tests.bridges.promtool import disagreed, needs_promtool, version, write


def compat() -> series.Compat:
    return "prom2" if version() == 2 else "prom3"


@needs_promtool
def test_sixty_random_scenarios_alert_as_prometheus_does(tmp_path: Path) -> None:
    cases = [case(seed, compat=compat()) for seed in range(60)]
    changes = sum(turn.state is State.FIRING for one in cases for turn in one.turns)
    assert changes > 300, "so few alerts fire that agreement says little"
    assert disagreed(cases, tmp_path) == {}


@pytest.mark.proof
@needs_promtool
def test_five_hundred_random_scenarios_alert_as_prometheus_does(tmp_path: Path) -> None:
    assert disagreed([case(1_000 + seed, compat=compat()) for seed in range(500)], tmp_path) == {}


MUTATIONS = {
    "for: > for >=": (machine, "due", lambda waited, wait: waited > wait),
    "keep_firing_for: <= for <": (machine, "kept", lambda missed, keep: missed <= keep),
    "the other left edge": (
        series, "begins_after", lambda edge, compat: edge + 1 if compat == "prom2" else edge
    ),
}


@needs_promtool
@pytest.mark.parametrize("name", MUTATIONS)
def test_an_engine_with_one_comparison_turned_is_caught(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, function, mutant = MUTATIONS[name]
    monkeypatch.setattr(module, function, mutant)
    assert len(disagreed([case(seed, compat=compat()) for seed in range(12)], tmp_path)) >= 3


@needs_promtool
@pytest.mark.parametrize(("sign", "turned"), [
    (">", operator.ge), ("<", operator.le), *(
        pytest.param(sign, turned, marks=pytest.mark.proof)
        for sign, turned in ((">=", operator.gt), ("<=", operator.lt), (">", operator.lt), ("<", operator.gt))
    ),
])
def test_an_engine_that_compares_values_otherwise_is_caught(
    sign: str, turned: Callable[[float, float], bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(expression.SIGNS, sign, turned)
    assert len(disagreed([case(seed, compat=compat()) for seed in range(12)], tmp_path)) >= 1


@needs_promtool
def test_the_windows_of_the_other_prometheus_are_caught(tmp_path: Path) -> None:
    other: series.Compat = "prom3" if compat() == "prom2" else "prom2"
    assert len(disagreed([case(seed, compat=other) for seed in range(12)], tmp_path)) >= 3


@needs_promtool
def test_an_expectation_moved_by_one_evaluation_fails(tmp_path: Path) -> None:
    good = case(3, compat=compat())
    first = next(number for number, turn in enumerate(good.turns) if turn.state is State.FIRING)
    early = replace(good.turns[first], at=good.turns[first].at - good.tick)
    moved = replace(good, turns=sorted([*good.turns[:first], early, *good.turns[first + 1 :]], key=lambda t: t.at))
    assert list(disagreed([moved], tmp_path)) == ["fuzz 3"]


FLOWN = """
format = 1
[scenario]
title = "Alerts fly"
seed = 5
duration = "50m"
tick = "30s"
[traffic]
kind = "steady"
mean = "40/s"
[models.incumbent]
kind = "synthetic"
errors = "0.3%"
[models.candidate]
kind = "synthetic"
errors = "0.3%"
[telemetry]
delay = "45s"
[[faults]]
kind = "errors"
model = "candidate"
rate = "8%"
at = "21m"
lasts = "8m"
[ramp]
steps = ["shadow", "25%"]
bake = "15m"
[alerting]
compat = "COMPAT"
[[alerts]]
name = "candidate errors"
expr = "errors.rate{arm=candidate} > 2%"
for = "2m"
keep_firing_for = "90s"
[[alerts]]
kind = "m-of-n"
name = "three of five"
expr = "errors.rate{arm=candidate} > 2% or latency.p99 > 400ms"
m = 3
n = 5
[[alerts]]
kind = "hysteresis"
name = "held"
expr = "errors.rate[4m] > 4%"
while = "errors.rate[4m] > 1%"
labels = { team = "ml" }
[[slos]]
name = "answers"
metric = "failures.rate"
objective = "99%"
speed = 5
minimum_events = 100
model = "all"
"""


@needs_promtool
def test_a_flight_with_late_windows_exports_what_promtool_passes(tmp_path: Path) -> None:
    text = FLOWN.replace("COMPAT", compat())
    flight = fly(Plan(name="a", text=text, document=read_text(text, name="a.toml")))
    flown = case_of(flight)
    fired = {turn.alert for turn in flown.turns if turn.state is State.FIRING}
    assert {"candidate errors", "three of five", "held"} <= fired
    assert any("burns" in name for name in fired)
    assert disagreed([flown], tmp_path) == {}


def test_an_export_says_what_it_leaves_out_and_that_nothing_fired() -> None:
    text = FLOWN.split("[[alerts]]")[0] + """
[[alerts]]
name = "never"
expr = "errors.rate{arm=candidate} > 90%"
[[alerts]]
kind = "cusum"
name = "sums"
metric = "errors.rate{arm=candidate}"
"""
    text = text.replace("COMPAT", "prom3")
    files = export(case_of(fly(Plan(name="a", text=text, document=read_text(text, name="a.toml")))))
    assert files.remarks == (
        '"sums" is left out: PromQL cannot say kind "cusum"',
        "none of its alerts was ever active: promtool would pass on rules that match nothing, too",
        'windows are those of Prometheus 3; for promtool 2 fly with [alerting] compat = "prom2"',
    )
    assert 'alert: "never"' in files.rules
    assert "sums" not in files.rules + files.tests


def test_every_alert_expected_has_its_rule_and_every_evaluation_its_expectation(tmp_path: Path) -> None:
    one = case(7, compat="prom3")
    write(one, tmp_path)
    tests, rules = (tmp_path / "tests.yml").read_text(), (tmp_path / "rules.yml").read_text()
    evaluations = one.last // one.tick + 1
    for alert in one.alerts:
        assert rules.count(f'alert: "{alert.name}"') == 1
        assert tests.count(f'alertname: "{alert.name}", exp_alerts') == evaluations
