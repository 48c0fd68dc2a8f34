"""A timeline of commands in a file: `[[commands]]` with `at`, `kind`, `actor` if it matters, and the arguments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sandbox.base.names import nowhere
from sandbox.base.units import format_duration, parse_duration
from sandbox.operate.naming import Names, strays
from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.operations.operation import Operation
from sandbox.scenario.locate import Path as KeyPath
from sandbox.scenario.locate import locate
from sandbox.scenario.problems import Problem, ScenarioError, dotted, line_of, printable, shown, translated
from sandbox.scenario.text import parsed, text_of

Argument = str | int | float | bool
ACTOR = "operator"
"""Who gives a command of a script unless it says."""

POLICY = "policy"
"""Whose commands are the policy's own, which nobody hands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One command and when it is given, in ns."""

    at: int
    kind: str
    actor: str = ACTOR
    arguments: Mapping[str, Argument]


Script = tuple[Line, ...]
"""Commands in order of time; those of one instant in the order of the file."""


def operation(kind: str, arguments: Mapping[str, Argument]) -> Operation | str:
    """What a command asks for, or why it makes no sense."""
    spec = BY_NAME.get(kind)
    if spec is None:
        return nowhere("command", kind, tuple(BY_NAME))
    raw = {**arguments, "kind": kind}
    try:
        return spec.model_validate(raw)
    except ValidationError as error:
        said = (f"{dotted(path)}: {message}" if path else message for path, message in translated(error, spec, raw))
        return "; ".join(said)


def read_script(path: Path, *, duration: int, names: Names | None = None) -> Script:
    """The commands in a file for a flight of so many ns; raises ScenarioError with all that is wrong in it.

    Where `names` says what there is, no argument may name anything else.
    """
    text, name = text_of(path), str(path)
    raw = parsed(text, name)
    lines, found = [], list[tuple[KeyPath, str]]()
    for key in raw:
        if key != "commands":
            found.append(((key,), f'no key "{key}"; a script has [[commands]] and nothing else'))
    rows = raw.get("commands", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        found.append((("commands",), f"expected a list of tables, got {shown(rows)}; write [[commands]]"))
        rows = []
    for index, row in enumerate(rows):
        wrong = list(_wrong(row, duration, names or {}))
        found += [(("commands", index, *path), message) for path, message in wrong]
        if not wrong:
            lines.append(Line(
                at=parse_duration(row["at"]), kind=row["kind"], actor=row.get("actor", ACTOR), arguments=_arguments(row)
            ))
    if not rows and not found:
        found.append((("commands",), "nothing is said; add [[commands]]"))
    if found:
        places = locate(text)
        raise ScenarioError(
            Problem(name, line_of(at, places), dotted(at), printable(message)) for at, message in found
        )
    return tuple(sorted(lines, key=lambda line: line.at))


def _arguments(row: Mapping[str, Any]) -> dict[str, Argument]:
    return {key: value for key, value in row.items() if key not in ("at", "kind", "actor")}


def _wrong(row: Mapping[str, Any], duration: int, names: Names) -> Iterator[tuple[KeyPath, str]]:
    if "at" not in row:
        yield ("at",), 'is missing; add it: when it is given, as "12m"'
    else:
        try:
            late = parse_duration(row["at"]) >= duration
        except ValueError as unclear:
            yield ("at",), str(unclear)
        else:
            if late:
                yield ("at",), f"it would come after the flight, which lasts {format_duration(duration)}, has ended"
    actor = row.get("actor", ACTOR)
    if not isinstance(actor, str):
        yield ("actor",), f"expected text, got {shown(actor)}"
    elif actor in ("", POLICY):
        yield ("actor",), f"{shown(actor)} is nobody who gives commands; say who does"
    if "kind" not in row:
        yield ("kind",), "is missing; add it: `greenroom kinds operation` lists what there is"
        return
    if not isinstance(row["kind"], str):
        yield ("kind",), f"expected text, got {shown(row['kind'])}"
        return
    wanted = operation(row["kind"], _arguments(row))
    if isinstance(wanted, str):
        yield (), wanted
        return
    yield from (((argument,), said) for argument, said in strays(wanted, names))
