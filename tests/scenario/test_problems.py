"""Mistakes in our words: a toy document whose every mistake has one exact line."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, field_validator

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, PerSecond, Share
from sandbox.scenario.complaint import Complaint
from sandbox.scenario.problems import Problem, ScenarioError, dotted, in_file, printable, said
from sandbox.scenario.read import parse_document, read_document, read_text


class Curve(Spec):
    p50: Duration = Field(default=0, ge=1_000_000)
    p99: Duration | None = None


class Steady(Spec):
    kind: Literal["steady"] = "steady"
    mean: PerSecond = Field(default=1.0, le=1_000_000)
    steady: bool = False


class Bursty(Spec):
    kind: Literal["bursty"] = "bursty"
    mean: PerSecond
    count: int = Field(default=1, le=5_000_000, multiple_of=2)


class Threshold(Spec):
    kind: Literal["threshold"] = "threshold"
    metric: str = Field(min_length=1)
    """What is measured. Any metric will do."""
    max: float = Field(gt=0, lt=1)
    curve: Curve | None = None


class NoWorse(Spec):
    kind: Literal["no-worse"] = "no-worse"
    metric: str


class Story(Spec):
    title: str
    """One line, no more."""
    kindness: Literal["good", "bad"] = "good"
    share: Share = Field(default=0.5, le=0.9)

    @field_validator("title")
    @classmethod
    def _says_something(cls, title: str) -> str:
        if title == "untitled":
            raise ValueError("a title tells the story; write one")
        return title


class Toy(Spec):
    format: Literal[1] = 1
    scenario: Story
    traffic: Annotated[Steady | Bursty, Field(discriminator="kind")] = Steady()
    models: dict[str, Annotated[Steady | Bursty, Field(discriminator="kind")]] = Field(default={}, min_length=1)
    gates: list[Annotated[Threshold | NoWorse, Field(discriminator="kind")]] = []
    names: list[str] = []

    def problems(self) -> Iterator[Complaint]:
        for index, gate in enumerate(self.gates):
            if gate.metric not in ("errors", "latency"):
                yield Complaint(("gates", index, "metric"), f'no metric "{gate.metric}"')


GOOD = """\
format = 1
names = ["a",
  "b"]

[scenario]
title = "Fine"

[traffic]
kind = "steady"
mean = "40/s"

[models.incumbent]
kind = "bursty"
mean = "1/s"

[[gates]]
kind = "threshold"
metric = "errors"
max = 0.1

[[gates]]
kind = "no-worse"
metric = "latency"
"""

TABLE = [
    # what is replaced, by what, and the whole lines that say so
    ("title =", "titel =",
     'x.toml:6  scenario.titel: no key "titel"; nearest: title'),
    ('title = "Fine"', "title = 3", "x.toml:6  scenario.title: expected text, got 3"),
    ('title = "Fine"', 'title = "untitled"', "x.toml:6  scenario.title: a title tells the story; write one"),
    ('title = "Fine"', 'title = "Fine"\nkindness = "goood"',
     'x.toml:7  scenario.kindness: no value "goood"; nearest: good'),
    ('title = "Fine"', 'title = "Fine"\nkindness = true',
     "x.toml:7  scenario.kindness: a value is text here, got true; there is good, bad"),
    ('title = "Fine"', 'title = "Fine"\nshare = "95%"',
     'x.toml:7  scenario.share: must be at most 90%; got "95%"'),
    ('title = "Fine"', 'kind = "title"',
     "x.toml:5  scenario.title: is missing; add it: one line, no more",
     'x.toml:6  scenario.kind: no key "kind"; nearest: kindness'),
    ('[scenario]\ntitle = "Fine"', "", "x.toml:1  scenario: is missing; add it"),
    ("[scenario]", "[[scenario]]", "x.toml:5  scenario: expected a table, got a list; write [scenario]"),
    ('"a",\n  "b"]', '"a",\n  2]', "x.toml:3  names[1]: expected text, got 2"),
    ('["a",\n  "b"]', '"a"', 'x.toml:2  names: expected a list, got "a"; write ["a"]'),
    ('kind = "steady"', 'kind = "stedy"', 'x.toml:8  traffic: no kind "stedy"; nearest: steady, bursty'),
    ('kind = "steady"', "kind = [1]", "x.toml:8  traffic: a kind is text here, got a list; there is steady, bursty"),
    ('kind = "steady"\n', "", "x.toml:8  traffic: needs a kind; `greenroom kinds` explains what there is"),
    ('mean = "40/s"', "mean = 40", 'x.toml:10  traffic.mean: "40" has no unit; did you mean "40/s"?'),
    ('mean = "40/s"', 'mean = "2M/s"', 'x.toml:10  traffic.mean: must be at most 1000000/s; got "2M/s"'),
    ('mean = "40/s"', 'steady = "x"\nmean = 40',
     'x.toml:10  traffic.steady: expected true or false, got "x"',
     'x.toml:11  traffic.mean: "40" has no unit; did you mean "40/s"?'),
    ('mean = "1/s"', "", "x.toml:12  models.incumbent.mean: is missing; add it"),
    ('mean = "1/s"', 'mean = "1/s"\ncount = 6_000_000',
     "x.toml:15  models.incumbent.count: must be at most 5,000,000; got 6000000"),
    ('mean = "1/s"', 'mean = "1/s"\ncount = 3',
     "x.toml:15  models.incumbent.count: input should be a multiple of 2; got 3"),
    ('mean = "1/s"', 'mean = "1/s"\ncount = 1.5',
     "x.toml:15  models.incumbent.count: expected a whole number, got 1.5"),
    ('mean = "1/s"', 'mean = "1/s"\ncount = 0xfffffffffffffffff',
     "x.toml:15  models.incumbent.count: is a whole number of more than 64 bits; write a smaller one"),
    ('[models.incumbent]\nkind = "bursty"\nmean = "1/s"', "[models]",
     "x.toml:12  models: needs at least 1 table, got 0; add [models.NAME]"),
    ("[models.incumbent]", '[models."a.b"]\nx = 1',
     'x.toml:13  models."a.b".x: no key "x"; there is kind, mean, count'),
    ("max = 0.1", "max = 2", "x.toml:19  gates[0].max: must be less than 1; got 2"),
    ("max = 0.1", "max = nan", "x.toml:19  gates[0].max: must be a finite number; got nan"),
    ("max = 0.1", "", "x.toml:16  gates[0].max: is missing; add it"),
    ("max = 0.1", 'max = 0.1\ncurve = { p50 = "0.5ms" }',
     'x.toml:20  gates[0].curve.p50: must be at least 1ms; got "0.5ms"'),
    ("max = 0.1", 'max = 0.1\ncurve = { p5 = "5ms" }', 'x.toml:20  gates[0].curve.p5: no key "p5"; nearest: p50'),
    ('metric = "errors"', 'metric = ""', "x.toml:18  gates[0].metric: must not be empty"),
    ('metric = "errors"', 'metric = "a\\nb\\u001b[31m"', r'x.toml:18  gates[0].metric: no metric "a\nb\x1b[31m"'),
    ('metric = "latency"', 'metric = "late"', 'x.toml:23  gates[1].metric: no metric "late"'),
    ("format = 1", "format = 2", "x.toml:1  format: this greenroom reads format 1, not 2"),
    ("format = 1", 'format = "1"', 'x.toml:1  format: this greenroom reads format 1, not "1"'),
    ("format = 1", "format = 1\nfromat = 2", 'x.toml:2  fromat: no key "fromat"; nearest: format'),
    ('mean = "40/s"', "mean = ", "x.toml:10  invalid value; this is not TOML"),
    ("[traffic]", "[traffic", "x.toml:8  expected ']' at the end of a table declaration; this is not TOML"),
]


def lines_of(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        parse_document(text, name="x.toml", document_type=Toy)
    return str(error.value).splitlines()


@pytest.mark.parametrize(("old", "new", "lines"), [(old, new, lines) for old, new, *lines in TABLE])
def test_each_mistake_has_its_exact_lines(old: str, new: str, lines: list[str]) -> None:
    assert GOOD.count(old) == 1
    count = len(lines)
    width = max(len(line.split("  ")[0]) for line in lines)
    aligned = [f"{line.split('  ', 1)[0]:{width}}  {line.split('  ', 1)[1]}" for line in lines]
    assert lines_of(GOOD.replace(old, new)) == [*aligned, f"{count} mistake{'s'[: count > 1]}; nothing was flown"]


def test_a_good_text_is_read_with_the_places_of_its_keys(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD)
    document, places = read_document(tmp_path / "x.toml", Toy)
    assert document.names == ["a", "b"]
    assert places["gates", 1, "metric"] == (23, 1)


def test_a_missing_format_means_format_one() -> None:
    assert parse_document(GOOD.replace("format = 1\n", ""), name="x.toml", document_type=Toy).format == 1


def test_mistakes_in_and_between_tables_are_said_together() -> None:
    said_lines = lines_of(GOOD.replace('"40/s"', "40").replace('"latency"', '"late"').replace("max = 0.1", "max = 3"))
    assert [line.split()[0] for line in said_lines] == ["x.toml:10", "x.toml:19", "x.toml:23", "3"]


REPLAY = """\
[scenario]
title = "x"
duration = "4h"
[traffic]
kind = "replay"
path = "x.csv"
columns = { time = "t", features = ["f"], scores = { incumbent = "a", candidate = "b" } }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
[[faults]]
kind = "errors"
at = "3h"
[ramp]
steps = ["5%", "50%"]
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "2%"
steps = [2]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"4h"', "240"), ('incumbent = "a"', "incumbent = 3"), ('incumbent = "a"', 'incumbent = ["a"]'),
        ('"replay"', '"repley"'), ('path = "x.csv"', ""), ('"50%"', "50"), ('"logged"', '"loged"'),
    ],
)
def test_one_mistake_does_not_invent_another(old: str, new: str) -> None:
    assert read_text(REPLAY, name="x.toml")
    with pytest.raises(ScenarioError) as error:
        read_text(REPLAY.replace(old, new, 1), name="x.toml")
    assert len(error.value.problems) == 1, error.value


def test_a_gate_on_the_age_of_features_is_refused_where_no_feature_has_one() -> None:
    with pytest.raises(ScenarioError) as error:
        read_text(REPLAY.replace("errors.rate", "data.freshness").replace('max = "2%"', 'max = "2s"'), name="x.toml")
    assert [(one.line, one.path, one.message) for one in error.value.problems] == [
        (19, "gates[0].metric", "a replay does not say how old its features are; name another metric"),
    ]


def test_places_are_aligned_and_lines_are_in_order() -> None:
    error = ScenarioError([
        Problem("x.toml", 12, "ramp", "rises"),
        Problem("x.toml", 3, "a", "is odd"),
        Problem("x.toml", 3, "a", "is odd"),
    ])
    assert list(said(error.problems)) == [
        "x.toml:3   a: is odd", "x.toml:12  ramp: rises", "2 mistakes; nothing was flown",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("ramp", "steps", 3), "ramp.steps[3]"), (("a b", ""), '"a b".""'), (("a\x1b",), r'"a\x1b"')],
)
def test_paths_are_written_as_in_the_file(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_long_quotes_are_cut_and_what_to_do_is_kept() -> None:
    assert printable(f'"{"z" * 99}" is odd; write "x"') == f'"{"z" * 57}…" is odd; write "x"'


def test_only_tags_that_pydantic_put_in_are_taken_out() -> None:
    raw = {"traffic": {"kind": "steady", "steady": 1}, "scenario": {"kind": "title"}}
    assert in_file(("traffic", "steady", "steady"), Toy, raw) == ("traffic", "steady")
    assert in_file(("scenario", "title"), Toy, raw) == ("scenario", "title")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = " + "[" * 700 + "]" * 700, "x.toml  is nested too deeply; flatten it"),
        ("x = " + "{a=" * 420 + "1" + "}" * 420, "x.toml"),
        (GOOD.replace("max = 0.1", 'max = 0.1\ncurve = { p50 = "' + "9" * 400 + 'h" }'),
         f'x.toml:20  gates[0].curve.p50: "{"9" * 57}…" is longer than 3650d, ten years; write a shorter one'),
        ("x = " + "9" * 5000, "x.toml"),
    ],
)
def test_what_is_too_deep_or_too_large_is_a_mistake_and_no_traceback(text: str, line: str) -> None:
    assert lines_of(text)[0].startswith(line)


@pytest.mark.parametrize("module", ["locate", "problems"])
def test_telling_mistakes_needs_no_engine(module: str) -> None:
    heavy = ("numpy", "polars", "duckdb", "numba", "scipy")
    code = f"import sys, sandbox.scenario.{module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


OTHER_WORDS = [
    ("[notify]\nreceiver = \"x\"\n", "notify.receiver", "to"),
    ("[[gates]]\nkind = \"threshold\"\nmetric = \"errors.rate\"\nmax = 0.1\nsuccessCondition = \"x\"\n",
     "gates[0].successCondition", "max or min"),
    ("[[gates]]\nkind = \"no-worse\"\nmetric = \"errors.rate\"\nmargin = \"1pp\"\nconfidence = 0.95\n",
     "gates[0].confidence", "alpha"),
    ("[[slos]]\nname = \"x\"\nmetric = \"failures.rate\"\nobjective = \"99%\"\ntarget = \"99%\"\n", "slos[0].target",
     "objective"),
    ("[ramp]\nsteps = [{ share = \"5%\", setWeight = 5 }]\n", "ramp.steps[0].setWeight", "share"),
]


@pytest.mark.parametrize(("text", "path", "name"), OTHER_WORDS, ids=[row[1] for row in OTHER_WORDS])
def test_who_writes_another_tools_word_is_told_ours(text: str, path: str, name: str) -> None:
    models = '[scenario]\ntitle = "x"\n[models.incumbent]\nkind = "synthetic"\n[models.candidate]\nkind = "synthetic"\n'
    with pytest.raises(ScenarioError) as error:
        read_text(models + text, name="x.toml")
    word = path.rpartition(".")[2]
    assert [(one.path, one.message) for one in error.value.problems] == [
        (path, f'no key "{word}"; here it is called {name}')
    ]


@pytest.mark.parametrize(("table", "word", "kind"), [
    ("gates", "argo", "threshold"), ("gates", "flagger", "checks"), ("gates", "kayenta", "canary-score"),
    ("alerts", "prometheus", "rule"),
])
def test_who_names_another_tool_is_told_the_kind_that_decides_as_it_does(table: str, word: str, kind: str) -> None:
    text = '[scenario]\ntitle = "x"\n[models.incumbent]\nkind = "synthetic"\n[models.candidate]\nkind = "synthetic"\n'
    with pytest.raises(ScenarioError) as error:
        read_text(f'{text}[[{table}]]\nkind = "{word}"\n', name="x.toml")
    assert [one.message for one in error.value.problems] == [f'no kind "{word}"; here it is called {kind}']
