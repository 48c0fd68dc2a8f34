"""Every format is parsed back by somebody else's parser."""

import json as codec
import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from sandbox.report.render.github import LIMIT, annotation, github
from sandbox.report.render.json import json
from sandbox.report.render.jsonl import jsonl
from sandbox.report.render.junit import junit
from sandbox.report.render.markdown import markdown
from sandbox.report.render.style import Style
from sandbox.report.render.text import summary, text
from sandbox.report.scorecard import score
from tests.report.made import MINUTE, flight, gate, ramp, truth

NASTY = 'A <b> & "c" | 100%: d,e\x1b[31m\x00'


@pytest.fixture
def card():
    made = flight(
        ramp(0, "step", title="5%", because="the ramp begins"), gate(5 * MINUTE, "fail", because=NASTY),
        ramp(5 * MINUTE, "roll back", share=0.0, because=f"errors failed at step 5%: {NASTY}"),
        what_was=truth(harmed={4: 100}), outcome="rolled_back", title=NASTY,
        expect={"outcome": "promoted", "harmed_users": "< 500", "failed_gate": NASTY},
    )
    return score(made, keep_journal=True, repeat="greenroom run made.toml --seed 3")


@pytest.fixture
def untested():
    return score(flight(expect={"detected_within": "1m"}), repeat="greenroom run made.toml --seed 3")


def test_json_holds_what_was_promised(card):
    whole = codec.loads(json([card]))
    for key in ("scenario", "seed", "digest", "outcome", "expectations", "decisions", "truth", "harm", "windows"):
        assert key in whole
    assert whole["schema_version"] == 1
    assert whole["scenario"]["title"] == NASTY
    assert whole["harm"]["total"]["harmed"] == {"wrong": 100, "late": 0, "failed": 0}
    assert [one["state"] for one in whole["expectations"]] == ["missed", "met", "missed"]
    assert list(whole) == sorted(whole)


def test_json_of_one_flight_is_the_same_bytes(card):
    assert json([card]) == json([replace(card, run="another")])


def test_json_of_several_is_a_list(card, untested):
    assert [one["exit_code"] for one in codec.loads(json([card, untested]))["flights"]] == [1, 4]


def test_json_knows_no_not_a_number(card):
    broken = replace(card, truth={"x": float("nan"), "y": [float("inf")]})
    assert codec.loads(json([broken]), parse_constant=pytest.fail)["truth"] == {"x": None, "y": [None]}


def test_jsonl_is_a_value_a_line(card):
    values = [codec.loads(line) for line in jsonl([card]).split("\n")[:-1]]
    assert [one["type"] for one in values] == ["flight", "entry", "entry", "entry", "result"]
    assert values[2]["facts"]["because"] == NASTY


def test_junit_is_read_back(card, untested):
    root = ElementTree.fromstring(junit([card, untested]))
    assert root.attrib == {"name": "greenroom", "tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    cases = root.findall("./testsuite/testcase")
    assert len(cases) == 4
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "got rolled_back, want promoted"
    assert 'A <b> & "c" | 100%' in str(cases[2].get("name"))
    skipped = root.findall(".//skipped")[0].get("message")
    assert str(skipped).startswith("inconclusive: harm never began")
    assert [one.get("value") for one in root.findall(".//property[@name='seed']")] == ["3", "3"]


def parsed(line):
    """A workflow command as the runner reads it: level, properties, message."""
    match = re.fullmatch(r"::(\w+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)", line)
    assert match is not None, line
    pairs = (pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
    return match[1], {name: unquote(value) for name, value in pairs}, unquote(match[3])


def test_github_annotations_survive_any_text(card):
    lines = github([card], line_of=lambda one, key: 7).splitlines()
    level, properties, message = parsed(lines[1])
    assert level == "error"
    assert properties == {"file": "made.toml", "line": "7", "title": "made: expect.failed_gate"}
    assert message == f"got errors, want {NASTY} (seed 3)\ngreenroom run made.toml --seed 3"


def test_github_escapes_what_the_runner_unescapes():
    assert annotation("error", "a%b\r\nc", title="d:e,f%") == "::error title=d%3Ae%2Cf%25::a%25b%0D%0Ac"


def test_github_shows_ten_of_a_kind_and_says_how_many_more(card, untested):
    lines = github([card] * 8 + [untested]).splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == LIMIT
    assert "7 more" in errors[-1]
    assert sum(line.startswith("::warning") for line in lines) == 1


def test_markdown_tables_stay_tables(card, untested):
    lines = markdown([card, untested]).splitlines()
    table = lines[lines.index("|---|---:|---|---:|---:|---:|---:|---|") :][1:3]
    assert all(len(re.split(r"(?<!\\)\|", row)) == 10 for row in table)
    assert "<b>" not in "\n".join(lines)
    assert "greenroom run made.toml --seed 3" in lines


def test_text_is_ascii_where_the_terminal_is(card):
    assert text(card, style=Style(utf8=False)).isascii()
    assert summary([card], style=Style(utf8=False)).isascii()


def test_text_has_no_escapes_but_its_own(card):
    assert "\x1b" not in text(card)
    assert "\x1b[31mFAIL" in text(card, style=Style(colour=True))
    assert "\x1b[31m\x00" not in text(card, style=Style(colour=True))


def test_summary_has_a_line_a_flight(card, untested):
    lines = summary([card, untested]).splitlines()
    assert len(lines) == 4
    assert "✗ outcome, failed_gate" in lines[1]
    assert lines[3] == " 2 flights: 1 held, 1 rolled_back; expectations: 1 missed, 1 inconclusive"


def test_a_scenario_with_more_releases_says_in_every_form_that_one_flight_is_the_first_alone(card):
    made = replace(card, source="my steps.toml", releases=("second", "third"))
    said = "2 more releases (second, third): greenroom program 'my steps.toml'"
    assert f" not flown {said}\n" in text(made)
    assert f"Not flown: {said}\n" in markdown([made, made])
    assert codec.loads(json([made]))["further_releases"] == ["second", "third"]
    assert "not flown" not in text(card)
    assert codec.loads(json([card]))["further_releases"] == []


def test_the_releases_that_one_flight_leaves_out_are_those_of_its_plan():
    made = flight()
    later = replace(made, header=replace(made.header, plan={**made.header.plan, "releases": [{"model": "second"}]}))
    assert score(later).unflown == f"1 more release (second): greenroom program {made.header.source}"
    assert score(made).unflown == ""
