"""The line protocol, line by line: every line in gets one line out, and what makes no sense changes nothing."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.drill.family import Family
from sandbox.drill.protocol import Protocol
from sandbox.drill.seat import Seat
from sandbox.record.store import Store


@pytest.fixture
def talk(family: Family, store: Store) -> Protocol:
    return Protocol(Seat.take(store, family, operator="p-00000001", mode="stepped", seed=7, case="errors"))


@pytest.mark.parametrize(("line", "said"), [
    ("nope", "not JSON"),
    ('"advance"', "write an object"),
    ("[" * 5000, "JSON|nested"),
    ("{}", "say what to do"),
    ('{"do": "standing", "id": {"a": 1}}', "an id is text or a number"),
    ("", "not JSON"),
    ('{"do": "advanse"}', "nearest: advance"),
    ('{"do": "advance"}', "how far"),
    ('{"do": "advance", "by": 5}', "unit"),
    ('{"do": "advance", "by": "-5m"}', "by:"),
    ('{"do": "advance", "by": "1m", "untill": "told"}', "nearest: until"),
    ('{"do": "advance", "by": "1m", "until": "noon"}', "told"),
    ('{"do": "command"}', "which command"),
    ('{"do": "command", "kind": "rollback"}', "nearest: roll back"),
    ('{"do": "command", "kind": "divert"}', "segment"),
    ('{"do": "command", "kind": "hold", "arguments": {"actor": "boss"}}', "who you are is known"),
    ('{"do": "command", "kind": "diagnose", "arguments": {"cause": ["errors"]}}', "cause"),
    ('{"do": "command", "kind": "diagnose", "arguments": {"cause": "gremlins"}}', 'no cause "gremlins"'),
    ('{"do": "command", "kind": "divert", "arguments": {"segment": "mars"}}', 'no segment "mars"'),
    ('{"do": "may", "kind": "disable", "arguments": {"alert": "mars", "reason": "noise"}}', 'no alert "mars"'),
    ('{"do": "look", "metrics": "errors.rate"}', "list of names"),
    ('{"do": "look", "metrics": ["errors.rate{segment=mars}"]}', "mars"),
    ('{"do": "look", "over": "long"}', "over"),
    ('{"do": "standing", "please": true}', "please"),
    ('{"do": "end", "now": 1}', "now"),
    ('{"id": 1, "x": "' + "x" * 70_000 + '"}', "at most"),
])
def test_a_line_that_makes_no_sense_gets_a_clear_reply_and_changes_nothing(
    talk: Protocol, line: str, said: str
) -> None:
    session = talk.seat.drill.session
    before = session.journal.head
    reply = talk.answer(line)
    assert reply["ok"] is False
    assert re.search(said, reply["error"]), reply["error"]
    assert (session.journal.head, session.now, talk.over) == (before, 0, False)
    assert "\n" not in json.dumps(reply)


@settings(max_examples=150)
@given(line=st.one_of(st.text(max_size=60), st.builds(json.dumps, st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["do", "advance", "command"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["do", "by", "kind", "id"]), inner),
    max_leaves=5,
))))
def test_no_line_whatever_breaks_it(silent: Protocol, line: str) -> None:
    reply = silent.answer(line)
    assert isinstance(reply["ok"], bool)
    json.dumps(reply)


@pytest.fixture(scope="module")
def silent(family: Family, tmp_path_factory: pytest.TempPathFactory) -> Protocol:
    store = Store(tmp_path_factory.mktemp("lines"))
    return Protocol(Seat.take(store, family, operator="p-00000001", mode="stepped", seed=7, case="errors"))


def test_a_command_that_makes_sense_is_handed_in_and_answered_either_way(talk: Protocol) -> None:
    refused = talk.answer('{"do": "command", "kind": "roll back"}')
    assert (refused["ok"], refused["granted"]) == (True, False)
    assert "already" in refused["because"]
    talk.answer('{"do": "advance", "by": "2m"}')
    assert talk.answer('{"do": "may", "kind": "roll back"}')["granted"]
    assert talk.answer('{"do": "command", "kind": "roll back"}')["granted"]
    assert not talk.answer('{"do": "may", "kind": "roll back"}')["granted"]


def test_it_flies_until_somebody_is_told_and_no_further_than_asked(talk: Protocol) -> None:
    early = talk.answer('{"do": "advance", "to": "5m", "until": "told"}')
    assert early["now"] == "00:05"
    told = talk.answer('{"do": "advance", "to": "20m", "until": "told"}')
    assert "00:07" < told["now"] < "00:12"
    assert any(one["who"] == "notify" for one in told["news"])
    assert talk.answer('{"do": "advance", "to": "3m"}')["ok"] is False


def test_the_greeting_names_all_that_may_be_said_and_nothing_of_the_case(talk: Protocol) -> None:
    said = talk.greeting()
    assert {"errors", "none", "worse-model"} <= set(said["diagnoses"])
    assert "roll back" in said["commands"]
    assert not {"seed", "case", "cause"} & set(said)
    assert said["over"] is False


def test_steps_count_from_one_and_none_has_begun_at_first(talk: Protocol) -> None:
    begun = talk.answer('{"do": "standing"}')["standing"]
    assert (begun["phase"], begun["step"]) == ("waiting", 0)
    talk.answer('{"do": "advance", "by": "2m"}')
    assert talk.answer('{"do": "standing"}')["standing"]["step"] == 1


def test_after_the_end_nothing_is_done_any_more(talk: Protocol) -> None:
    assert talk.answer('{"do": "end"}')["over"]
    assert talk.answer('{"do": "standing"}') | {"news": []} == talk.answer('{"do": "hint"}') | {"news": []}
