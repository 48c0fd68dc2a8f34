"""`greenroom forget`: a person's name is erased; what they did stays, and is nobody's."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import note, say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.record.folder import Folder


WRITTEN = (".toml", ".jsonl", ".json", ".md", ".html")
"""How files end that may hold words of people."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "forget", says="erase a person's name; journals and approvals keep a pseudonym that is nobody's",
        act=forget_person,
    )
    parser.add_argument("name", metavar="NAME", help="the name, or the pseudonym that stands for it")
    add_store(parser)


def forget_person(arguments: argparse.Namespace) -> int:
    """Erase the name, and say where else it stands."""
    from sandbox.record.names import PSEUDONYM, forget

    store = open_store(arguments)
    gone = forget(store, arguments.name)
    if not gone:
        raise UsageError(f'nobody called "{arguments.name}" is known in {store.path}; nothing was erased')
    say(f"forgotten: nobody can tell any more whose {', '.join(gone)} was")
    if not PSEUDONYM.fullmatch(arguments.name):
        for place in _still(store, " ".join(arguments.name.split())):
            note(f"greenroom: the name is also written in {place}, which somebody wrote there; remove that by hand")
    return ExitCode.MET


def _still(store: "Folder", name: str) -> Iterator[str]:
    """Texts in the store that hold the name: scenarios, journals, papers and drills, in words that people wrote."""
    for folder in (store.runs, store.papers, store.path / "drills"):
        if folder.is_dir():
            for path in sorted(one for one in folder.rglob("*") if one.suffix in WRITTEN):
                if name in path.read_text(encoding="utf-8", errors="replace"):
                    yield str(path)
