"""`greenroom debrief`: what a drill or a flight came to, as the draft of a blameless post-mortem."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli.again import flying_again
from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.sealed import add_passphrase, passphrase_of
from sandbox.cli.stores import add_store, load_run, open_store
from sandbox.cli.terminal import OutputError, note, say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.base.flight import Flight
    from sandbox.record.folder import Folder
    from sandbox.report.debrief.exercise import Debrief
    from sandbox.report.page import Page
    from sandbox.run.pieces import Watcher

FORMS = ("text", "md", "html", "json")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "debrief", act=debrief,
        says="draft a blameless post-mortem of a drill or a run, with what others would have made of the same day",
        more="greenroom debrief last\ngreenroom debrief last --output html -o debrief.html",
    )
    parser.add_argument("what", metavar="RUN|DRILL", help='a run of `greenroom history`, a drill, a beginning of '
                        'either, or "last", the last run')
    parser.add_argument("--output", choices=FORMS, default="text", help="form (default text)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write it into this file instead of printing it")
    add_passphrase(parser)
    parser.add_argument("--trust", action="store_true", help="let the scenario run its own Python code, this once")
    add_color(parser)
    add_store(parser)


def debrief(arguments: argparse.Namespace) -> int:
    """Find it, fly the day again with other hands, and tell."""
    store = open_store(arguments)
    return show_debrief(arguments, store, arguments.what, passphrase=passphrase_of(arguments))


def show_debrief(arguments: argparse.Namespace, folder: "Folder", name: str, *, passphrase: str) -> int:
    """Print a debrief, or write it into a file, and keep it among the papers of its run."""
    from sandbox.record.papers import keep_paper
    from sandbox.report.debrief.page import page
    from sandbox.report.render.page import as_markdown

    one, flight = debrief_named(arguments, folder, name, passphrase=passphrase)
    drafted = page(one, flight)
    keep_paper(folder, one.run, name="debrief.md", text=as_markdown(drafted))
    text = _formed(drafted, arguments.output)
    out = getattr(arguments, "out", None)
    if out is None:
        say(text)
        return ExitCode.MET
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}") from None
    note(f"wrote {out}")
    return ExitCode.MET


def debrief_named(
    arguments: argparse.Namespace, folder: "Folder", name: str, *, passphrase: str
) -> "tuple[Debrief, Flight]":
    """The debrief of a drill on file, or else of a run."""
    from sandbox.drill.debriefing import MOST
    from sandbox.drill.seat import debrief_sitting
    from sandbox.record.sittings import sitting
    from sandbox.record.store import Store

    store = Store(folder.path)
    filed = sitting(store, name) if name != "last" else None
    if filed is None:
        run, flight = load_run(arguments, name)
        filed = sitting(store, run)
    if filed is None:
        with flying_again(most=MOST) as told:
            return _debrief_run(arguments, run, flight, told), flight
    with flying_again(most=MOST + 1) as told:
        return debrief_sitting(store, filed, passphrase=passphrase, told=told)


def _debrief_run(arguments: argparse.Namespace, run: str, flight: "Flight", told: "Watcher") -> "Debrief":
    from sandbox.cli.rerun import plan_here
    from sandbox.drill.air import Air
    from sandbox.drill.debriefing import debriefed
    from sandbox.lab.flights import prepare
    from sandbox.lab.repeat import approved_as

    plan, _ = plan_here(flight.header, file=None, trusting=getattr(arguments, "trust", False))
    prepared = prepare(plan)
    plan = approved_as(flight, plan, inputs=prepared.inputs)
    air = Air(plan, flight.header.seed, prepared.recording, prepared.inputs, told=told)
    return debriefed(flight, air, run=run, repeat=f"greenroom debrief {run}")


def _formed(drafted: "Page", form: str) -> str:
    import json

    from sandbox.report.render.page import as_html, as_json, as_markdown, as_text

    if form == "line":
        line: dict[str, Any] = {"debrief": json.loads(as_json(drafted))}
        return json.dumps(line, ensure_ascii=False)
    if form == "text":
        return as_text(drafted, style=style_of(sys.stdout))
    return {"md": as_markdown, "html": as_html, "json": as_json}[form](drafted)
