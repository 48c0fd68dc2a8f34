"""The manifest: what a landed run consists of, with sizes and checksums, and what a list of runs says about it."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.base.digest import canonical, fingerprint
from sandbox.record.durable import write
from sandbox.record.errors import StoreError

NAME = "manifest.json"

SCHEMA = 1
"""Version of what is stored; a reader upgrades older runs and refuses newer ones."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a run."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run consists of and its headline; `landed_at` in ns of wall clock, `requests` rows that were kept."""

    run: str
    schema: int
    landed_at: int
    name: str
    title: str
    seed: int
    outcome: str
    digest: str
    scenario_hash: str
    ended_at: int
    requests: int
    parts: dict[str, Part]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts.values())

    def renamed(self, run: str) -> "Manifest":
        """The same run under another id."""
        return replace(self, run=run)


def part_of(path: Path) -> Part:
    """Size and checksum of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(path.stat().st_size, digest)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a run's manifest, sealed with its own checksum."""
    facts = asdict(manifest)
    sealed = facts | {"seal": fingerprint(canonical(facts))}
    write(folder / NAME, json.dumps(sealed, indent=1, ensure_ascii=False).encode() + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """A run's manifest, if it is whole and every part has its size; raises StoreError."""
    facts = _facts(folder)
    if isinstance(facts.get("schema"), int) and facts["schema"] > SCHEMA:
        raise StoreError(
            f"run {folder.name} was landed by a newer greenroom (schema {facts['schema']}, this one reads up to "
            f"{SCHEMA}); upgrade greenroom"
        )
    if facts.pop("seal", None) != fingerprint(canonical(facts)):
        raise damaged(folder, f"{NAME} was changed after landing")
    try:
        manifest = Manifest(**(facts | {"parts": {name: Part(**part) for name, part in facts["parts"].items()}}))
    except (KeyError, TypeError, AttributeError):
        raise damaged(folder, f"{NAME} does not say what it should") from None
    _check_sizes(folder, manifest)
    return manifest


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / NAME).read_bytes())
    except FileNotFoundError:
        raise damaged(folder, f"{NAME} is missing") from None
    except (OSError, ValueError):
        raise damaged(folder, f"{NAME} cannot be read") from None
    if not isinstance(facts, dict):
        raise damaged(folder, f"{NAME} cannot be read")
    return facts


def verify_part(folder: Path, manifest: Manifest, name: str) -> None:
    """Raise StoreError where a part is not what landed."""
    part = manifest.parts.get(name)
    if part is None:
        raise damaged(folder, f"{name} is not among its parts")
    try:
        found = part_of(folder / name)
    except OSError:
        raise damaged(folder, f"{name} cannot be read") from None
    if found != part:
        raise damaged(folder, f"{name} was changed after landing")


def damaged(folder: Path, why: str) -> StoreError:
    """The error of a run that is not what landed."""
    return StoreError(f"run {folder.name} is damaged: {why}; fly it again, and remove {folder} when done with it")


def _check_sizes(folder: Path, manifest: Manifest) -> None:
    for name, part in manifest.parts.items():
        try:
            size = (folder / name).stat().st_size
        except OSError:
            raise damaged(folder, f"{name} is missing") from None
        if size != part.size:
            raise damaged(folder, f"{name} has {size} bytes, not {part.size}")
