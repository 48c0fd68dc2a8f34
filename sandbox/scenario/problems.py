"""Mistakes of a scenario file in our words: file, line, path, what is wrong and what to do."""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sandbox.scenario.locate import Path, Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: in which file, on which line (0: none), at which key, and what to do about it."""

    file: str
    line: int
    path: str
    message: str

    @property
    def where(self) -> str:
        """The file, and the line where one is known."""
        return f"{self.file}:{self.line}" if self.line else self.file


class ScenarioError(Exception):
    """A scenario that cannot be flown, with all its mistakes."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(said(self.problems)))


def said(problems: tuple[Problem, ...]) -> Iterator[str]:
    """The lines that tell some mistakes, places aligned, and how many there are."""
    width = max((len(problem.where) for problem in problems), default=0)
    for problem in problems:
        path = f"{problem.path}: " if problem.path else ""
        yield f"{problem.where:{width}}  {path}{problem.message}"
    count = len(problems)
    yield f"{count} mistake{'' if count == 1 else 's'}; nothing was flown"


def dotted(path: Path) -> str:
    """A path as people write it: ramp.steps[3]."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def line_of(path: Path, places: Mapping[Path, Place]) -> int:
    """The line of a path, or of the nearest table around it that the file has."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]][0]
    return 1


def translated(error: ValidationError, document: type[BaseModel], raw: Any) -> Iterator[tuple[Path, str]]:
    """What pydantic found, as (path in the file, message in our words)."""
    for found in error.errors(include_url=False):
        path = in_file(tuple(found["loc"]), raw)
        yield path, _message(found, path, document, raw)


def in_file(loc: Path, raw: Any) -> Path:
    """A pydantic location without the tags it puts in for unions, by walking the file's own values."""
    path: list[str | int] = []
    here = raw
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(here, Mapping):
            if part in here or (last and isinstance(part, str) and not _is_tag(part, here, loc)):
                path.append(part)
                here = here.get(part) if isinstance(part, str) else None
            elif isinstance(part, str) and _is_tag(part, here, loc):
                continue
            else:
                path.append(part)
                here = None
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path.append(part)
            here = here[part]
        elif here is None and not isinstance(part, str):
            path.append(part)
    return tuple(path)


def _is_tag(part: str, here: Mapping[str, Any], loc: Path) -> bool:
    return here.get("kind") == part


def _message(found: Any, path: Path, document: type[BaseModel], raw: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    spec = _spec_at(document, path[:-1], raw)
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), spec)
    if kind == "missing":
        field = spec.model_fields.get(str(path[-1])) if spec is not None else None
        hint = f": {_first_sentence(field.description)}" if field is not None and field.description else ""
        return f"is missing; add it{hint}"
    if kind == "union_tag_invalid":
        tags = re.findall(r"'([^']+)'", str(context["expected_tags"]))
        return _unknown_word("kind", str(context["tag"]), tags)
    if kind == "union_tag_not_found":
        return "needs a kind; `greenroom kinds` explains what there is"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", context["expected"]) or [context["expected"]]
        return _unknown_word("value", str(found["input"]), allowed)
    if kind == "value_error":
        return str(found["msg"]).removeprefix("Value error, ")
    return _plain(kind, found, context, got=_shown(_value_at(raw, path, found["input"])))


_WRONG_TYPE = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}

_RANGE = {
    "greater_than": ("must be more than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}


def _value_at(raw: Any, path: Path, otherwise: Any) -> Any:
    """The value as the file has it, before any unit was read."""
    for part in path:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return otherwise
    return raw


def _plain(kind: str, found: Any, context: Mapping[str, Any], *, got: str) -> str:
    if kind in _WRONG_TYPE:
        return f"expected {_WRONG_TYPE[kind]}, got {got}"
    if kind in _RANGE:
        words, key = _RANGE[kind]
        return f"{words} {context[key]:g}; got {got}"
    if kind == "too_short":
        return f"needs at least {context['min_length']}; got {context['actual_length']}"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return f'{got} does not look right; write it as "package.module:function"'
    if kind == "finite_number":
        return f"must be a finite number; got {got}"
    return f"{found['msg'][0].lower()}{found['msg'][1:]}; got {got}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)


def _unknown_key(key: str, spec: type[BaseModel] | None) -> str:
    known = list(spec.model_fields) if spec is not None else []
    near = get_close_matches(key, known, n=3, cutoff=0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"there is {', '.join(known)}" if known else "remove it"
    return f'no key "{key}"; {hint}'


def _unknown_word(what: str, word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=3, cutoff=0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"there is {', '.join(known)}"
    return f'no {what} "{word}"; {hint}'


def _first_sentence(text: str) -> str:
    first = " ".join(text.split()).split(". ")[0].rstrip(".")
    return first[0].lower() + first[1:]


def _spec_at(document: type[BaseModel], path: Path, raw: Any) -> type[BaseModel] | None:
    """The spec of the table at a path, choosing between kinds by what the file says."""
    spec: type[BaseModel] | None = document
    annotation: Any = document
    here = raw
    for part in path:
        if isinstance(part, int):
            here = here[part] if isinstance(here, list) and part < len(here) else None
            spec = _chosen(annotation, here)
            continue
        here = here.get(part) if isinstance(here, Mapping) else None
        if spec is not None and part in spec.model_fields:
            annotation = spec.model_fields[part].annotation
        elif get_origin(_bare(annotation)) is dict:
            annotation = get_args(_bare(annotation))[1]
        spec = _chosen(annotation, here)
    return spec


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _chosen(annotation: Any, here: Any) -> type[BaseModel] | None:
    annotation = _bare(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list:
        return _chosen(arguments[0], here)
    if origin in (Union, types.UnionType):
        specs = [spec for spec in (_chosen(argument, here) for argument in arguments) if spec is not None]
        kind = here.get("kind") if isinstance(here, Mapping) else None
        of_kind = [spec for spec in specs if "kind" in spec.model_fields and spec.model_fields["kind"].default == kind]
        return next(iter(of_kind or specs), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
