"""What a diagnosis is worth, answer by answer."""

import pytest

from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.diagnosis import diagnosis
from tests.report.debrief.made import command
from tests.report.made import MINUTE, flight

CLASSES = {"errors": "platform", "latency": "platform", "concept": "data", "none": "none", "blip": "none"}
EU = Cause(kind="errors", taxonomy="platform", model="candidate", segments=("eu",), at=4 * MINUTE)
NOTHING = Cause(kind="blip", model="candidate", at=4 * MINUTE)


@pytest.mark.parametrize(("said", "points"), [
    ({"cause": "errors", "model": "candidate", "segment": "eu"}, 1.0),
    ({"cause": "errors", "segment": "eu"}, 1.0),
    ({"cause": "errors", "model": "candidate"}, 0.75),
    ({"cause": "errors", "model": "incumbent"}, 0.5),
    ({"cause": "errors", "segment": "us"}, 0.75),
    ({"cause": "latency", "model": "candidate", "segment": "eu"}, 0.5),
    ({"cause": "concept"}, 0.0),
    ({"cause": "none"}, 0.0),
])
def test_each_answer_is_worth_what_it_names(said: dict[str, str], points: float) -> None:
    assert diagnosis(flight(command(5 * MINUTE, "diagnose", **said)), EU, classes=CLASSES).points == points


@pytest.mark.parametrize(("kind", "points"), [("none", 1.0), ("blip", 1.0), ("errors", 0.0), ("concept", 0.0)])
def test_nothing_is_wrong_is_the_right_answer_to_a_control(kind: str, points: float) -> None:
    given = command(5 * MINUTE, "diagnose", cause=kind)
    assert diagnosis(flight(given), NOTHING, classes=CLASSES).points == points


def test_the_last_answer_counts_and_silence_is_worth_nothing() -> None:
    twice = flight(command(5 * MINUTE, "diagnose", cause="none"), command(6 * MINUTE, "diagnose", cause="errors"))
    assert diagnosis(twice, EU, classes=CLASSES).points == 0.75
    assert diagnosis(flight(), EU, classes=CLASSES).points == 0.0


@pytest.mark.parametrize(("truth", "said", "because"), [
    (NOTHING, {}, "it was blip, which needs nobody: none or blip was right, and nobody said either"),
    (NOTHING, {"cause": "errors"}, "it was blip, which needs nobody"),
    (Cause(kind="none"), {}, "nobody said that nothing was wrong"),
    (Cause(kind="none"), {"cause": "errors"}, "nothing was wrong"),
    (EU, {}, "nobody said what was wrong"), (EU, {"cause": "none"}, "it was errors"),
])
def test_what_cost_the_points_says_what_would_have_been_right(truth: Cause, said: dict[str, str], because: str) -> None:
    given = (command(5 * MINUTE, "diagnose", **said),) if said else ()
    found = diagnosis(flight(*given), truth, classes=CLASSES)
    assert (found.points, found.because) == (0.0, because)


def test_confidence_is_told_as_briers_score_and_gives_no_points() -> None:
    def at(confidence: float | str, kind: str) -> float | None:
        given = command(5 * MINUTE, "diagnose", cause=kind, confidence=confidence)
        return diagnosis(flight(given), EU, classes=CLASSES).brier

    assert at(0.9, "errors") == pytest.approx(0.01)
    assert at("90%", "latency") == pytest.approx(0.81)


def test_an_onset_that_was_named_is_held_against_the_truth() -> None:
    given = command(5 * MINUTE, "diagnose", cause="errors", onset="3m")
    assert diagnosis(flight(given), EU, classes=CLASSES).off == -MINUTE
