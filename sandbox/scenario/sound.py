"""What of a file can be judged while some of it is wrong: the file without its mistakes, and with something to stand in
for what no file can do without.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from sandbox.scenario.complaint import Complaint
from sandbox.scenario.document import Document
from sandbox.scenario.locate import Path
from sandbox.scenario.problems import in_file, translated
from sandbox.scenario.prune import Pruned

_TITLE: Path = ("scenario", "title")
_TRAFFIC: Path = ("traffic",)
_MODELS: Path = ("models",)
_STORY = {"title": "?"}
_MODEL = {"kind": "synthetic"}
_ANY_TRAFFIC: tuple[dict[str, Any], ...] = (
    {"kind": "steady"}, {"kind": "replay", "path": "?", "columns": {"time": "?", "features": ["?"], "user": "?"}},
)
"""Made up, or recorded: what is wrong with both is wrong whatever the traffic was meant to be."""


def between_tables(
    raw: dict[str, Any], bad: set[Path], misspelt: set[Path], document_type: type[BaseModel]
) -> Iterator[tuple[Path, str]]:
    """What is wrong between tables, as far as it can be seen with what is bad in them taken out."""
    if document_type is not Document:
        yield from _complaints(raw, bad, misspelt, document_type, filled={})
        return
    yield from _few(raw, bad | misspelt)
    if isinstance(raw.get("scenario"), dict) and "title" not in raw["scenario"]:
        bad = bad - {_TITLE}  # it is missing, and nothing hangs on it
    if not _lost(raw, bad):
        yield from _complaints(raw, bad, misspelt, document_type, filled={})
        return
    one, other = (
        list(_complaints(raw, bad | {_TRAFFIC}, misspelt, document_type, filled={"traffic": traffic}))
        for traffic in _ANY_TRAFFIC
    )
    yield from (complaint for complaint in one if complaint in other)


def _few(raw: dict[str, Any], bad: set[Path]) -> Iterator[tuple[Path, str]]:
    """That there are too few models, which is not said where one of them is wrong itself."""
    models = raw.get("models")
    if isinstance(models, dict) and _MODELS not in bad:
        try:
            Document.model_validate({"scenario": _STORY, "models": dict.fromkeys(models, _MODEL)})
        except ValidationError as error:
            yield from translated(error, Document, raw)


def _lost(raw: dict[str, Any], bad: set[Path]) -> bool:
    """Whether what is bad takes the traffic along."""
    return "traffic" in raw and "traffic" not in _sound_part(raw, bad, Document, filled={})[0].left


def _complaints(
    raw: dict[str, Any], bad: set[Path], misspelt: set[Path], document_type: type[BaseModel], *, filled: dict[str, Any]
) -> Iterator[tuple[Path, str]]:
    pruned, document = _sound_part(raw, bad, document_type, filled=filled)
    lost = pruned.taken | misspelt
    if document_type is Document and len(pruned.left.get("models", ())) < len(_models(pruned.left)):
        lost.add(_MODELS)
    complaints: Iterable[Complaint] = getattr(document, "problems", tuple)()
    for one in complaints:
        whole = pruned.in_file(one.path)
        if not inside(whole, bad) and not any(_hurts(path, rest) for path in lost for rest in one.rests_on):
            yield whole, one.message


def _sound_part(
    raw: dict[str, Any], bad: set[Path], document_type: type[BaseModel], *, filled: dict[str, Any]
) -> tuple[Pruned, BaseModel | None]:
    """The file without its mistakes; a table that needs what was taken out goes too, and so on upwards."""
    while True:
        pruned = Pruned(raw, bad)
        left = {**_standing_in(pruned.left), **filled} if document_type is Document else pruned.left
        try:
            return pruned, document_type.model_validate(left)
        except ValidationError as error:
            lame = {_lame(tuple(one["loc"]), one["type"], document_type, left) for one in error.errors()}
        wider = bad | {pruned.in_file(path) for path in lame}
        if () in wider or wider == bad:
            return pruned, None
        bad = wider


def _lame(loc: Path, kind: str, document_type: type[BaseModel], left: dict[str, Any]) -> Path:
    """What cannot stay: what makes no sense any more, or the table that misses something."""
    path = in_file(loc, document_type, left)
    return path if kind == "value_error" else path[:-1]


def _standing_in(left: dict[str, Any]) -> dict[str, Any]:
    """What is left, with a title and two models, without which nothing can be read."""
    story = left.get("scenario", {})
    return {**left, "scenario": {**_STORY, **story} if isinstance(story, dict) else story, "models": _models(left)}


def _models(left: dict[str, Any]) -> Any:
    """The models that are left, and others in the place of what is lost."""
    models = left.get("models", {})
    return models if len(models) > 1 else {"incumbent": _MODEL, "candidate": _MODEL, **models}


def inside(path: Path, taken: Collection[Path]) -> bool:
    """Whether a path is one of some others or lies below one."""
    return any(path[: len(one)] == one for one in taken)


def _hurts(lost: Path, rest: Path) -> bool:
    """Whether what was lost is what something rests on, holds it, or is one of its members."""
    return len(lost) <= len(rest) + 1 and all(mine == theirs for mine, theirs in zip(lost, rest, strict=False))
