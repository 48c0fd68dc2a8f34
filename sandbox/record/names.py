"""Who people are: a pseudonym for each name, in one table that can be erased.

Journals and approvals hold pseudonyms. They are drawn, not computed: without the table nobody can tell whose one was,
not even by trying names.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.record.durable import cannot, make_folder, sync, write
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder

PSEUDONYM = re.compile(r"p-[0-9a-f]{8}")
"""What a pseudonym looks like."""

LONGEST = 200
"""Characters a name may have."""


def names(folder: Folder) -> dict[str, str]:
    """Each known pseudonym and the name behind it; raises StoreError."""
    try:
        facts = json.loads(folder.names.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        facts = None
    except OSError as error:
        raise cannot("read", folder.names, error) from error
    if not isinstance(facts, dict) or not all(isinstance(one, str) for one in facts.values()):
        raise StoreError(f"{folder.names} is damaged; mend it, or remove it: names are forgotten, and nothing else")
    return facts


def pseudonym(folder: Folder, name: str) -> str:
    """The pseudonym of a name, drawn at first use; one that is a pseudonym already stays; raises StoreError."""
    plain = " ".join(name.split())
    if PSEUDONYM.fullmatch(plain):
        return plain
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise StoreError(f"a name has 1 to {LONGEST} characters on one line")
    with _alone(folder):
        known = names(folder)
        for one, of in known.items():
            if of == plain:
                return one
        drawn = f"p-{secrets.token_hex(4)}"
        while drawn in known:
            drawn = f"p-{secrets.token_hex(4)}"
        _keep(folder, known | {drawn: plain})
    return drawn


def known_as(folder: Folder, name: str) -> str | None:
    """The pseudonym of a name that is known, or what is one already; None where nobody is called so."""
    plain = " ".join(name.split())
    if PSEUDONYM.fullmatch(plain):
        return plain
    return next((one for one, of in names(folder).items() if of == plain), None)


def forget(folder: Folder, name: str) -> tuple[str, ...]:
    """Erase a person, by name or pseudonym, and return the pseudonyms that are nobody's now; raises StoreError."""
    plain = " ".join(name.split())
    if not folder.names.exists():
        return ()
    with _alone(folder):
        known = names(folder)
        gone = tuple(one for one, of in known.items() if plain in (one, of))
        if gone:
            _keep(folder, {one: of for one, of in known.items() if one not in gone})
    return gone


def _keep(folder: Folder, known: dict[str, str]) -> None:
    """Put a new table in the old one's place; no copy of the old one stays."""
    aside = folder.path / f".names.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        write(aside, json.dumps(known, indent=1, ensure_ascii=False).encode() + b"\n")
        aside.chmod(0o600)
        aside.replace(folder.names)
        sync(folder.path)
    except OSError as error:
        raise cannot("write", folder.names, error) from error
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """Of several processes one at a time changes the table."""
    make_folder(folder.path)
    try:
        handle = os.open(folder.path / ".names.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot("lock", folder.names, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
