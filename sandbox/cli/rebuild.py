"""`greenroom rebuild`: make the store's catalogue anew from the runs."""

import argparse

from sandbox.cli.commands import Commands, declare
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    add_store(declare(commands, "rebuild", says="make the store's catalogue anew from its runs", act=rebuild_store))


def rebuild_store(arguments: argparse.Namespace) -> int:
    """Rebuild it, whatever state it is in."""
    from sandbox.record.catalogue import rebuild

    store = open_store(arguments)
    runs = rebuild(store)
    say(f"{store.catalogue} was rebuilt from {len(runs)} run{'' if len(runs) == 1 else 's'}")
    return ExitCode.MET
