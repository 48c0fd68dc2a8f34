"""The passphrase with which an instructor seals what is dealt."""

import argparse
import os
from pathlib import Path

from sandbox.cli.errors import UsageError


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Declare --passphrase-file."""
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="what was dealt is sealed with the passphrase in this "
        "file, else with that in $GREENROOM_PASSPHRASE, else with the store's own key alone",
    )


def passphrase_of(arguments: argparse.Namespace) -> str:
    """The instructor's passphrase, if there is one."""
    if arguments.passphrase_file is None:
        return os.environ.get("GREENROOM_PASSPHRASE", "")
    try:
        said: str = arguments.passphrase_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{arguments.passphrase_file} cannot be read: {error}") from None
    if not said:
        raise UsageError(f"{arguments.passphrase_file} is empty; write a passphrase into it")
    return said
