"""When harm began, and to whom it was done."""

import numpy as np
import pytest

from sandbox.base.truth import HarmKind, Interval
from sandbox.report.harm import harm, onset, overloads
from tests.report.made import MINUTE, flight, gate, ramp, truth

FAULT = Interval("fault", "errors", 3 * MINUTE + MINUTE // 2, 8 * MINUTE, ("candidate",))


def test_no_harm_has_no_onset():
    assert onset(flight()) is None


def test_onset_is_the_start_of_the_window_where_harm_comes_at_a_blow():
    began = onset(flight(what_was=truth(harmed={4: 100})))
    assert began is not None
    assert (began.at, began.evident_at, began.explained_by) == (4 * MINUTE, 5 * MINUTE, "")


def test_what_is_acceptable_is_no_harm():
    assert onset(flight(what_was=truth(harmed=dict.fromkeys(range(10), 10)))) is None


def test_fewer_than_twenty_requests_are_never_harm():
    assert onset(flight(what_was=truth(harmed={4: 19}))) is None
    assert onset(flight(what_was=truth(harmed={4: 20}))) is not None


def test_harm_that_help_outweighs_is_no_harm():
    assert onset(flight(what_was=truth(harmed={4: 200}, helped={4: 200}))) is None


def test_a_toss_of_a_coin_is_no_harm():
    """300 against 250: 50 more than none, yet 2.1 standard deviations of chance."""
    assert onset(flight(what_was=truth(harmed={4: 300}, helped={4: 250}))) is None


def test_harm_that_creeps_began_where_the_stretch_began():
    began = onset(flight(what_was=truth(harmed=dict.fromkeys(range(2, 10), 16))))
    assert began is not None
    assert began.at == 2 * MINUTE
    assert began.evident_at == 4 * MINUTE


def test_a_fault_within_the_stretch_explains_it_to_the_second():
    began = onset(flight(what_was=truth(harmed={3: 100}, intervals=(FAULT,))))
    assert began is not None
    assert (began.at, began.explained_by) == (FAULT.start, "the errors fault")


def test_a_fault_on_the_incumbent_explains_no_harm_by_the_candidate():
    elsewhere = Interval("fault", "errors", FAULT.start, FAULT.end, ("incumbent",))
    began = onset(flight(what_was=truth(harmed={3: 100}, intervals=(elsewhere,))))
    assert began is not None
    assert began.at == 3 * MINUTE


def test_of_what_set_in_together_that_which_spares_the_incumbent_explains_harm():
    everybody = Interval("drift", "unit", FAULT.start, FAULT.end, ("incumbent", "candidate"))
    began = onset(flight(what_was=truth(harmed={3: 100}, intervals=(everybody, FAULT))))
    assert began is not None
    assert began.explained_by == "the errors fault"


@pytest.mark.parametrize(("kind", "cause"), [
    (HarmKind.WRONG, "the unit drift"), (HarmKind.LATE, "the errors fault"), (HarmKind.FAILED, "the errors fault"),
])
def test_of_what_set_in_together_a_fault_explains_answers_that_are_slow_rather_than_wrong(kind, cause):
    drift = Interval("drift", "unit", FAULT.start, FAULT.end, ("candidate",))
    what_was = truth(harmed={3: 100}, intervals=(drift, FAULT))
    what_was.harmed[...] = np.roll(what_was.harmed, int(kind), axis=-1)
    began = onset(flight(what_was=what_was))
    assert began is not None
    assert began.explained_by == cause


def test_a_full_pool_explains_harm():
    began = onset(flight(what_was=truth(harmed={5: 100}, busy={5: 1.0})))
    assert began is not None
    assert began.explained_by == "the candidate's full pool"


def test_else_the_step_that_began_with_it():
    made = flight(ramp(5 * MINUTE, "step", title="25%", share=0.25), what_was=truth(harmed={5: 100}))
    began = onset(made)
    assert began is not None
    assert began.explained_by == "the step to 25%"


def test_detection_is_the_first_failure_after_the_onset():
    entries = (gate(2 * MINUTE, "fail"), gate(5 * MINUTE, "fail", decides=False), gate(7 * MINUTE, "fail"))
    suffered = harm(flight(*entries, ramp(7 * MINUTE, "roll back", share=0.0), what_was=truth(harmed={4: 100})))
    assert suffered.detection_delay == 3 * MINUTE


def test_harm_is_counted_gross_and_net_by_kind_step_and_group():
    entries = (ramp(0, "step"), ramp(5 * MINUTE, "step", step=1, title="25%", share=0.25))
    made = flight(*entries, what_was=truth(harmed={4: 30, 6: 70}, helped={6: 20}, groups=2), groups=("a", "b"))
    suffered = harm(made)
    assert (suffered.total.gross, suffered.total.net, suffered.total.harmed) == (100, 80, (100, 0, 0))
    assert [(stay.title, tally.gross) for stay, tally in suffered.by_step] == [("5%", 30), ("25%", 70)]
    assert [(name, tally.net) for name, tally in suffered.by_group] == [("a", 80), ("b", 0)]


def test_unfair_is_what_the_worst_group_got_beyond_the_rest():
    suffered = harm(flight(what_was=truth(harmed={4: 100}, groups=2), groups=("a", "b")))
    assert suffered.unfair is not None
    assert (suffered.unfair.group, suffered.unfair.requests) == ("a", 100)
    assert suffered.unfair.surprise == pytest.approx(10.0)


def test_one_group_cannot_be_treated_unfairly():
    assert harm(flight(what_was=truth(harmed={4: 100}))).unfair is None


def test_full_pools_are_stretches():
    assert overloads(flight(what_was=truth(busy={2: 0.96, 3: 1.0, 6: 0.99}))) == (
        ("candidate", 2 * MINUTE, 4 * MINUTE, 1.0), ("candidate", 6 * MINUTE, 7 * MINUTE, 0.99),
    )
