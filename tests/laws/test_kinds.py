"""Every kind of every family explains itself, and its own example parses and flies."""

import re
import textwrap
from typing import Any

import pytest
import tomli

from sandbox.decide.alerts import kinds as alerts
from sandbox.decide.gates import kinds as gates
from sandbox.decide.ramp import kinds as ramps
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.drift import kinds as drifts
from sandbox.world.faults import kinds as faults
from sandbox.world.models import kinds as models
from sandbox.world.traffic import kinds as traffic

SPECS = [*traffic.KINDS, *models.KINDS, *drifts.KINDS, *faults.KINDS, *gates.KINDS, *ramps.KINDS, *alerts.KINDS]
NEEDS_A_FILE = ("Replay", "Logged", "Callable", "Onnx")

SMALL: dict[str, Any] = {
    "scenario": {"title": "Small", "duration": "4m", "tick": "20s"},
    "traffic": {"kind": "steady", "mean": "40/s"},
    "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
    "labels": {"delay": "10s"},
    "ramp": {"steps": ["50%"], "bake": "1m"},
}


def example_of(spec: type) -> dict[str, Any]:
    found = re.search(r"```toml\n(.*?)```", textwrap.dedent(spec.__doc__ or ""), re.DOTALL)
    assert found, f"{spec.__name__} has no TOML example"
    return tomli.loads(textwrap.dedent(found[1]))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_a_kind_says_what_it_does_shows_an_example_and_cites_a_source(spec: type) -> None:
    text = spec.__doc__ or ""
    assert len(text.splitlines()[0]) > 20
    assert re.search(r"(19|20)\d\d|argoproj", text.split("```")[-1]), "no reference behind the example"
    example_of(spec)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_the_example_of_a_kind_is_a_valid_table(spec: type) -> None:
    table = example_of(spec)
    family, content = next(iter(table.items()))
    content = content[0] if isinstance(content, list) else content
    content = content if family in ("traffic", "ramp", "alerts") or "kind" in content else next(iter(content.values()))
    parsed = spec.model_validate(content)  # type: ignore[attr-defined]
    assert parsed.kind == content.get("kind", "rule")


@pytest.mark.parametrize("spec", [s for s in SPECS if s.__name__ not in NEEDS_A_FILE], ids=lambda spec: spec.__name__)
def test_the_example_of_a_kind_flies(spec: type) -> None:
    scenario = SMALL | {key: value for key, value in example_of(spec).items() if key != "models"}
    scenario["models"] = SMALL["models"] | example_of(spec).get("models", {})
    for table in ("drift", "faults"):
        for one in scenario.get(table, []):
            one["at"] = "1m"
    if any(gate["kind"] == "fairness" for gate in scenario.get("gates", [])):
        scenario["groups"] = [{"name": "a", "share": "50%"}, {"name": "b", "share": "50%"}]
    document = Document.model_validate(scenario)
    assert list(document.problems()) == []
    flight = fly(Plan(name="small", text="", document=document))
    assert flight.truth.requests.sum() > 1_000
