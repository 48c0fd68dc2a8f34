"""The scenario format on one page, written from the specs themselves: every key, its unit and its default."""

import re
import textwrap
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sandbox.base.meanings import meaning
from sandbox.base.spec import Spec
from sandbox.scenario.approvals import ApprovalsFile
from sandbox.scenario.document import Document
from sandbox.scenario.house.tables import PolicyFile


def page() -> str:
    """The whole page in Markdown."""
    lines = [
        "# The scenario file, format 1",
        "",
        "A scenario is a TOML file. Only `[scenario] title` and two models must be said; every other key has the",
        "default given here, and `greenroom show FILE` prints a scenario with all of them filled in. Values carry",
        'their unit: `"15m"`, `"5%"`, `"40/s"`. Unknown keys are mistakes. `greenroom check FILE` says all mistakes of',
        "a file at once, but what only a whole table tells once its own keys are right, as that a ramp rises.",
        "`make docs` writes this page.",
        "",
    ]
    return "\n".join([*lines, *_tables(Document)])


def policy_page() -> str:
    """The page on policy files."""
    lines = [
        "# The policy file, format 1",
        "",
        "What every plan of an organisation must keep: `greenroom check --policy FILE SCENARIO` names each rule that a",
        "plan breaks, with the line of the scenario and that of the rule, and exits 3. Each key is a rule, and what is",
        "not said is not asked. `make docs` writes this page.",
        "",
    ]
    return "\n".join([*lines, *_tables(PolicyFile)])


def approvals_page() -> str:
    """The page on files of approvals."""
    lines = [
        "# The file of approvals, format 1",
        "",
        "`NAME.approvals.toml` stands beside `NAME.toml`, in version control. `greenroom plan approve` adds to it;",
        "`greenroom plan status`, `check` and `run` read it. An approval counts for the text of the plan whose hash it",
        "holds and for the files that the plan named then, so a changed plan waits anew. Of what one person said of",
        "one text in one role, the last entry counts; `greenroom plan withdraw` adds one that takes the others back.",
        "`make docs` writes this page.",
        "",
    ]
    return "\n".join([*lines, *_tables(ApprovalsFile)])


def tables() -> dict[str, tuple[str, str, list[type[BaseModel]]]]:
    """The tables of a scenario by name: the heading, what it means, and its specs, several where it has kinds."""
    found = {name: (field, _specs_of(field.annotation)[1]) for name, field in Document.model_fields.items()}
    return {
        name: (_heading(name, field), meaning(Document, name), specs)
        for name, (field, specs) in found.items() if specs
    }


def _tables(document: type[BaseModel]) -> Iterator[str]:
    told = _top_level(document)
    for name, field in document.model_fields.items():
        yield from _table(name, field, means=meaning(document, name), told=told)


def _top_level(document: type[BaseModel]) -> dict[type[BaseModel], str]:
    """Where each spec is told of: a heading of its own has precedence over a table within a table."""
    return {
        spec: f"a table like [`{_heading(name, field)}`](#{re.sub('[^a-z]', '', _heading(name, field).lower())})"
        for name, field in document.model_fields.items()
        for spec in _specs_of(field.annotation)[1]
    }


def _heading(name: str, field: FieldInfo) -> str:
    many = _specs_of(field.annotation)[0]
    return f"[[{name}]]" if many == "list" else f"[{name}.NAME]" if many == "dict" else f"[{name}]"


def _table(name: str, field: FieldInfo, *, means: str, told: dict[type[BaseModel], str]) -> Iterator[str]:
    _, specs = _specs_of(field.annotation)
    if not specs:
        yield from (f"## `{name}`", "", f"{means} Default: `{_default(field)}`.", "")
        return
    heading = _heading(name, field)
    yield from (f"## `{heading}`", "", means, "")
    for spec in specs:
        if len(specs) > 1:
            yield from (f"### `kind = \"{_kind_of(spec)}\"`", "", *_prose(spec), "")
        yield from _keys(spec)
        yield from _within(spec, heading=heading, told=told)


def _within(spec: type[BaseModel], *, heading: str, told: dict[type[BaseModel], str]) -> Iterator[str]:
    """The tables within one: each kind of table is told of once on the page, and linked to from elsewhere."""
    for name, field in spec.model_fields.items():
        inners = _specs_of(field.annotation)[1]
        for where in dict.fromkeys(told[inner] for inner in inners if inner in told):
            yield from (f"`{name}` is {where}.", "")
        for inner in inners:
            if inner not in told:
                kind = f" of kind `{_kind_of(inner)}`" if len(inners) > 1 else ""
                yield from (f"`{name}`{kind} is a table of its own:", "", *_keys(inner))
                told[inner] = f"a table like `{name}` of `{heading}`, above"


def _keys(spec: type[BaseModel]) -> Iterator[str]:
    yield from ("| key | value | default | meaning |", "|---|---|---|---|")
    for name, field in spec.model_fields.items():
        if name == "kind" and get_origin(field.annotation) is Literal:
            continue
        means = " ".join(meaning(spec, name).split()).replace("|", "\\|")
        yield f"| `{field.alias or name}` | {_value(field)} | {_default_cell(field)} | {means} |"
    yield ""


def _prose(spec: type[BaseModel]) -> list[str]:
    return textwrap.dedent(f"    {spec.__doc__ or ''}").strip().splitlines()


def _kind_of(spec: type[BaseModel]) -> str:
    return str(spec.model_fields["kind"].default) if "kind" in spec.model_fields else spec.__name__.lower()


def _specs_of(annotation: Any) -> tuple[str, list[type[BaseModel]]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _specs_of(arguments[0])
    if origin in (list, dict):
        return origin.__name__, _specs_of(arguments[-1])[1]
    if origin in (Union, types.UnionType):
        return "", [spec for argument in arguments for spec in _specs_of(argument)[1]]
    return "", [annotation] if isinstance(annotation, type) and issubclass(annotation, Spec) else []


def _value(field: FieldInfo) -> str:
    schema = next((one for one in field.metadata if hasattr(one, "json_schema")), None)
    if schema is not None and schema.json_schema:
        examples = schema.json_schema.get("examples", [])
        return ", ".join(f"`{_toml(example)}`" for example in examples[:3])
    return _words(field.annotation)


def _words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        schema = next((one for one in arguments[1:] if hasattr(one, "json_schema")), None)
        if schema is not None and schema.json_schema:
            return f"`{_toml(schema.json_schema['examples'][0])}`"
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{_toml(argument)}`" for argument in arguments)
    if origin is list:
        return f"list of {_words(arguments[0])}"
    if origin is dict:
        return f"table of {_words(arguments[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(argument) for argument in arguments if argument is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return "table"
    return {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}.get(annotation, "value")


def _default(field: FieldInfo) -> str:
    return _toml(field.default)


def _default_cell(field: FieldInfo) -> str:
    if field.is_required():
        return "must be said"
    if field.default is None:
        return "not said"
    if field.default_factory is not None:
        return "see text"
    if isinstance(field.default, BaseModel):
        return "its defaults"
    return f"`{_toml(_outside(field))}`"


def _outside(field: FieldInfo) -> Any:
    if isinstance(field.default, str):
        return field.default
    serializer = next(_serializers(field.metadata, field.annotation), None)
    return serializer.func(field.default) if serializer is not None else field.default


def _serializers(metadata: Iterable[Any], annotation: Any) -> Iterator[Any]:
    """What writes a value as a file says it: of the field, or of the one quantity among its alternatives."""
    yield from (one for one in metadata if hasattr(one, "func") and hasattr(one, "return_type"))
    if get_origin(annotation) in (Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _serializers(getattr(argument, "__metadata__", ()), argument)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return "{}" if not value else f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    return f"{value:g}" if isinstance(value, float) else str(value)
