"""Reads a scenario file: TOML to document, or all of its mistakes at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError

from sandbox.scenario.document import FORMAT, Document
from sandbox.scenario.locate import Path as KeyPath
from sandbox.scenario.locate import Place, locate
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import Problem, ScenarioError, dotted, line_of, translated
from sandbox.scenario.prune import Pruned
from sandbox.scenario.reserved import not_yet


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises ScenarioError."""
    text = _text_of(path)
    document = read_text(text, name=str(path))
    return Plan(name=path.stem, text=text, document=document, folder=path.parent, source=str(path))


def read_text(text: str, *, name: str) -> Document:
    """The document in a text that is called `name`; raises ScenarioError."""
    raw = _parsed(text, name)
    places = locate(text)
    found = list(_found(raw))
    if found:
        raise ScenarioError(_placed(found, places, name))
    return Document.model_validate(raw)


def _text_of(path: Path) -> str:
    name = str(path)
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        raise ScenarioError([Problem(name, 0, "", "is a folder; name a file in it")]) from None
    except OSError as error:
        raise ScenarioError([Problem(name, 0, "", f"cannot be read: {error.strerror or error}")]) from None
    except ValueError as error:
        raise ScenarioError([Problem(name, 0, "", f"cannot be read: {error}")]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError([Problem(name, line, "", "is not UTF-8 text; save it as UTF-8")]) from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    if not text.strip():
        raise ScenarioError([Problem(name, 0, "", "is empty; `greenroom new FILE` writes one to start from")])
    try:
        return tomli.loads(text)
    except RecursionError:
        raise ScenarioError([Problem(name, 0, "", "is nested too deeply; flatten it")]) from None
    except (tomli.TOMLDecodeError, ValueError) as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        line = int(place[1]) if place else text.count("\n") + 1
        what = re.sub(r" \(at (line \d+, column \d+|end of document)\)$", "", message)
        said = f"{what[0].lower()}{what[1:]}; this is not TOML"
        raise ScenarioError([Problem(name, line, "", said)]) from None


def _found(raw: dict[str, Any]) -> list[tuple[KeyPath, str]]:
    version = raw.get("format", FORMAT)
    if version != FORMAT or isinstance(version, bool):
        return [(("format",), f"this greenroom reads format {FORMAT}, not {version}")]
    found = list(not_yet(raw))
    taken = {path for path, _ in found}
    try:
        Document.model_validate(raw)
    except ValidationError as error:
        found += [one for one in translated(error, Document, raw) if not _inside(one[0], taken)]
    return found + list(_between_tables(raw, found))


def _between_tables(raw: dict[str, Any], found: list[tuple[KeyPath, str]]) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong between tables, as far as it can be seen with what is wrong in them taken out."""
    pruned = Pruned(raw, [path for path, _ in found])
    try:
        document = Document.model_validate(pruned.left)
    except ValidationError:
        return
    left_out = {path[0] for path, _ in found if path}
    for path, message in document.problems():
        whole = pruned.in_file(path)
        if not any(whole[: len(path)] == path for path, _ in found) and not _about(message, left_out):
            yield whole, message


def _about(message: str, left_out: set[str | int]) -> bool:
    """Whether a complaint may only be there because its table lost something to another mistake."""
    lists = {"model": "models", "candidate": "models", "segment": "segments", "group": "groups"}
    return any(message.startswith(f"no {what} ") and table in left_out for what, table in lists.items()) or (
        "add up to" in message and bool({"segments", "groups"} & left_out)
    )


def _inside(path: KeyPath, taken: set[KeyPath]) -> bool:
    return any(path[: len(one)] == one for one in taken)


def _placed(found: list[tuple[KeyPath, str]], places: dict[KeyPath, Place], name: str) -> list[Problem]:
    return [Problem(name, line_of(path, places), dotted(path), message) for path, message in found]
