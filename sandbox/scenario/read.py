"""Reads a scenario file: TOML to document, or all of its mistakes at once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sandbox.operate.runbook import Runbook
from sandbox.scenario import dealing
from sandbox.scenario.approvals import ApprovalsFile, Signature, beside, today, valid
from sandbox.scenario.document import FORMAT, Document
from sandbox.scenario.locate import Path as KeyPath
from sandbox.scenario.locate import Place, locate
from sandbox.scenario.misfit import misfits
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import (
    Problem,
    ScenarioError,
    dotted,
    line_of,
    meant,
    printable,
    shown,
    translated,
)
from sandbox.scenario.sound import between_tables, inside
from sandbox.scenario.tables.shared import SharedFile
from sandbox.scenario.text import parsed, text_of

AnyDocument = TypeVar("AnyDocument", bound=BaseModel)

_WIDEST = 2**63


def read_plan(path: Path) -> Plan:
    """The plan in a file, with the approvals beside it that count today; raises ScenarioError."""
    problems: list[Problem] = []
    signatures: tuple[Signature, ...] = ()
    try:
        signatures = read_approvals(path)
    except ScenarioError as error:
        problems += error.problems
    try:
        text = text_of(path)
        document = read_text(text, name=str(path))
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    try:
        document = with_shared(document, folder=path.parent)
    except ScenarioError as error:
        problems += error.problems
    plan = Plan(name=path.stem, text=text, document=document, folder=path.parent, source=str(path))
    try:
        _ = plan.script
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return replace(plan, approvals=valid(signatures, plan=plan.hash, day=today()))


def read_approvals(path: Path) -> tuple[Signature, ...]:
    """All approvals in the file beside a scenario, whether they count or not; raises ScenarioError."""
    file = beside(path)
    return tuple(read_document(file, ApprovalsFile)[0].approvals) if file.exists() else ()


def with_shared(document: Document, *, folder: Path) -> Document:
    """The document with the runbooks of the files it shares; its own of the same name win. Raises ScenarioError."""
    problems: list[Problem] = []
    books: dict[str, Runbook] = {}
    for name in document.shared:
        try:
            file, places = read_document(folder / name, SharedFile)
        except ScenarioError as error:
            problems += error.problems
            continue
        wrong = [(one.path, one.message) for one in document.runbook_problems(file.runbook)]
        problems += _placed(wrong, places, str(folder / name))
        books |= file.runbook
    if problems:
        raise ScenarioError(problems)
    return document.model_copy(update={"runbook": {**books, **document.runbook}}) if books else document


def read_text(text: str, *, name: str) -> Document:
    """The document in a text that is called `name`; raises ScenarioError."""
    return parse_document(text, name=name, document_type=Document)


def read_document(path: Path, document_type: type[AnyDocument]) -> tuple[AnyDocument, dict[KeyPath, Place]]:
    """The document of a type in a file, and where its keys stand; raises ScenarioError."""
    text = text_of(path)
    return parse_document(text, name=str(path), document_type=document_type), locate(text)


def parse_document(text: str, *, name: str, document_type: type[AnyDocument]) -> AnyDocument:
    """The document of a type in a text that is called `name`; raises ScenarioError."""
    try:
        raw = parsed(text, name)
        places = locate(text)
        found = list(_too_wide(raw, ())) or _found(raw, document_type) or list(_dealt(raw, document_type))
        if found:
            raise ScenarioError(_placed(found, places, name))
        return document_type.model_validate(raw)
    except RecursionError:
        raise ScenarioError([Problem(name, 0, "", "is nested too deeply; flatten it")]) from None
    except OverflowError:
        said = "holds a number too large to compute with; write a smaller one"
        raise ScenarioError([Problem(name, 0, "", said)]) from None


def _too_wide(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Whole numbers that TOML does not promise to hold; Python would, and fail later to print or convert them."""
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        yield path, "is a whole number of more than 64 bits; write a smaller one"
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _too_wide(item, (*path, key))


def _found(raw: dict[str, Any], document_type: type[BaseModel] = Document) -> list[tuple[KeyPath, str]]:
    version = raw.get("format", FORMAT)
    if type(version) is not int or version != FORMAT:
        return [(("format",), f"this greenroom reads format {FORMAT}, not {shown(version)}")]
    found = list(misfits(raw)) if document_type is Document else []
    taken = {path for path, _ in found}
    misspelt: set[KeyPath] = set()
    try:
        document_type.model_validate(raw)
    except ValidationError as error:
        misspelt = meant(error, document_type, raw)
        said = translated(error, document_type, raw, misspelt=misspelt)
        found += [one for one in said if not inside(one[0], taken)]
    return found + list(between_tables(raw, {path for path, _ in found}, misspelt, document_type))


def _dealt(raw: dict[str, Any], document_type: type[BaseModel]) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with the scenarios that a sound family deals, each said once."""
    if document_type is not Document or "drill" not in raw:
        return
    unlike = list(dealing.unlike(raw))
    yield from unlike
    said = set[tuple[int, KeyPath, str]]()
    for case, scenario in dealing.corners(raw) if not unlike else ():
        for path, message in _found(scenario):
            if (case, path, message) not in said:
                said.add((case, path, message))
                yield ("drill", "cases", case), f"as it is dealt, {dotted(path)}: {message}"


def _placed(found: list[tuple[KeyPath, str]], places: dict[KeyPath, Place], name: str) -> list[Problem]:
    return [Problem(name, line_of(path, places), dotted(path), printable(message)) for path, message in found]
