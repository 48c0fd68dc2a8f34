"""The text of a file, and what it says as TOML has it."""

import re
from pathlib import Path
from typing import Any

import tomli

from sandbox.scenario.problems import Problem, ScenarioError


def text_of(path: Path) -> str:
    """The text of a file; raises ScenarioError."""
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


def parsed(text: str, name: str) -> dict[str, Any]:
    """What a text called `name` says, as TOML has it; raises ScenarioError."""
    if not text.strip():
        raise ScenarioError([Problem(name, 0, "", "is empty; `greenroom new FILE` writes one to start from")])
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, ValueError) as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        line = int(place[1]) if place else text.count("\n") + 1
        what = re.sub(r" \(at (line \d+, column \d+|end of document)\)$", "", message)
        said = f"{what[0].lower()}{what[1:]}; this is not TOML"
        raise ScenarioError([Problem(name, line, "", said)]) from None
