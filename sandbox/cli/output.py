"""Scorecards in the format that was asked for, and all formats into a folder."""

from collections.abc import Sequence
from pathlib import Path

from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import OutputError
from sandbox.report.render.style import Style
from sandbox.report.scorecard import Scorecard

ARTEFACTS = {
    "text": "log.txt", "json": "result.json", "jsonl": "events.jsonl", "junit": "junit.xml", "md": "summary.md",
    "github": "annotations.txt",
}
"""What --out writes, by format."""


def rendered(cards: Sequence[Scorecard], form: str, *, style: Style | None = None) -> str:
    """The scorecards in one format."""
    if form == "json":
        from sandbox.report.render.json import json

        return json(cards)
    if form == "jsonl":
        from sandbox.report.render.jsonl import jsonl

        return jsonl(cards)
    if form == "junit":
        from sandbox.report.render.junit import junit

        return junit(cards)
    if form == "md":
        from sandbox.report.render.markdown import markdown

        return markdown(cards)
    if form == "github":
        from sandbox.report.render.github import github

        return github([*map(_in_repository, cards)], line_of=line_of)
    return _logs(cards, style=style or Style())


def _logs(cards: Sequence[Scorecard], *, style: Style) -> str:
    from sandbox.report.render.text import summary, text

    logs = "\n".join(text(card, style=style) for card in cards)
    return logs if len(cards) == 1 else f"{logs}\n{summary(cards, style=style)}"


def _in_repository(card: Scorecard) -> Scorecard:
    """GitHub attaches an annotation only to a path from the repository's root."""
    from dataclasses import replace

    from sandbox.cli.scenarios import find

    try:
        path = find(card.source).resolve()
    except UsageError:
        return card
    here = Path.cwd().resolve()
    return replace(card, source=path.relative_to(here).as_posix() if path.is_relative_to(here) else "")


def line_of(card: Scorecard, key: str) -> int | None:
    """The line on which a key stands in the scenario, as far as the file still says."""
    from sandbox.scenario.locate import locate
    from sandbox.scenario.problems import line_of as nearest

    try:
        text = Path(card.source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return nearest(tuple(int(part) if part.isdigit() else part for part in key.split(".")), locate(text))


def write_all(cards: Sequence[Scorecard], *, folder: Path) -> None:
    """Write every format into a folder, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, name in ARTEFACTS.items():
            (folder / name).write_text(rendered(cards, form), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None
