"""The clocks of an incident, from flights made by hand in which every instant is known."""

from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.clocks import clocks, measures, recovered
from tests.report.debrief.made import ERRORS, SEEN, WHOLE, command
from tests.report.made import MINUTE, flight, ramp, truth


def test_every_clock_is_read_from_what_happened() -> None:
    found = clocks(flight(*WHOLE, what_was=truth(harmed={2: 90, 3: 90, 4: 90, 5: 90})), ERRORS, truth=SEEN)
    assert (found.fault, found.observable) == (2 * MINUTE, 3 * MINUTE)
    assert (found.fired, found.notified) == (4 * MINUTE, 4 * MINUTE + 30)
    assert (found.acknowledged, found.declared, found.acted) == (5 * MINUTE, 5 * MINUTE + 30, 6 * MINUTE)
    assert (found.diagnosed, found.mitigated) == (7 * MINUTE, 6 * MINUTE)
    assert found.recovered == 9 * MINUTE, "three calm windows, 6 to 8, after the last bad one, 5"
    assert found.detected == found.acknowledged
    assert found.first_update == 8 * MINUTE


def test_intervals_run_between_the_clocks_they_name() -> None:
    found = clocks(flight(*WHOLE, what_was=truth(harmed={2: 90, 3: 90, 4: 90, 5: 90})), ERRORS, truth=SEEN)
    took = {(one.name, one.says.split()[1]): one.took for one in measures(found)}
    assert took["TTD", "the"] == 3 * MINUTE
    assert took["TTM", "the"] == 4 * MINUTE
    assert took["TTR", "the"] == 7 * MINUTE
    assert took["TTA", "the"] == MINUTE - 30
    assert took["alert latency", "when"] == MINUTE + 30


def test_what_never_happened_is_not_reached_and_no_number() -> None:
    found = clocks(flight(what_was=truth(harmed={2: 90, 9: 90})), ERRORS, truth=SEEN)
    assert (found.acknowledged, found.mitigated, found.recovered, found.detected) == (None,) * 4
    assert {one.text for one in measures(found)} == {"not reached by 00:10"}


def test_a_command_that_was_refused_is_no_mitigation() -> None:
    refused = command(5 * MINUTE, "roll back", answer="refused")
    assert clocks(flight(ramp(0, "step"), refused), ERRORS, truth=SEEN).acted is None


def test_commands_of_the_policy_are_nobodys() -> None:
    mechanical = command(5 * MINUTE, "roll back", actor="policy")
    assert clocks(flight(ramp(0, "step"), mechanical), ERRORS, truth=SEEN).detected is None


def test_a_struck_segment_that_was_sent_back_is_mitigated_and_another_is_not() -> None:
    one = Cause(kind="errors", taxonomy="platform", model="candidate", segments=("eu",), at=2 * MINUTE)
    for sent, when in (("eu", 4 * MINUTE), ("us", None)):
        moved = ramp(4 * MINUTE, f"divert {sent}", share=0.05)
        assert clocks(flight(ramp(0, "step"), moved), one, truth=SEEN).mitigated == when


def test_where_the_incumbent_is_struck_promotion_mitigates_and_rollback_does_not() -> None:
    both = Cause(kind="errors", taxonomy="platform", model="incumbent", at=2 * MINUTE)
    back, on = ramp(4 * MINUTE, "roll back", share=0.0), ramp(5 * MINUTE, "promote", share=1.0)
    assert clocks(flight(ramp(0, "step"), back), both, truth=SEEN).mitigated is None
    assert clocks(flight(ramp(0, "step"), on), both, truth=SEEN).mitigated == 5 * MINUTE


def test_recovery_waits_for_three_calm_windows_in_a_row() -> None:
    assert recovered(flight(what_was=truth(harmed={2: 90, 4: 90}))) == 8 * MINUTE
    assert recovered(flight(what_was=truth(harmed={2: 90, 7: 90}))) is None
    assert recovered(flight(what_was=truth())) is None


def test_a_control_has_no_fault_to_be_measured_from() -> None:
    found = clocks(flight(*WHOLE), Cause(kind="none", at=2 * MINUTE), truth=None)
    assert found.fault is None
    assert {one.name for one in measures(found)} == {"TTA", "TTDiag", "declared", "first update", "cadence"}
