"""Every decision is told with who answers for it, and with entries of the journal that say what was known then."""

from dataclasses import replace

from sandbox.report.answerable import answerable
from sandbox.run.session import Session
from tests.run.test_approved import BEGIN, plan_of
from tests.run.test_session import MINUTE, TEXT

WATCHED = TEXT + """
[[gates]]
name = "failures"
kind = "threshold"
metric = "failures.rate"
max = "5%"
[[alerts]]
name = "slow"
expr = "latency.p95{arm=candidate} > 1ms"
severity = "info"
"""


def flown(text: str, *commands: tuple[float, str, dict[str, str]]):
    session = Session(plan_of(text=text))
    for minutes, kind, arguments in commands:
        session.advance(int(minutes * MINUTE))
        session.apply(kind, actor="p-0badcafe", **arguments)
    return session.finish()


def test_a_policys_decision_rests_on_the_judgements_of_its_instant_and_the_windows_since_the_last() -> None:
    flight = flown(WATCHED)
    begin, advance, promote = answerable(flight)
    assert [one.who for one in (begin, advance, promote)] == ["the plan", "policy", "policy"]
    assert [one.what for one in (begin, advance, promote)] == ["begin to 10%", "advance to 50%", "promote"]
    for one in (advance, promote):
        judged, firing, windows = one.evidence
        assert judged.said.startswith("failures: PASS, ")
        assert flight.journal[judged.entry].at == one.at
        assert firing.said.startswith("alert slow (candidate) fires: ")
        assert flight.journal[windows.entry].kind == "window"
    first, second = (one.evidence[2].entry for one in (advance, promote))
    assert begin.entry < first < advance.entry < second < promote.entry


def test_a_person_who_acts_between_two_looks_knew_what_was_said_last() -> None:
    flight = flown(WATCHED, (2.2, "note", {"text": "hm"}), (2.3, "roll back", {}))
    _, note, wish, back = answerable(flight)
    assert [(one.kind, one.who) for one in (note, wish, back)] == [
        ("command", "p-0badcafe"), ("command", "p-0badcafe"), ("decision", "p-0badcafe")
    ]
    assert (note.what, note.because, wish.what) == ("note (text hm)", "accepted", "roll back")
    judged = back.evidence[0]
    assert judged.said.startswith("failures: PASS, ")
    assert flight.journal[judged.entry].at == 2 * MINUTE < back.at


def test_what_was_refused_is_told_with_its_reason_and_decides_nothing() -> None:
    flight = flown(WATCHED, (2, "resume", {}))
    (refused,) = [one for one in answerable(flight) if one.kind == "command"]
    assert refused.because == "refused: not held"


def test_approvals_stand_beside_the_step_they_let_begin_and_beside_no_other() -> None:
    session = Session(replace(plan_of(*BEGIN)))
    session.advance(2 * MINUTE)
    session.apply("approve", actor="p-0badcafe", role="product")
    told = {one.what: [piece.said for piece in one.evidence] for one in answerable(session.finish())}
    assert told["begin to 10%"][:2] == [
        "risk approved step 1 on file, by p-00000000", "privacy approved step 1 on file, by p-00000001"
    ]
    assert "product approved the next step in flight, by p-0badcafe" in told["advance to 50%"]
    assert not any("approved" in said for said in told["promote"])
