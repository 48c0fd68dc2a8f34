"""Where runs are kept, as the command line says it."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.errors import UsageError

if TYPE_CHECKING:
    from sandbox.base.flight import Flight
    from sandbox.record.store import Store


def default_store() -> Path:
    """The user's store: $GREENROOM_STORE, else greenroom's folder among the user's data."""
    named = os.environ.get("GREENROOM_STORE", "")
    if named:
        return Path(named)
    home = os.environ.get("XDG_DATA_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "share") / "greenroom"


def add_store(parser: argparse.ArgumentParser, *, off: bool = False) -> None:
    """Declare --store, and --no-store where a run may go unrecorded."""
    which = parser.add_mutually_exclusive_group() if off else parser
    which.add_argument(
        "--store", type=_named, metavar="PATH", help="the folder runs are kept in (default: $GREENROOM_STORE, else the "
        "user's data folder)",
    )
    if off:
        which.add_argument("--no-store", action="store_true", help="do not keep this run")


def _named(path: str) -> Path:
    if not path:
        raise argparse.ArgumentTypeError("names no folder; leave it away for the default")
    return Path(path)


def store_path(arguments: argparse.Namespace) -> Path | None:
    """The store that was meant; None where runs are not to be kept."""
    if getattr(arguments, "no_store", False):
        return None
    return arguments.store or default_store()


def open_store(arguments: argparse.Namespace) -> "Store":
    """The store that was meant, opened for reading."""
    from sandbox.record.store import Store

    return Store(arguments.store or default_store())


def load_run(arguments: argparse.Namespace, name: str) -> "tuple[str, Flight]":
    """A run's id and the flight it was; raises UsageError where no run is called so."""
    from sandbox.record.errors import StoreError
    from sandbox.record.history import find
    from sandbox.record.load import load

    store = open_store(arguments)
    try:
        run = find(store, name)
    except StoreError as error:
        raise UsageError(str(error)) from None
    return run, load(store, run)
