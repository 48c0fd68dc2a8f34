"""Whatever stands in a file, reading it ends in a document or in its mistakes, never in a traceback."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.cli.scenarios import bundled
from sandbox.scenario.document import Document
from sandbox.scenario.problems import Problem, ScenarioError, said
from sandbox.scenario.read import read_plan, read_text

BUNDLED = [path.read_text() for path in bundled()]
TOKENS = st.sampled_from([
    '"5%"', '"15m"', '"-1%"', '"1e9/s"', '""', "0", "-1", "1.5", "nan", "-inf", "0x" + "f" * 4000, "9" * 20, "true",
    "[]", "{}", "[[1]]", "[{}]", '{ kind = "steady" }', '{ p50 = "1ms", p99 = 3 }', "1979-05-27", "07:32:00",
    "'''a'''", '"\\u001b[0m"', '"' + "9" * 400 + 'h"', '["shadow", {}, 3]', "[" * 60 + "]" * 60, '"# ]"',
    "\u00e9", "\x00", "\ufeff",
])


def survives(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(read_text(text, name="x.toml"), Document)
    except ScenarioError as error:
        problems = error.problems
    lines = list(said(problems))
    assert all(line.isprintable() for line in lines)
    assert all(0 <= problem.line <= text.count("\n") + 1 for problem in problems)


def test_there_is_something_to_spoil() -> None:
    assert len(BUNDLED) >= 5
    for text in BUNDLED:
        read_text(text, name="x.toml")


@settings(max_examples=150)
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(data)
    with contextlib.suppress(ScenarioError):
        read_plan(path)


@settings(max_examples=200)
@given(st.sampled_from(BUNDLED), st.data())
def test_any_other_value_in_a_bundled_scenario(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[number].partition("=")
        new = data.draw(TOKENS)
        other = st.sampled_from(["", lines[number] * 2, f"[{key}]", new])
        lines[number] = f"{key}= {new}" if equals else data.draw(other)
    survives("\n".join(lines))


@settings(max_examples=150)
@given(st.sampled_from(BUNDLED), st.data())
def test_any_cut_of_a_bundled_scenario(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    survives(text[:start] + data.draw(st.sampled_from(["", "\n", '"', "[", "= 1\n", "{", '"""'])) + text[end:])


KEYS = ["kind", "name", "share", "steps", "metric", "auc", "latency", "p50", "at", "model", "features", "against", "x"]
WORDS = ["5%", "15m", "40/s", "steady", "synthetic", "threshold", "covariate", "errors", "incumbent", "replay", "", "é"]
VALUES = st.recursive(
    st.sampled_from([f'"{word}"' for word in WORDS]) | TOKENS,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4).map(
        lambda items: "{ " + ", ".join(f"{key} = {item}" for key, item in items.items()) + " }"
    ),
    max_leaves=10,
)


@settings(max_examples=250)
@given(st.dictionaries(st.sampled_from([*Document.model_fields, "x", '"a b"']), VALUES, max_size=6))
def test_any_shape_of_tables(tables: dict[str, Any]) -> None:
    survives("".join(f"{name} = {value}\n" for name, value in tables.items()))
