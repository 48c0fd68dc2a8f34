"""Mistakes of a scenario file in our words: file, line, path, what is wrong and what to do."""

import re
import types
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic.fields import FieldInfo

from sandbox.base.meanings import meaning
from sandbox.base.units import format_duration, format_rate, format_share
from sandbox.scenario.locate import Path, Place
from sandbox.scenario.other_words import kind_of, ours

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED_VALUE = {
    "a number": re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?"),
    "a whole number": re.compile(r"-?(?:0|[1-9]\d{0,14})"),
    "true or false": re.compile(r"true|false"),
}
"""What was meant by a text where something else belongs: the same without its quotes."""
_LONG_QUOTE = re.compile(r'"([^"]{61,})"')


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
    """A path as people write it: ramp.steps[3]; keys that TOML would quote are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE_KEY.fullmatch(part) else f'"{printable(part)}"')
    return text


def printable(text: str) -> str:
    """A text on one line, without what would steer a terminal, and with long quotes cut."""
    visible = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return _LONG_QUOTE.sub(lambda quote: f'"{quote[1][:57]}…"', visible)


def line_of(path: Path, places: Mapping[Path, Place]) -> int:
    """The line of a path, or of the nearest table around it that the file has."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]][0]
    return 1


def translated(
    error: ValidationError, document: type[BaseModel], raw: Any, *, misspelt: Collection[Path] = ()
) -> Iterator[tuple[Path, str]]:
    """What pydantic found, as (path in the file, message in our words), but not that a misspelt key is missing."""
    for found in error.errors(include_url=False):
        path = in_file(tuple(found["loc"]), document, raw)
        if not (found["type"] in ("missing", "too_short") and path in misspelt):
            yield path, _message(found, path, document, raw)


def meant(error: ValidationError, document: type[BaseModel], raw: Any) -> set[Path]:
    """The keys that unknown ones are nearest to, as the paths where they would have stood."""
    paths = [in_file(tuple(one["loc"]), document, raw) for one in error.errors() if one["type"] == "extra_forbidden"]
    near = ((path[:-1], _nearest(str(path[-1]), _spec_at(document, path[:-1], raw))) for path in paths)
    return {(*table, keys[0]) for table, keys in near if keys}


def in_file(loc: Path, document: type[BaseModel], raw: Any) -> Path:
    """A pydantic location without the tags it puts in for unions, by walking the specs and the file side by side."""
    path: list[str | int] = []
    annotation: Any = document
    here = raw
    for part in loc:
        if isinstance(here, Mapping) and isinstance(part, str):
            if len(_specs(annotation)) > 1 and part == here.get("kind", _kind_unless_said(annotation)):
                annotation = _chosen(annotation, here)
                continue
        elif not (isinstance(here, list) and isinstance(part, int)):
            continue
        path.append(part)
        annotation, here = _within(annotation, part, here)
    return tuple(path)


def _message(found: Any, path: Path, document: type[BaseModel], raw: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    spec = _spec_at(document, path[:-1], raw)
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), spec)
    if kind == "missing":
        means = "" if spec is None else meaning(spec, str(path[-1]))
        hint = f": {_first_sentence(means)}" if means else ""
        return f"is missing; add it{hint}"
    if kind == "union_tag_invalid":
        tags = re.findall(r"'([^']+)'", str(context["expected_tags"]))
        return _unknown_word("kind", _value_at(raw, (*path, "kind"), context["tag"]), tags)
    if kind == "union_tag_not_found":
        return "needs a kind; `greenroom kinds` explains what there is"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", context["expected"]) or [context["expected"]]
        return _unknown_word("value", found["input"], allowed)
    if kind == "value_error":
        return str(found["msg"]).removeprefix("Value error, ")
    return _plain(kind, found, path, _value_at(raw, path, found["input"]))


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


def _plain(kind: str, found: Any, path: Path, value: Any) -> str:
    context, got = found.get("ctx", {}), shown(value)
    if kind in _WRONG_TYPE:
        return f"expected {_WRONG_TYPE[kind]}, got {got}{_rewritten(_WRONG_TYPE[kind], path, value)}"
    if kind in _RANGE:
        words, key = _RANGE[kind]
        return f"{words} {_bound(context[key], value)}; got {got}"
    if kind == "too_short" and isinstance(value, Mapping):
        least, count = context["min_length"], context["actual_length"]
        return f"needs at least {least} table{'s'[: least > 1]}, got {count}; add [{dotted(path)}.NAME]"
    if kind == "too_short":
        return f"needs at least {context['min_length']}; got {context['actual_length']}"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        if path[-1] == "metric":
            return f'{got} is not what this gate reads: drift.psi or drift.ks, with ".score" or ".FEATURE" behind it'
        return f'{got} does not look right; write it as "package.module:function"'
    if kind == "finite_number":
        return f"must be a finite number; got {got}"
    return f"{found['msg'][0].lower()}{found['msg'][1:]}; got {got}"


def _rewritten(expected: str, path: Path, value: Any) -> str:
    """How to write what was meant, where the shape tells."""
    if expected == "a list" and isinstance(value, Mapping):
        return f"; write [[{dotted(path)}]]" if len(path) == 1 else ""
    if expected == "a list" and isinstance(value, (str, int, float)):
        return f"; write [{shown(value)}]"
    if expected == "a table" and isinstance(value, list) and all(isinstance(part, str) for part in path):
        return f"; write [{dotted(path)}]" if value and all(isinstance(item, Mapping) for item in value) else ""
    if expected in _QUOTED_VALUE and isinstance(value, str) and _QUOTED_VALUE[expected].fullmatch(value):
        return f"; write {value}"
    if expected == "a whole number" and isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return f"; write {int(value)}"
    return ""


def _bound(bound: float, value: Any) -> str:
    """A bound in the unit that the file uses there; nothing has no unit."""
    if isinstance(value, str) and bound:
        if "%" in value:
            return format_share(bound)
        return format_rate(bound) if "/" in value else format_duration(int(bound))
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:,g}" if bound % 1 else f"{bound:,.0f}"


def shown(value: Any) -> str:
    """A value of the file, short, as the file would write it."""
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
    known, near = list(_keys(spec)) if spec is not None else [], _nearest(key, spec)
    if mine := ours(key, known):
        return f'no key "{key}"; here it is called {" or ".join(mine)}'
    hint = f"nearest: {', '.join(near)}" if near else f"there is {', '.join(known)}" if known else "remove it"
    return f'no key "{key}"; {hint}'


def _nearest(key: str, spec: type[BaseModel] | None) -> list[str]:
    return get_close_matches(key, _keys(spec), n=3, cutoff=0.5) if spec is not None else []


def _unknown_word(what: str, word: Any, known: list[str]) -> str:
    if not isinstance(word, str):
        return f"a {what} is text here, got {shown(word)}; there is {', '.join(known)}"
    if what == "kind" and (mine := kind_of(word, known)):
        return f'no kind "{word}"; here it is called {mine}'
    near = get_close_matches(word, known, n=3, cutoff=0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"there is {', '.join(known)}"
    return f'no {what} "{word}"; {hint}'


def _first_sentence(text: str) -> str:
    first = " ".join(text.split()).split(". ")[0].rstrip(".")
    return first[0].lower() + first[1:]


def _spec_at(document: type[BaseModel], path: Path, raw: Any) -> type[BaseModel] | None:
    """The spec of the table at a path, choosing between kinds by what the file says."""
    annotation: Any = document
    here = raw
    for part in path:
        annotation, here = _within(annotation, part, here)
    return _chosen(annotation, here)


def _within(annotation: Any, part: str | int, here: Any) -> tuple[Any, Any]:
    """What a key or element of a table or list may be, and what the file has there."""
    try:
        inner = here[part]
    except (KeyError, IndexError, TypeError):
        inner = None
    bare = _bare(annotation)
    if get_origin(bare) in (list, dict):
        return get_args(bare)[-1], inner
    spec = _chosen(annotation, here)
    field = _keys(spec).get(str(part)) if spec is not None else None
    if field is None:
        return None, inner
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, inner


def _kind_unless_said(annotation: Any) -> str | None:
    """The kind of a table that says none, where one is taken for granted: the first of the family."""
    taken_for_granted = any(isinstance(one, BeforeValidator) for one in getattr(annotation, "__metadata__", ()))
    return str(_specs(annotation)[0].model_fields["kind"].default) if taken_for_granted else None


def _keys(spec: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a table as the file has them; a word that Python keeps for itself has another name inside."""
    return {field.alias or name: field for name, field in spec.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """An annotation without its metadata, and without None beside one other."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        others = [one for one in get_args(annotation) if one is not types.NoneType]
        return _bare(others[0]) if len(others) == 1 else annotation
    return annotation


def _specs(annotation: Any) -> list[type[BaseModel]]:
    """The specs that a table may follow."""
    bare = _bare(annotation)
    if get_origin(bare) in (Union, types.UnionType):
        return [spec for one in get_args(bare) for spec in _specs(one)]
    return [bare] if isinstance(bare, type) and issubclass(bare, BaseModel) else []


def _chosen(annotation: Any, here: Any) -> type[BaseModel] | None:
    """The spec that a table follows, by its kind where there are several."""
    specs = _specs(annotation)
    kind = here.get("kind") if isinstance(here, Mapping) else None
    of_kind = [spec for spec in specs if "kind" in spec.model_fields and spec.model_fields["kind"].default == kind]
    return next(iter(of_kind or specs), None)
