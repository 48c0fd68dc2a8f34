"""Plans made from a plan: keys set, the null, the ladder; each flies, and the null is what it says."""

from pathlib import Path

import pytest
import tomli

from sandbox.cli.scenarios import bundled
from sandbox.lab.flights import Order, fly_all
from sandbox.lab.variants import (
    AS_WRITTEN,
    LADDER,
    NULL,
    Setting,
    SettingError,
    changed,
    path_of,
    value_of,
    variants,
    varied,
)
from sandbox.run.session import fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan, read_text

BUNDLED = list(bundled())
SPARSE = """
[services.candidate]
replicas = 1
queue = 2
[[faults]]
kind = "latency"
model = "candidate"
factor = 3
[[faults]]
kind = "noisy-neighbour"
model = "all"
"""


@pytest.mark.parametrize(("key", "path"), [
    ("ramp.bake", ("ramp", "bake")), ("gates[1].margin", ("gates", 1, "margin")),
    ('models."my model".auc', ("models", "my model", "auc")), ("ramp.steps[0]", ("ramp", "steps", 0)),
])
def test_keys_are_paths(key, path):
    assert path_of(key) == path


@pytest.mark.parametrize("key", ["", "ramp.", "gates[x].margin", "a b"])
def test_what_is_no_key_is_said(key):
    if key == "ramp.":
        assert path_of(key) == ("ramp",)
        return
    with pytest.raises(SettingError, match="ramp"):
        path_of(key)


@pytest.mark.parametrize(("text", "value"), [
    ("10m", "10m"), ("5%", "5%"), ("0.84", 0.84), ("true", True), ('["1%", "5%"]', ["1%", "5%"]), ("40/s", "40/s"),
])
def test_values_are_read_as_toml_and_need_no_quotes(text, value):
    assert value_of(text) == value


def test_every_combination_is_varied():
    said = [[str(one) for one in settings] for settings in varied({"a": ("1", "2"), "b": ("3", "4")})]
    assert said == [["a = 1", "b = 3"], ["a = 1", "b = 4"], ["a = 2", "b = 3"], ["a = 2", "b = 4"]]
    assert list(varied({})) == [()]


def test_a_plan_is_changed_in_one_key_and_nothing_else(scenario):
    plan = read_plan(scenario())
    after = changed(plan, (Setting("ramp.bake", "1m"),))
    before = plan.document.model_dump(mode="json")
    before["ramp"]["bake"] = "1m"
    assert after.document.model_dump(mode="json") == before


def test_a_value_that_does_not_fit_is_told_as_any_mistake_of_a_file_with_what_was_set(scenario):
    with pytest.raises(ScenarioError, match=r'tiny\.toml with ramp\.bake = 10.*"10" has no unit'):
        changed(read_plan(scenario()), (Setting("ramp.bake", "10"),))
    with pytest.raises(SettingError, match=r"gates\[3\]\.margin: the scenario says no gates there|no 3 there"):
        changed(read_plan(scenario()), (Setting("gates[3].margin", "1%"),))


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_every_bundled_scenario_has_its_null_and_its_ladder(path):
    plan = read_plan(path)
    found, own = variants(plan), plan.document.certify.degradations
    assert [one.candidate for one in found[:2]] == [AS_WRITTEN, NULL]
    assert len({one.candidate for one in found}) == len(found) == 2 + len(own or LADDER)
    assert all(one.unstopped for one in found)


def test_the_candidate_as_written_is_the_files_own_text(scenario):
    path = scenario()
    assert variants(read_plan(path))[0].text == path.read_text()


def flown(text: str, *, seed: int):
    return fly(Plan(name="tiny", text=text, document=read_text(text, name="tiny")), seed=seed)


def test_in_the_null_both_arms_score_and_serve_alike_whatever_the_candidate_suffers_from(scenario):
    null = variants(read_plan(scenario(SPARSE)))[1]
    raw = tomli.loads(null.text)
    assert [one["kind"] for one in raw["faults"]] == ["wrong-artifact", "noisy-neighbour"]
    flight = flown(null.unstopped, seed=5)
    right, judged = flight.truth.right.sum(axis=0), flight.truth.judged.sum(axis=0)
    assert right[0] == right[1] > 0
    assert judged[0] == judged[1]
    assert flight.truth.harmed.sum() == flight.truth.helped.sum() == 0


def test_a_degradation_does_what_it_states_and_nothing_else(scenario):
    rungs = {one.candidate: one for one in variants(read_plan(scenario()))}
    plain = flown(rungs[NULL].unstopped, seed=5).truth
    swapped = flown(rungs["swapped-classes 20%"].unstopped, seed=5).truth
    errors = flown(rungs["errors 8%"].unstopped, seed=5).truth
    requests = int(plain.requests[:, 1].sum())
    # Of a fifth of the requests the right answers become wrong and the wrong ones right.
    accuracy = plain.right[:, 1].sum() / plain.judged[:, 1].sum()
    lost = (plain.right[:, 1].sum() - swapped.right[:, 1].sum()) / plain.judged[:, 1].sum()
    assert lost == pytest.approx(0.2 * (2 * accuracy - 1), abs=4 * 0.5 / requests**0.5)
    assert errors.harmed[..., 2].sum() == pytest.approx(0.08 * requests, abs=4 * (0.08 * requests) ** 0.5)
    assert (errors.right == plain.right).all()


def test_the_ladder_is_the_scenarios_own_where_it_states_one(scenario):
    own = '[certify]\ndegradations = [{ kind = "errors", rate = "3%", at = "1m" }]\n'
    assert [one.candidate for one in variants(read_plan(scenario(own)))] == [AS_WRITTEN, NULL, "errors 3% at 1m"]


def test_a_degradation_that_lies_on_another_model_is_a_mistake(scenario):
    own = '[certify]\ndegradations = [{ kind = "errors", model = "incumbent" }]\n'
    with pytest.raises(ScenarioError, match=r'certify\.degradations\[0\].*must lie on the candidate, "candidate"'):
        read_plan(scenario(own))


def test_the_digest_as_written_is_that_of_a_run(scenario):
    path = scenario()
    run = next(fly_all([Order(path=path, source="tiny")]))
    assert flown(variants(read_plan(path))[0].text, seed=3).digest == run.digest


def test_the_bounds_that_the_page_about_studies_shows_can_be_read(scenario):
    page = (Path(__file__).resolve().parents[2] / "docs/studies.md").read_text()
    bounds = page.split("```toml\n")[1].split("```")[0]
    plan = read_plan(scenario(bounds))
    assert plan.document.certify.seeds == 72
    assert [one.candidate for one in variants(plan)][2:] == ["wrong-artifact worse", "errors 2%", "latency ×1.5"]
