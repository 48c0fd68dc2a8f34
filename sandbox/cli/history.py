"""`greenroom history`: what is in the store."""

import argparse
import sys
from datetime import UTC, datetime

from sandbox.cli.commands import Commands, declare
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import note, say, style_of
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    add_store(declare(commands, "history", says="list the runs in the store", act=show_history))


def show_history(arguments: argparse.Namespace) -> int:
    """Finished runs, oldest first; damaged and interrupted ones are said beside them."""
    from sandbox.record.history import history

    store = open_store(arguments)
    found = history(store)
    for lost in found.interrupted:
        note(f"{lost} was interrupted and is gone")
    for one in found.damaged:
        note(one.because)
    if not found.runs:
        note(f"no runs in {store.path}; fly one with: greenroom run SCENARIO")
        return ExitCode.MET
    width = max(len(one.run) for one in found.runs)
    head = f"{'run':<{width}}  {'landed (UTC)':<16}  {'outcome':<11}  {'requests kept':>13}  title"
    lines = [
        f"{one.run:<{width}}  {_when(one.landed_at):<16}  {one.outcome:<11}  {one.requests:>13,}  {one.title}"
        for one in found.runs
    ]
    style = style_of(sys.stdout)
    say(style.spell("\n".join(style.quote(line) for line in (head, *lines))))
    return ExitCode.MET


def _when(landed_at: int) -> str:
    return datetime.fromtimestamp(landed_at / 1e9, UTC).strftime("%Y-%m-%d %H:%M")
