"""Sittings: drills that people or programs sat, each a small file beside the runs.

Until the debrief a file holds what the operator knows anyway, and the sealed rest: which case, which seed. The flight
itself lands with the debrief, flown again from what was sealed and what was commanded; so before it there is no run
that `history`, `show` or `sql` could tell about. Whoever sits one holds it, and nobody can open what is held.
"""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sandbox.record.durable import cannot, make_folder, sync, write
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.people import store_key
from sandbox.record.sealing import Sealed, seal, unseal


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One command as it was given: when on the flight's clock, which, with what arguments."""

    at: int
    kind: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A sitting as it is filed; `begun` is wall clock, UTC, and says in which order an operator learned.

    `text` is the family as it was dealt from, `ended` how far the flight came in ns, `debriefed` what the debrief
    found, empty before it.
    """

    id: str
    family: str
    text: str = field(repr=False)
    operator: str
    mode: str
    speed: float
    chosen: bool
    begun: str
    sealed: Sealed
    commands: tuple[Given, ...] = ()
    hints: int = 0
    pauses: tuple[tuple[int, float], ...] = ()
    injected: tuple[Sealed, ...] = ()
    ended: int = 0
    over: bool = False
    run: str = ""
    debriefed: dict[str, Any] = field(default_factory=dict)


def open_sitting(
    folder: Folder, secret: dict[str, Any], *, family: str, text: str, operator: str, mode: str, speed: float,
    chosen: bool, passphrase: str = "",
) -> Filed:
    """File a sitting that begins, its secret sealed; raises StoreError."""
    begun = datetime.now(UTC)
    sealed = seal(json.dumps(secret, sort_keys=True).encode(), key=store_key(folder), passphrase=passphrase)
    filed = Filed(
        id=f"d-{begun.strftime('%Y%m%d')}-{secrets.token_hex(3)}", family=family, text=text, operator=operator,
        mode=mode, speed=speed, chosen=chosen, begun=begun.isoformat(timespec="seconds"), sealed=sealed,
    )
    file_sitting(folder, filed)
    return filed


def secret_of(folder: Folder, filed: Filed, *, passphrase: str = "") -> dict[str, Any]:
    """What was sealed; raises StoreError."""
    secret: dict[str, Any] = json.loads(unseal(filed.sealed, key=store_key(folder), passphrase=passphrase))
    return secret


def sealed_event(folder: Folder, event: dict[str, Any], *, passphrase: str = "") -> Sealed:
    """Something that an instructor has happen, sealed as what was dealt is."""
    return seal(json.dumps(event, sort_keys=True).encode(), key=store_key(folder), passphrase=passphrase)


def event_of(folder: Folder, sealed: Sealed, *, passphrase: str = "") -> dict[str, Any]:
    """What an instructor had happen; raises StoreError."""
    event: dict[str, Any] = json.loads(unseal(sealed, key=store_key(folder), passphrase=passphrase))
    return event


def post_event(folder: Folder, filed: Filed, sealed: Sealed) -> None:
    """Leave an event where the process that flies the drill looks for it; raises StoreError."""
    place = folder.path / "drills" / f"{filed.id}.events"
    make_folder(place)
    name = f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')}-{secrets.token_hex(2)}"
    try:
        write(place / f".{name}", json.dumps(asdict(sealed)).encode())
        (place / f".{name}").replace(place / f"{name}.json")
    except OSError as error:
        raise cannot("write", place / name, error) from error


def hold(folder: Folder, filed: Filed) -> IO[bytes]:
    """Take hold of a sitting until what is returned is closed, or its process ends; raises StoreError."""
    place = folder.path / "drills"
    make_folder(place)
    path = place / f".{filed.id}.held"
    try:
        held = path.open("wb")
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise cannot("hold", path, error) from error
    return held


def is_held(folder: Folder, filed: Filed) -> bool:
    """Whether somebody sits it now."""
    path = folder.path / "drills" / f".{filed.id}.held"
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise cannot("look at", path, error) from error
    return False


def let_go(folder: Folder, filed: Filed, held: IO[bytes]) -> None:
    """Let go of a sitting that was held."""
    held.close()
    (folder.path / "drills" / f".{filed.id}.held").unlink(missing_ok=True)


def posted(folder: Folder, filed: Filed) -> tuple[Sealed, ...]:
    """The events that were left since this was last asked, in order; they are taken away."""
    place = folder.path / "drills" / f"{filed.id}.events"
    found = sorted(place.glob("*.json")) if place.is_dir() else []
    events = []
    for path in found:
        try:
            events.append(Sealed(**json.loads(path.read_bytes())))
        except (OSError, ValueError, TypeError):
            continue
        finally:
            path.unlink(missing_ok=True)
    return tuple(events)


def file_sitting(folder: Folder, filed: Filed) -> None:
    """Put a sitting on file, in place of what was there; raises StoreError."""
    place = folder.path / "drills"
    make_folder(place)
    aside, path = place / f".{filed.id}.{os.getpid()}.{secrets.token_hex(4)}", place / f"{filed.id}.json"
    try:
        write(aside, json.dumps(asdict(filed), indent=1, ensure_ascii=False).encode() + b"\n")
        aside.replace(path)
        sync(place)
    except OSError as error:
        raise cannot("write", path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def sittings(folder: Folder) -> tuple[Filed, ...]:
    """Every sitting on file, in order of begin; raises StoreError where one cannot be read."""
    place = folder.path / "drills"
    found = [_read(path) for path in sorted(place.glob("d-*.json"))] if place.is_dir() else []
    return tuple(sorted(found, key=lambda one: (one.begun, one.id)))


def sitting(folder: Folder, name: str) -> Filed | None:
    """The sitting of this id, a beginning of one, or of the run it landed as; None where there is none."""
    found = [one for one in sittings(folder) if one.id.startswith(name) or (one.run and one.run == name)]
    if len(found) > 1:
        raise StoreError(f'"{name}" could be {len(found)} sittings: {", ".join(one.id for one in found[:3])}')
    return found[0] if found else None




def _read(path: Path) -> Filed:
    try:
        facts = json.loads(path.read_bytes())
        return Filed(**(facts | {
            "sealed": Sealed(**facts["sealed"]), "commands": tuple(Given(**one) for one in facts["commands"]),
            "pauses": tuple((int(at), float(took)) for at, took in facts["pauses"]),
            "injected": tuple(Sealed(**one) for one in facts["injected"]),
        }))
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{path} is damaged; remove it: the sitting is lost, and nothing else") from None
