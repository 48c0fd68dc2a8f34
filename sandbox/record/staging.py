"""Staging: what is being written lies beside a lock that its writer holds until it is done or dead."""

import fcntl
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.record.durable import cannot, make_folder
from sandbox.record.folder import Folder

CATALOGUE = "catalogue-"
"""How the areas begin in which a catalogue is built; nothing is lost with one."""


@dataclass(frozen=True, slots=True)
class Area:
    """A folder that nobody else touches while its lock is held."""

    path: Path
    lock: Path
    handle: int

    def close(self) -> None:
        """Remove what is left of the area and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.unlink(missing_ok=True)
        os.close(self.handle)


def claim(folder: Folder, name: str) -> Area:
    """Open an area of one's own; the lock is held before the folder exists."""
    make_folder(folder.staging)
    path = folder.staging / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
    lock = path.with_name(path.name + ".lock")
    try:
        handle = _lock_anew(lock)
        path.mkdir()
    except OSError as error:
        raise cannot("stage in", path, error) from error
    return Area(path, lock, handle)


def sweep(folder: Folder) -> tuple[str, ...]:
    """Remove what killed writers left and name the runs that were lost with them."""
    if not folder.staging.is_dir():
        return ()
    found = sorted(folder.staging.iterdir())
    lost = [path.name for path in found if path.is_dir() and _remove_if_orphaned(path)]
    for lock in found:
        if lock.suffix == ".lock" and not lock.with_suffix("").exists():
            _remove_if_orphaned(lock.with_suffix(""))
    return tuple(name for name in lost if not name.startswith(CATALOGUE))


def _remove_if_orphaned(path: Path) -> bool:
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    existed = path.exists()
    Area(path, lock, handle).close()
    return existed


def _lock_anew(lock: Path) -> int:
    """Hold a new lock file; where a sweep removed it before it was held, make another."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if lock.exists() and os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
        os.close(handle)
