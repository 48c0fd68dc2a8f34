"""What is in a store, read from the manifests: right whatever the catalogue's state."""

import re
from dataclasses import dataclass

from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.manifest import Manifest, read_manifest, verify_part
from sandbox.record.staging import sweep


@dataclass(frozen=True, slots=True)
class Damaged:
    """A run that is not what landed, and why."""

    run: str
    because: str


@dataclass(frozen=True, slots=True)
class History:
    """Finished runs in order of landing, damaged ones, and those whose writer died, which are named once and gone."""

    runs: tuple[Manifest, ...]
    damaged: tuple[Damaged, ...]
    interrupted: tuple[str, ...]


def history(folder: Folder) -> History:
    """List a store: manifests and the sizes of parts are checked, contents are not (see `verify`)."""
    runs: list[Manifest] = []
    broken: list[Damaged] = []
    for run in folder.run_ids():
        try:
            runs.append(read_manifest(folder.runs / run))
        except StoreError as error:
            broken.append(Damaged(run, str(error)))
    runs.sort(key=lambda manifest: (manifest.landed_at, manifest.run))
    return History(tuple(runs), tuple(broken), sweep(folder))


def verify(folder: Folder, run: str) -> Manifest:
    """Check every byte of a run against its manifest; raises StoreError."""
    place = folder.runs / find(folder, run)
    manifest = read_manifest(place)
    for name in manifest.parts:
        verify_part(place, manifest, name)
    return manifest


def find(folder: Folder, run: str) -> str:
    """The id of a run named in full, by a beginning of its id or digest that no other has, or as "last"."""
    ids = folder.run_ids()
    if not ids:
        raise StoreError(f"no runs in {folder.path}; fly one with: greenroom run SCENARIO")
    if run in ids:
        return run
    if run == "last":
        return _last(folder, ids)
    near = [known for known in ids if run and (known.startswith(run) or digest_of(known).startswith(run))]
    if len(near) > 1:
        raise StoreError(f'"{run}" could be {len(near)} runs: {", ".join(near[:3])}{" …" if near[3:] else ""}')
    if not near:
        raise StoreError(f'no run "{run}" in {folder.path}; the last is {ids[-1]}')
    return near[0]


def digest_of(run: str) -> str:
    """The beginning of the digest that an id carries."""
    found = re.search(r"-([0-9a-f]{8})(?:-\d+)?$", run)
    return found[1] if found else ""


def _last(folder: Folder, ids: tuple[str, ...]) -> str:
    """The latest run by its manifest, or by its id where none can be read."""
    landed = {}
    for run in ids:
        try:
            landed[run] = read_manifest(folder.runs / run).landed_at
        except StoreError:
            continue
    return max(landed, key=lambda run: (landed[run], run)) if landed else ids[-1]
