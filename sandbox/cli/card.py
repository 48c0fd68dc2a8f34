"""`greenroom card`: a rehearsal on one page, for those who have to agree."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.stores import add_store, load_run, open_store
from sandbox.cli.terminal import OutputError, note, say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.report.page import Page

FORMS = ("text", "md", "html", "json")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "card", act=card,
        says="write a run's card: what changed and why, how it was tested, what came of it, risks by group, rollback",
        more="greenroom card last\ngreenroom card last --output html -o card.html",
    )
    parser.add_argument("run", metavar="RUN", help='a run of `greenroom history`, a beginning of one, or "last"')
    parser.add_argument("--output", choices=FORMS, help="form (default text, or as the name of --out ends)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="the file to write, instead of printing it")
    parser.add_argument("--keep", action="store_true", help="keep it beside the run, for `greenroom history`")
    add_color(parser)
    add_store(parser)


def card(arguments: argparse.Namespace) -> int:
    """Make the page and write it."""
    from sandbox.report.card.page import page

    run, flight = load_run(arguments, arguments.run)
    made = page(flight, repeat=f"greenroom card {run}")
    form = arguments.output or _form_of(arguments.out)
    if arguments.keep:
        from sandbox.record.papers import keep_paper

        ending = {"text": "txt"}.get(form, form)
        path = keep_paper(open_store(arguments), run, name=f"card.{ending}", text=_written(made, form))
        note(f"kept as {path}")
    if arguments.out is None:
        say(_written(made, form, printed=True))
        return ExitCode.MET
    try:
        arguments.out.write_text(_written(made, form), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{arguments.out}: cannot be written: {error.strerror}") from None
    note(f"wrote {arguments.out}")
    return ExitCode.MET


def _form_of(out: Path | None) -> str:
    endings = {".md": "md", ".html": "html", ".json": "json"}
    return "text" if out is None else endings.get(out.suffix, "text")


def _written(made: "Page", form: str, *, printed: bool = False) -> str:
    from sandbox.report.render.page import as_html, as_json, as_markdown, as_text

    if form == "text":
        return as_text(made, style=style_of(sys.stdout) if printed else None)
    return {"md": as_markdown, "html": as_html, "json": as_json}[form](made)
