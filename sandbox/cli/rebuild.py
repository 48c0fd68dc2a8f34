"""`greenroom rebuild`: make the store's catalogue anew from the runs."""

import argparse

from sandbox.cli.commands import Commands, declare
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import note, say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    add_store(declare(commands, "rebuild", says="make the store's catalogue anew from its runs", act=rebuild_store))


def rebuild_store(arguments: argparse.Namespace) -> int:
    """Rebuild it, whatever state it is in."""
    from sandbox.record.catalogue import rebuild
    from sandbox.record.history import history

    store = open_store(arguments)
    runs = rebuild(store)
    for one in history(store).damaged:
        note(f"left out: {one.because}")
    say(f"{store.catalogue} was rebuilt from {len(runs)} run{'' if len(runs) == 1 else 's'}")
    return ExitCode.MET
