"""Where runs are kept, as the command line says it."""

import argparse
import os
from pathlib import Path


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
        "--store", type=Path, metavar="PATH", help="the folder runs are kept in (default: $GREENROOM_STORE, else the "
        "user's data folder)",
    )
    if off:
        which.add_argument("--no-store", action="store_true", help="do not keep this run")


def store_path(arguments: argparse.Namespace) -> Path | None:
    """The store that was meant; None where runs are not to be kept."""
    if getattr(arguments, "no_store", False):
        return None
    return arguments.store or default_store()
