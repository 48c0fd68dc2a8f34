"""A stored run flown again: the same digest, or what is known to differ."""

from dataclasses import replace

import pytest

from sandbox.base.units import NS_PER_SECOND
from sandbox.lab import repeat as repeating
from sandbox.lab.flights import Order, fly_all
from sandbox.lab.repeat import beside, plan_of, repeat
from sandbox.record.load import load
from sandbox.record.store import Store
from sandbox.run.session import Session
from sandbox.run.versions import versions
from sandbox.scenario.read import read_plan

REPLAY = """
[scenario]
title = "A day again"
[traffic]
kind = "replay"
path = "PATH"
columns = { time = "t", features = ["x"], scores = { incumbent = "a", candidate = "b" } }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "callable"
target = "a.b:score"
artefacts = ["m.joblib", "cache:n.joblib", "/n.joblib"]
"""


@pytest.fixture
def landed(scenario, tmp_path):
    """A run in a store as the flight it was, and its scenario."""
    path = scenario()
    store = Store(tmp_path / "store")
    (card,) = fly_all([Order(path=path, source=str(path), seed=8, store=store.path)])
    return load(store, card.run), path


def test_a_stored_run_comes_out_the_same_from_its_text_alone(landed, tmp_path):
    flight, path = landed
    path.unlink()
    again = repeat(flight, plan_of(flight.header, folder=tmp_path / "nowhere"))
    assert (again.digest, again.differences) == (flight.digest, ())


def test_the_commands_of_people_are_given_again_at_their_times(scenario):
    session = Session(read_plan(scenario()), seed=5)
    session.advance(70 * NS_PER_SECOND + 1)
    session.apply("hold", actor="ada")
    session.advance(250 * NS_PER_SECOND)
    session.apply("roll back", actor="ada")
    session.apply("resume", actor="ada")
    flight = session.finish()
    assert repeat(flight, plan_of(flight.header, folder=scenario().parent)).digest == flight.digest


def test_a_scenario_that_changed_since_is_named_and_the_stored_text_is_flown(landed):
    flight, path = landed
    path.write_text(path.read_text() + "# more\n")
    again = repeat(flight, plan_of(flight.header, folder=path.parent), file=path)
    assert again.digest == flight.digest
    assert [one.split(":")[0] for one in again.differences] == ["scenario"]


def test_inputs_and_versions_that_differ_are_named(landed, monkeypatch):
    flight, path = landed
    header = replace(flight.header, inputs={"replay day.csv": "0" * 64})
    monkeypatch.setattr(repeating, "versions", lambda: versions() | {"numba": "0.0.1"})
    again = repeat(replace(flight, header=header), plan_of(header, folder=path.parent))
    assert again.differences == (
        "input: replay day.csv is no longer read", f"version: numba {versions()['numba']}, now 0.0.1",
    )


@pytest.mark.parametrize(("path", "needed"), [
    ("day.csv", ("day.csv", "a/b.py", "m.joblib")), ("cache:day.csv", ("a/b.py", "m.joblib")),
    ("/day.csv", ("a/b.py", "m.joblib")),
])
def test_what_a_plan_needs_beside_its_text_is_named(scenario, path, needed):
    assert beside(read_plan(scenario("", name="replay", text=REPLAY.replace("PATH", path)))) == needed
    assert beside(read_plan(scenario())) == ()
