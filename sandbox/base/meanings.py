"""What each key of a table means: the text below it in the source, read when somebody asks.

pydantic reads it as a class is made (`use_attribute_docstrings`), which takes half a second for all the tables of a
scenario; whoever flies asks for none of it.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel


def meaning(spec: type[BaseModel], key: str) -> str:
    """What a key means, as its table says it or one that the table takes after; empty where none does."""
    name = next((name for name, field in spec.model_fields.items() if field.alias == key), key)
    field = spec.model_fields.get(name)
    if field is not None and field.description:
        return field.description
    return next((texts[name] for one in spec.__mro__ if name in (texts := _texts(one))), "")


@cache
def _texts(spec: type) -> dict[str, str]:
    return _module(spec.__module__).get(spec.__qualname__, {}) if issubclass(spec, BaseModel) else {}


@cache
def _module(name: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {node.name: dict(_below(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below(spec: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Each key, and the text that stands below it."""
    for key, text in zip(spec.body, spec.body[1:], strict=False):
        if not (isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str):
            yield key.target.id, inspect.cleandoc(text.value.value)
