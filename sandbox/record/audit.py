"""Is a run what was flown? Its manifest, the chain of its journal, and everything that the chain vouches for.

The chain's head is the digest that every report printed. Whoever changes one line must change every head after it, so
the digest too; a digest that somebody noted elsewhere finds even that.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.base.digest import GENESIS, chain, fingerprint
from sandbox.base.flight import Flight
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.history import digest_of, find
from sandbox.record.load import load
from sandbox.record.manifest import NAME, read_manifest, verify_part
from sandbox.record.packing import FLIGHT, JOURNAL, SCENARIO


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it is as it was landed, and what was found."""

    what: str
    passed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of a run found; `flight` is the run itself, where its parts still make one."""

    run: str
    checks: tuple[Check, ...]
    flight: Flight | None = field(repr=False)

    @property
    def passed(self) -> bool:
        """Whether everything is as it was landed."""
        return all(one.passed for one in self.checks)


def audit(folder: Folder, run: str, *, digest: str = "") -> Audit:
    """Look at every byte of a run; `digest` one that was noted elsewhere; raises StoreError where there is none."""
    found = find(folder, run)
    place = folder.runs / found
    flight, checks = None, [_tried("parts", lambda: _parts(place)), _tried("journal", lambda: _journal(place, digest))]
    try:
        flight = load(folder, found, checked=False)
    except StoreError as error:
        return Audit(found, (*checks, Check("flight", False, _plainly(error))), None)
    looks: dict[str, Callable[[], str]] = {
        "plan": lambda: _plan(place, flight), "windows": lambda: _windows(flight), "truth": lambda: _truth(flight),
    }
    return Audit(found, (*checks, *(_tried(what, look) for what, look in looks.items())), flight)


def _tried(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what, True, look())
    except StoreError as error:
        return Check(what, False, _plainly(error))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        return Check(what, False, f"cannot be read ({type(error).__name__})")


def _plainly(error: StoreError) -> str:
    """What is wrong with a run, without its name and what to do about it."""
    return re.sub(r"^run \S+ is damaged: |; fly it again, and remove .*$", "", str(error))


def _parts(place: Path) -> str:
    """Every file against the manifest, and the manifest against its seal."""
    manifest = read_manifest(place)
    changed = [name for name in manifest.parts if not _whole(place, name)]
    if changed:
        raise StoreError(f"{', '.join(changed)} changed after landing")
    extra = sorted({path.name for path in place.iterdir()} - {NAME, *manifest.parts})
    if extra:
        raise StoreError(f"{', '.join(extra)} did not land with the run")
    return f"{len(manifest.parts)} files have the hashes that the sealed manifest says"


def _whole(place: Path, name: str) -> bool:
    try:
        verify_part(place, read_manifest(place), name)
    except StoreError:
        return False
    return True


def _journal(place: Path, noted: str) -> str:
    """The chain from the first line to its head, which the run's files, its name and whoever noted it agree on."""
    lines = (place / JOURNAL).read_bytes().splitlines()
    head = GENESIS
    for number, line in enumerate(lines):
        try:
            head = chain(head, json.loads(line))
        except ValueError:
            raise StoreError(f"line {number + 1} of {JOURNAL} is no entry") from None
    for where, said in _heads(place, noted):
        if not said or not head.startswith(said):
            raise StoreError(f"{len(lines):,} entries lead to {head[:12]}, and {where} says {said[:12] or 'nothing'}")
    return f"{len(lines):,} entries lead to digest {head[:12]}"


def _heads(place: Path, noted: str) -> Iterator[tuple[str, str]]:
    yield FLIGHT, str(json.loads((place / FLIGHT).read_bytes())["digest"])
    yield NAME, str(json.loads((place / NAME).read_bytes())["digest"])
    yield "the run's name", digest_of(place.name)
    if noted:
        yield "the digest you noted", noted.rstrip("…")


def _plan(place: Path, flight: Flight) -> str:
    """The scenario's text against the hash that the chain begins with."""
    facts = flight.journal[0].facts
    found = fingerprint((place / SCENARIO).read_bytes())
    for where, said in (("the journal", facts["plan"]), (FLIGHT, flight.header.scenario_hash)):
        if said != found:
            raise StoreError(f"{SCENARIO} has the hash {found[:12]}, and {where} says {str(said)[:12]}")
    if facts["inputs"] != flight.header.inputs or facts["seed"] != flight.header.seed:
        raise StoreError(f"{FLIGHT} says another seed or other inputs than the journal")
    return f"{SCENARIO} is plan {found[:12]}, with seed {facts['seed']}"


def _windows(flight: Flight) -> str:
    """Each window's counts against the hash that the journal has of them."""
    said = [entry.facts["counts"] for entry in flight.journal if entry.kind == "window"]
    if len(said) != len(flight.windows):
        raise StoreError(f"there are {len(flight.windows):,} windows, and the journal says {len(said):,}")
    for number, (window, wanted) in enumerate(zip(flight.windows, said, strict=True)):
        if window.counts.hash != wanted:
            raise StoreError(f"window {number} has other counts than the journal says")
    return f"{len(said):,} windows have the counts that the journal says"


def _truth(flight: Flight) -> str:
    """What was true against the hash that the journal has of it."""
    said: list[dict[str, Any]] = [entry.facts for entry in flight.journal if entry.kind == "truth"]
    if len(said) != 1 or said[0]["aggregates"] != flight.truth.hash:
        raise StoreError("what was true is not what the journal says")
    if said[0]["harmed_users"] != flight.truth.harmed_users:
        raise StoreError("the number of harmed users is not what the journal says")
    return "what was true is what the journal says"
