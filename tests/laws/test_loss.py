"""Windows that never arrive: who decides has no data, and what is lost hangs neither on time's cuts nor on policy."""

import re

import pytest
import tomli
from scipy.stats import binom

from sandbox.base.flight import Flight
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tests.theory.in_flight import GATES, WORLD, World

BUDGET = 'kind = "exposure-budget"\nusers = 100000\nharmed = 100000'
ALL_KINDS = GATES | {"exposure-budget": BUDGET}
GUARD = '[[gates]]\nname = "guard"\nkind = "no-worse"\nmetric = "errors.rate"\nmargin = "50%"\n'


def plan_of(*, loss: str = "", ramp: str = 'steps = ["5%", "25%", "50%"]', gates: str = "", **world: str) -> Plan:
    keys = {name: getattr(World(), name) for name in World.__slots__} | {"ramp": ramp, "users": 2_000} | world
    text = WORLD.format(**keys)
    if loss:
        text = text.replace("[telemetry]", f'[telemetry]\nloss = "{loss}"')
    document = Document.model_validate(tomli.loads(text + gates))
    assert not list(document.problems())
    return Plan(name="loss", text=text + gates, document=document)


def kept(flight: Flight) -> dict[tuple[int, bool], bytes]:
    """The counts of every window that arrived, by its end and whether its labels had matured."""
    return {(one.end, one.matured): one.counts.count.tobytes() + one.counts.at.tobytes() for one in flight.windows}


def lost_of(flight: Flight) -> int:
    return next((one.facts["windows_lost"] for one in flight.journal if "windows_lost" in one.facts), 0)


def test_no_loss_costs_nothing() -> None:
    plain, zero = fly(plan_of(), seed=3), fly(plan_of(loss="0%"), seed=3)
    assert kept(plain) == kept(zero)
    assert lost_of(zero) == 0


@pytest.mark.parametrize("seed", [3, 4])
def test_what_arrives_is_whole_and_about_as_much_as_was_not_to_be_lost(seed: int) -> None:
    whole, some = kept(fly(plan_of(), seed=seed)), fly(plan_of(loss="30%"), seed=seed)
    left = kept(some)
    assert left.items() <= whole.items()
    assert lost_of(some) == len(whole) - len(left)
    # Each window is lost by its own luck: the binomial's 1-in-1,000 interval on either side.
    low, high = binom.ppf([0.0005, 0.9995], len(whole), 0.3)
    assert low <= lost_of(some) <= high
    assert {matured for _, matured in whole.keys() - left.keys()} == {False, True}


def test_every_policy_misses_the_same_windows() -> None:
    one, other = (kept(fly(plan_of(loss="30%", ramp=ramp), seed=3)) for ramp in (
        'steps = ["5%", "25%", "50%"]', 'steps = ["10%", "40%"]'
    ))
    assert one.keys() == other.keys()
    assert one != other


def test_a_larger_loss_loses_those_that_a_smaller_one_does() -> None:
    assert kept(fly(plan_of(loss="60%"), seed=3)).items() < kept(fly(plan_of(loss="20%"), seed=3)).items()


def test_without_any_window_no_gate_of_any_kind_says_anything_and_nobody_advances() -> None:
    gates = "".join(f'[[gates]]\nname = "{name}"\n{table}\ndry_run = true\n' for name, table in ALL_KINDS.items())
    flight = fly(plan_of(loss="100%", gates=gates + GUARD), seed=3)
    assert not flight.windows
    said = {(one.facts["gate"], one.facts["verdict"]) for one in flight.journal if one.kind == "gate"}
    assert said == {(name, "no_data") for name in (*ALL_KINDS, "guard")}
    assert flight.outcome == "held"
    (held,) = (one.facts["held_by"] for one in flight.journal if one.kind == "end")
    assert re.match(r"guard: no data, incumbent n 0 < 100", held)


def test_alerts_are_evaluated_on_nothing_and_only_absence_fires() -> None:
    alerts = (
        '[[alerts]]\nname = "bad"\nkind = "rule"\nexpr = "errors.rate{arm=candidate} > 0"\nseverity = "ticket"\n'
        '[[alerts]]\nname = "gone"\nkind = "rule"\nexpr = "absent(errors.rate{arm=candidate})"\nseverity = "ticket"\n'
    )
    for loss, fires in (("0%", {"bad": "firing", "gone": "inactive"}), ("100%", {"gone": "firing"})):
        journal = fly(plan_of(loss=loss, gates=alerts), seed=3).journal
        assert {one.facts["alert"]: one.facts["state"] for one in journal if one.kind == "alert"} == fires


@pytest.mark.parametrize("loss", ["30%", "100%"])
def test_it_does_not_matter_how_time_is_cut(loss: str) -> None:
    plan = plan_of(loss=loss, gates=GUARD)
    session = Session(plan, seed=3)
    for seconds in range(0, 84 * 60, 53):
        session.advance(seconds * 10**9)
    assert session.finish().digest == fly(plan, seed=3).digest
