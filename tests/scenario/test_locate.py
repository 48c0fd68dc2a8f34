"""Every key path of a TOML text is found where it stands."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.scenario.locate import Path, Place, locate

STORY = '''\
# a comment = 1
format = 1   # [not.a.table]
"a key".'lit eral'."q\\u0041" = 2

[ramp]
steps = [
  "shadow",  # "5%",
  "5%", { share = "25%", segments = ["eu",
    "us"] },
]
text = """
[no]
key = \\"""not the end\\"""
two quotes at the end"""""
[models.candidate] # one
latency = { p50 = "55ms", inner.p99 = "[x]", deep = { er = [1, [2, 3]] } }
lit = 'C:\\'
lines = \'\'\'
[still.no]
\'\'\'
when = 1979-05-27 07:32:00

[[gates]]
metric = "a#b"
[gates.more]
x = 1
[[gates]]
metric = "c"
[[gates.rules]]
n = 1
  [[gates.rules]]
  n = 2
[ models . "in.cumbent" ]
kind="x"
'''

TABLE: list[tuple[Path, Place]] = [
    (("format",), (2, 1)),
    (("a key", "lit eral", "qA"), (3, 1)),
    (("ramp",), (5, 1)),
    (("ramp", "steps"), (6, 1)),
    (("ramp", "steps", 0), (7, 3)),
    (("ramp", "steps", 1), (8, 3)),
    (("ramp", "steps", 2), (8, 9)),
    (("ramp", "steps", 2, "share"), (8, 11)),
    (("ramp", "steps", 2, "segments", 1), (9, 5)),
    (("ramp", "text"), (11, 1)),
    (("models",), (15, 1)),
    (("models", "candidate"), (15, 1)),
    (("models", "candidate", "latency", "p50"), (16, 13)),
    (("models", "candidate", "latency", "inner", "p99"), (16, 27)),
    (("models", "candidate", "latency", "deep", "er", 1, 0), (16, 65)),
    (("models", "candidate", "lit"), (17, 1)),
    (("models", "candidate", "when"), (21, 1)),
    (("gates", 0), (23, 1)),
    (("gates", 0, "metric"), (24, 1)),
    (("gates", 0, "more", "x"), (26, 1)),
    (("gates", 1, "metric"), (28, 1)),
    (("gates", 1, "rules", 0, "n"), (30, 1)),
    (("gates", 1, "rules", 1), (31, 3)),
    (("gates", 1, "rules", 1, "n"), (32, 3)),
    (("models", "in.cumbent", "kind"), (34, 1)),
]


@pytest.mark.parametrize(("path", "place"), TABLE, ids=[".".join(map(str, path)) for path, _ in TABLE])
def test_each_way_of_writing_is_located(path: Path, place: Place) -> None:
    assert locate(STORY)[path] == place


@pytest.mark.parametrize("text", [STORY, STORY.replace("\n", "\r\n"), "", "# only a comment", "a = 1"])
def test_what_is_located_is_what_is_there(text: str) -> None:
    assert set(locate(text)) == {path for path, _ in walked(tomli.loads(text))}


def test_line_ends_of_windows_move_nothing() -> None:
    assert locate(STORY.replace("\n", "\r\n")) == locate(STORY)


def walked(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from walked(item, (*path, key))


class Dumper:
    """Writes a document as TOML, in ways that a draw chooses, and notes the line of every path it writes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def chance(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def note(self, path: Path) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def key(self, name: str) -> str:
        bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        literal = [f"'{name}'"] if "'" not in name and "\n" not in name else []
        return self.chance(f'"{quoted}"', *literal, *([name] if bare else []))

    def table(self, value: dict[str, Any], path: Path, header: str) -> None:
        below = {key: item for key, item in value.items() if self.stands_alone(item)}
        for key, item in value.items():
            if key not in below:
                self.text += self.chance("", "\n", "  # a = [1]\n", "\t")
                self.note((*path, key))
                self.text += f"{self.key(key)}{self.chance('', ' ')}={self.chance('', ' ')}"
                self.value(item, (*path, key))
                self.text += self.chance("\n", " # [x]\n", "  \n\n")
        for key, item in below.items():
            name = f"{header}.{self.key(key)}" if header else self.key(key)
            for index, inner in enumerate(item) if isinstance(item, list) else [(None, item)]:
                at: Path = (*path, key) if index is None else (*path, key, index)
                self.note(at)
                self.text += f"[{name}]\n" if index is None else f"[[{name}]] # more\n"
                self.table(inner, at, name)

    def stands_alone(self, item: Any) -> bool:
        tables = isinstance(item, dict) or (isinstance(item, list) and item and all(isinstance(i, dict) for i in item))
        return bool(tables) and self.draw(st.booleans())

    def value(self, value: Any, path: Path) -> None:
        if isinstance(value, dict):
            self.text += "{ "
            for number, (key, item) in enumerate(value.items()):
                self.text += ", " if number else ""
                self.note((*path, key))
                self.text += f"{self.key(key)} = "
                self.value(item, (*path, key))
            self.text += " }"
        elif isinstance(value, list):
            self.text += "["
            for index, item in enumerate(value):
                self.text += self.chance("", "\n", " # ], 1\n  ")
                self.note((*path, index))
                self.value(item, (*path, index))
                self.text += "," if index < len(value) - 1 else self.chance("", ",", "\n")
            self.text += "]"
        else:
            self.text += self.leaf(value)

    def leaf(self, value: Any) -> str:
        if not isinstance(value, str):
            return str(value).lower()
        basic = value.replace("\\", "\\\\").replace('"', '\\"')
        forms = ['"{}"'.format(basic.replace("\n", "\\n")), f'"""\n{basic}"""']
        forms += [] if value.startswith("\n") else [f'"""{basic}"""']  # TOML drops a newline that comes first
        if "'" not in value:
            forms += [f"'''\n{value}'''"] + ([f"'{value}'"] if "\n" not in value else [])
        return self.chance(*forms)


WORDS = st.text(alphabet="ab\"'#[]{}=,.\\ \né", max_size=6)
NAMES = st.text(alphabet="abc_-.\"'# é=]", min_size=1, max_size=4)
LEAVES = WORDS | st.integers(-9, 9) | st.booleans() | st.floats(-9, 9).map(lambda x: round(x, 2)) | st.dates(
    min_value=date(1900, 1, 1)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    | st.lists(st.dictionaries(NAMES, inner, max_size=2), max_size=3),
    max_leaves=10,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], Dumper]:
    value = draw(st.dictionaries(NAMES, TREES, max_size=4))
    dumper = Dumper(draw)
    dumper.table(value, (), "")
    return value, dumper


@settings(max_examples=200)
@given(documents())
def test_every_path_of_any_document_is_located_on_its_line(drawn: tuple[dict[str, Any], Dumper]) -> None:
    value, dumper = drawn
    assert tomli.loads(dumper.text) == value
    places = locate(dumper.text)
    assert {path: places[path][0] for path in dumper.lines} == dumper.lines
    assert set(places) == {path for path, _ in walked(value)}
