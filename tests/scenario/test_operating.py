"""Mistakes in runbooks, on-call tables, shared files and scripts: each said once, where it stands."""

from pathlib import Path

import pytest

from sandbox.operate.operations.kinds import BY_NAME, KINDS
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan, read_text
from sandbox.scenario.script import read_script

HOUR = 3_600 * 10**9
GOOD = """\
format = 1
[scenario]
title = "Fine"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[[segments]]
name = "eu"
share = "100%"
[[alerts]]
name = "slow"
expr = "latency.p95{arm=candidate} > 200ms"
[notify]
to = "on-call"
[oncall]
kind = "simulated"
[operations."roll back"]
takes = { p50 = "1m", p99 = "5m" }
fails = "5%"
[runbook.slow]
alerts = ["slow"]
diagnosis = "latency"
[[runbook.slow.steps]]
title = "look"
verify = "latency.p95{arm=incumbent} < 200ms"
then = "recipe"
[runbook.slow.rollback]
requires = ["errors.rate{arm=incumbent} < 1%"]
[[runbook.slow.rollback.steps]]
title = "back"
action = { kind = "divert", segment = "eu" }
then = "done"
[[runbook.slow.forbidden]]
kind = "promote"
reason = "no"
[[runbook.slow.messages]]
audience = "support"
text = "{candidate} is slow"
"""
TABLE = [
    ('alerts = ["slow"]', 'alerts = ["slo"]', '22  runbook.slow.alerts[0]: no alert "slo"; nearest: slow'),
    ('diagnosis = "latency"', 'diagnosis = "latncy"',
     '23  runbook.slow.diagnosis: no kind of fault or drift "latncy"; nearest: latency, late'),
    ('< 200ms"', '<< 200ms"', "26  runbook.slow.steps[0].verify: expected a number"),
    ("latency.p95{arm=incumbent} < 200ms", "latncy.p95 < 200ms",
     '26  runbook.slow.steps[0].verify: no metric "latncy.p95"; nearest: latency.p95'),
    ("latency.p95{arm=incumbent} < 200ms", "latency.p95{arm=other} < 200ms",
     '26  runbook.slow.steps[0].verify: no model "other"; there is incumbent, candidate'),
    ("{arm=incumbent} < 200ms", "{arm=incumbent} < 2%",
     '26  runbook.slow.steps[0].verify: latency.p95 is no share, so "2%" does not fit it'),
    ('then = "recipe"', 'then = "back"', ""),
    ('then = "recipe"', 'then = "bak"', '27  runbook.slow.steps[0].then: no later step "bak"; nearest: back'),
    ('then = "done"', 'then = "look"', '33  runbook.slow.rollback.steps[0].then: no later step "look"; there is next'),
    ('requires = ["errors', 'requires = ["errrs',
     '29  runbook.slow.rollback.requires[0]: no metric "errrs.rate"; nearest: errors.rate'),
    ('title = "back"', 'title = "look"', '31  runbook.slow.rollback.steps[0].title: "look" stands here twice'),
    ('segment = "eu" }', 'segment = "us" }',
     '32  runbook.slow.rollback.steps[0].action.segment: no segment "us"; nearest: eu'),
    ('segment = "eu" }', 'segmnt = "eu" }',
     '32  runbook.slow.rollback.steps[0].action.segmnt: no key "segmnt"; nearest: segment'),
    ('{ kind = "divert", segment = "eu" }', '"diver"',
     '32  runbook.slow.rollback.steps[0].action: no kind "diver"; nearest: divert'),
    ('{ kind = "divert", segment = "eu" }', '{ kind = "perform", runbook = "slow", step = 1 }',
     "30  runbook.slow.rollback.steps[0]: a step of a runbook cannot perform; say what is done itself"),
    ('verify = "latency.p95{arm=incumbent} < 200ms"\n', "",
     "24  runbook.slow.steps[0]: nothing is done and nothing is asked; add action, command or verify"),
    ('action = {', 'command = "by hand"\naction = {',
     "30  runbook.slow.rollback.steps[0]: action and command both say what is done; leave one out"),
    ('kind = "promote"', 'kind = "divert"', "35  runbook.slow.forbidden[0].kind: step 2 does what is forbidden here"),
    ('kind = "promote"', 'kind = "promot"',
     '35  runbook.slow.forbidden[0].kind: no operation "promot"; nearest: promote'),
    ("{candidate} is", "{candidat} is", '39  runbook.slow.messages[0].text: no fact "candidat"; nearest: candidate'),
    ("{candidate} is", "{candidate is", "39  runbook.slow.messages[0].text: its braces do not match"),
    ('kind = "simulated"', 'kind = "simulatd"', '16  oncall: no kind "simulatd"; nearest: simulated'),
    ('kind = "simulated"', 'kind = "simulated"\nasleep = 5', '18  oncall.asleep: "5" has no unit; did you mean "5%"?'),
    ('kind = "simulated"', 'kind = "simulated"\ndecide = { p50 = "9m", p99 = "2m" }',
     "18  oncall.decide: p99 is below p50; swap them"),
    ('kind = "simulated"', 'kind = "simulated"\n[oncall.others.lead]\nstep = "1"',
     '19  oncall.others.lead.step: "1" has no unit'),
    ('[notify]\nto = "on-call"\n', "",
     "15  oncall.kind: nobody is told of alerts here, so nobody on call is ever paged"),
    ('[operations."roll back"]', "[operations.rollback]",
     '18  operations.rollback: no operation "rollback"; nearest: roll'),
    ('fails = "5%"', 'fails = "500%"', '20  operations."roll back".fails: "500%" is outside 0% to 100%'),
]


@pytest.mark.parametrize(("old", "new", "said"), TABLE)
def test_a_mistake_in_what_people_do_is_told_where_it_stands(old: str, new: str, said: str) -> None:
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)
    if not said:
        read_text(text, name="x.toml")
        return
    with pytest.raises(ScenarioError) as error:
        read_text(text, name="x.toml")
    lines = [" ".join(line.split()) for line in str(error.value).splitlines()]
    assert lines[0].startswith(f"x.toml:{' '.join(said.split())}")
    assert lines[1:] == ["1 mistake; nothing was flown"]


def test_all_mistakes_of_a_shared_file_are_told_in_that_file(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD.replace("format = 1", 'format = 1\nshared = ["books.toml", "more.toml"]'))
    (tmp_path / "books.toml").write_text(
        '[runbook.fast]\nalerts = ["fast"]\n[[runbook.fast.steps]]\ntitle = "x"\ncommand = "y"\n'
        'verify = "errors.rate{arm=other} < 1%"\n'
    )
    with pytest.raises(ScenarioError) as error:
        read_plan(tmp_path / "x.toml")
    said = str(error.value).replace(str(tmp_path) + "/", "").splitlines()
    assert [" ".join(line.split()) for line in said] == [
        'books.toml:2 runbook.fast.alerts[0]: no alert "fast"; there is slow',
        'books.toml:6 runbook.fast.steps[0].verify: no model "other"; there is incumbent, candidate',
        "more.toml cannot be read: No such file or directory", "3 mistakes; nothing was flown",
    ]


def test_runbooks_of_a_shared_file_are_taken_in_and_ones_own_win(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD.replace("format = 1", 'format = 1\nshared = ["books.toml"]'))
    other = '[[runbook.{0}.steps]]\ntitle = "x"\ncommand = "y"\n'
    (tmp_path / "books.toml").write_text(other.format("fast") + other.format("slow"))
    books = read_plan(tmp_path / "x.toml").document.runbook
    assert {name: book.steps[0].title for name, book in books.items()} == {"fast": "x", "slow": "look"}


def test_a_script_is_read_in_order_of_time_with_its_arguments(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(
        '[[commands]]\nat = "9m"\nkind = "hold"\nactor = "ada"\n'
        '[[commands]]\nat = "5m"\nkind = "roll back"\npart = "50%"\n'
        '[[commands]]\nat = "5m"\nkind = "note"\ntext = "x"\n'
    )
    assert [(one.at // 60 // 10**9, one.kind, one.actor, dict(one.arguments)) for one in read_script(
        file, duration=HOUR
    )] == [
        (5, "roll back", "operator", {"part": "50%"}), (5, "note", "operator", {"text": "x"}), (9, "hold", "ada", {}),
    ]


def test_all_mistakes_of_a_script_are_told_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(
        '[[commands]]\nkind = "hold"\n[[commands]]\nat = "5"\nkind = "fly"\n'
        '[[commands]]\nat = "1h"\nkind = "scale"\nreplicas = 0\n[[commands]]\nat = "5m"\nactor = 7\n'
        '[[commands]]\nat = "5m"\nactor = "policy"\nkind = 7\n[more]\n'
    )
    with pytest.raises(ScenarioError) as error:
        read_script(file, duration=HOUR)
    said = str(error.value).replace(str(tmp_path) + "/", "").splitlines()
    assert [" ".join(line.split()).split(": there is")[0] for line in said] == [
        'a.toml:1 commands[0].at: is missing; add it: when it is given, as "12m"',
        'a.toml:3 commands[1]: no command "fly"; there is ' + ", ".join(BY_NAME),
        'a.toml:4 commands[1].at: "5" has no unit; did you mean "5m", "5s" or "5ms"?',
        "a.toml:6 commands[2]: replicas: must be at least 1; got 0",
        "a.toml:7 commands[2].at: it would come after the flight, which lasts 1h, has ended",
        "a.toml:10 commands[3].kind: is missing; add it: `greenroom kinds operation` lists what there is",
        "a.toml:12 commands[3].actor: expected text, got 7",
        'a.toml:15 commands[4].actor: "policy" is nobody who gives commands; say who does',
        "a.toml:16 commands[4].kind: expected text, got 7",
        'a.toml:17 more: no key "more"; a script has [[commands]] and nothing else', "10 mistakes; nothing was flown",
    ]


@pytest.mark.parametrize(("text", "said"), [
    ("", "is empty"), ("commands = 5", "expected a list of tables, got 5"), ("[[commands]", "this is not TOML"),
    ("commands = []", "nothing is said; add [[commands]]"),
])
def test_what_is_no_script_is_said_to_be_none(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(ScenarioError, match=said.replace("[", r"\[").replace("]", r"\]")):
        read_script(tmp_path / "a.toml", duration=HOUR)


def test_a_scripted_on_call_whose_script_is_wrong_is_refused_with_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD.replace('kind = "simulated"', 'kind = "scripted"\nscript = "a.toml"'))
    with pytest.raises(ScenarioError, match=r"a\.toml  cannot be read: No such file or directory"):
        read_plan(tmp_path / "x.toml")
    (tmp_path / "a.toml").write_text('[[commands]]\nat = "5m"\nkind = "hold"\n')
    assert read_plan(tmp_path / "x.toml").script[0].kind == "hold"


@pytest.mark.parametrize("kind", KINDS, ids=[str(kind.model_fields["kind"].default) for kind in KINDS])
def test_the_example_of_every_operation_can_be_read(kind: type, tmp_path: Path) -> None:
    example = (kind.__doc__ or "").split("```toml\n")[1].split("```")[0]
    (tmp_path / "a.toml").write_text("\n".join(line.strip() for line in example.splitlines()))
    (line,) = read_script(tmp_path / "a.toml", duration=HOUR)
    assert BY_NAME[line.kind] is kind


def test_what_the_page_about_operating_shows_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/operating.md").read_text()
    script, operations, runbook = (part.split("```")[0] for part in page.split("```toml\n")[1:])
    (tmp_path / "a.toml").write_text(script)
    assert [line.kind for line in read_script(tmp_path / "a.toml", duration=HOUR)] == ["roll back", "roll back"]
    text = GOOD.split('[operations."roll back"]')[0].replace('name = "slow"', 'name = "candidate is slow"')
    assert read_text(text + operations + runbook, name="x.toml").runbook["slow"].rollback.requires
