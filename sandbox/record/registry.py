"""The registry of experiments: what was believed, on which data and features, what came of it, what was written."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandbox.record.folder import Folder
from sandbox.record.manifest import Manifest, verify_part
from sandbox.record.packing import FLIGHT, JOURNAL, TRUTH
from sandbox.record.papers import papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One run as an experiment; `papers` are what was written about it, its debrief and its card among them."""

    run: str
    name: str
    title: str
    story: str
    seed: int
    digest: str
    landed_at: int
    hypothesis: str
    goal: str
    failure_mode: str
    owner: str
    risk: str
    lineage: dict[str, str]
    traffic: str
    inputs: tuple[str, ...]
    features: tuple[str, ...]
    models: dict[str, str]
    gates: tuple[str, ...]
    outcome: str
    harmed_users: int
    users_on_candidate: int
    requests: int
    papers: tuple[Path, ...] = field(default=())

    def matches(self, text: str) -> bool:
        """Whether every word of a text stands somewhere in it."""
        words = self.as_json().values()
        told = " ".join(json.dumps(word, ensure_ascii=False) for word in words).casefold()
        return all(word in told for word in text.casefold().split())

    def as_json(self) -> dict[str, Any]:
        """The same as a program reads it."""
        return asdict(self) | {"papers": [str(path) for path in self.papers]}


def experiment(folder: Folder, manifest: Manifest) -> Experiment:
    """A landed run as an experiment; raises StoreError where its facts are not what landed."""
    place = folder.runs / manifest.run
    for part in (FLIGHT, TRUTH):
        verify_part(place, manifest, part)
    header = json.loads((place / FLIGHT).read_bytes())["header"]
    numbers = json.loads((place / TRUTH).read_bytes())["numbers"]
    plan, stated = header["plan"], header["plan"].get("plan", {})
    return Experiment(
        run=manifest.run, name=manifest.name, title=manifest.title, story=plan.get("scenario", {}).get("story", ""),
        seed=manifest.seed, digest=manifest.digest, landed_at=manifest.landed_at,
        **{key: stated.get(key, "") for key in ("hypothesis", "goal", "failure_mode", "owner", "risk")},
        lineage={what: which for what, which in stated.get("lineage", {}).items() if which},
        traffic=plan.get("traffic", {}).get("kind", ""), inputs=tuple(header["inputs"]),
        features=tuple(header["layout"]["features"]),
        models={name: one.get("kind", "") for name, one in plan.get("models", {}).items()},
        gates=tuple(one.get("name") or f"{one.get('metric', '')} {one.get('kind', '').replace('-', ' ')}".strip()
                    for one in plan.get("gates", [])),
        outcome=manifest.outcome, harmed_users=numbers["harmed_users"],
        users_on_candidate=numbers["users_on_candidate"], requests=manifest.requests,
        papers=papers(folder, manifest.run),
    )


def last_reason(folder: Folder, manifest: Manifest) -> str:
    """Why the ramp ended, or what held it, as the journal says; raises StoreError where that is not what landed."""
    place = folder.runs / manifest.run
    verify_part(place, manifest, JOURNAL)
    entries = [json.loads(line) for line in (place / JOURNAL).read_bytes().splitlines()]
    reasons = [entry["facts"]["because"] for entry in entries if entry["kind"] == "ramp"]
    return str(reasons[-1]) if reasons else ""
