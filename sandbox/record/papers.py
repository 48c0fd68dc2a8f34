"""What is written about a run afterwards, as its debrief and its card: beside the runs, which never change."""

import os
import re
import secrets
from pathlib import Path

from sandbox.record.durable import cannot, make_folder, sync, write
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9]+")


def keep_paper(folder: Folder, run: str, *, name: str, text: str) -> Path:
    """Keep a paper about a run under a name such as "debrief.md", in the place of an older one; raises StoreError."""
    if not _NAME.fullmatch(name):
        raise StoreError(f'"{name}" cannot name a paper; write it as "debrief.md"')
    place = folder.papers / run
    make_folder(place)
    aside, path = place / f".{name}.{os.getpid()}.{secrets.token_hex(4)}", place / name
    try:
        write(aside, text.encode())
        aside.replace(path)
        sync(place)
    except OSError as error:
        raise cannot("write", path, error) from error
    finally:
        aside.unlink(missing_ok=True)
    return path


def papers(folder: Folder, run: str) -> tuple[Path, ...]:
    """The papers about a run, by name."""
    place = folder.papers / run
    if not place.is_dir():
        return ()
    return tuple(sorted(path for path in place.iterdir() if _NAME.fullmatch(path.name)))
