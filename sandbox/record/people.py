"""Pseudonyms: a user is kept as a keyed hash of 64 bits, and the key never leaves the store.

The same index gives the same pseudonym in every run of one store, so that flights of one population can be joined
user by user; in another store it gives another.
"""

import hashlib
import os
import secrets

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Users
from sandbox.record.durable import cannot, make_folder, sync, write
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder

KEY_BYTES = 32
Pseudonyms = npt.NDArray[np.uint64]


def store_key(folder: Folder) -> bytes:
    """The store's secret, made at first use; of two processes that make one, the first wins."""
    make_folder(folder.path)
    try:
        if not folder.key.exists():
            _make_key(folder)
        key = folder.key.read_bytes()
    except OSError as error:
        raise cannot("read or make", folder.key, error) from error
    if len(key) != KEY_BYTES:
        raise StoreError(f"{folder.key} is damaged: {len(key)} bytes, not {KEY_BYTES}; put it back from a copy")
    return key


def _make_key(folder: Folder) -> None:
    aside = folder.path / f".store.key.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        write(aside, secrets.token_bytes(KEY_BYTES))
        aside.chmod(0o600)
        os.link(aside, folder.key)
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
    sync(folder.path)


class People:
    """User indices to pseudonyms, hashed once each and looked up by index."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(digest_size=8, key=key)
        self._table: Pseudonyms = np.empty(0, dtype=np.uint64)

    def pseudonyms(self, users: Users) -> Pseudonyms:
        """The pseudonym of each user (n,)."""
        highest = int(users.max(initial=-1))
        if highest >= len(self._table):
            self._grow(max(highest + 1, 2 * len(self._table)))
        return self._table[users]

    def _grow(self, size: int) -> None:
        hashed = b"".join(self._hash(index) for index in range(len(self._table), size))
        self._table = np.concatenate([self._table, np.frombuffer(hashed, dtype="<u8")])

    def _hash(self, index: int) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(index.to_bytes(8, "little"))
        return keyed.digest()
