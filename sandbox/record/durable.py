"""Writing so that a kill or a power cut leaves the old state or the new one, never half of one."""

import os
from pathlib import Path

from sandbox.record.errors import StoreError


def make_folder(path: Path) -> None:
    """Make a folder and those above it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot("make the folder", path, error) from error


def sync(path: Path) -> None:
    """Have a file's or a folder's contents on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, data: bytes) -> None:
    """Write a new file and have it on disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def cannot(what: str, path: Path, error: OSError) -> StoreError:
    """The store's word for what the operating system refused."""
    return StoreError(f"cannot {what} {path}: {(error.strerror or str(error)).lower()}")
