"""The flights on record, as lines of the history, and what people wrote about them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.base.flight import Flight
from sandbox.cli.stores import default_store
from sandbox.record.history import history
from sandbox.record.load import load
from sandbox.record.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A flight on record, or what is left of one."""

    run: str
    name: str = ""
    title: str = ""
    seed: int = 0
    outcome: str = ""
    landed: datetime | None = None
    ended_at: int = 0
    digest: str = ""
    trouble: str = ""


class Archive:
    """A store, read for the history; notes stand in files beside the runs."""

    def __init__(self, path: Path | None = None) -> None:
        self.store = Store(path or default_store())

    def flights(self) -> list[Kept]:
        """Every flight, the newest first, and those that are damaged after them."""
        found = history(self.store)
        kept = [
            Kept(
                run=one.run, name=one.name, title=one.title, seed=one.seed, outcome=one.outcome,
                landed=datetime.fromtimestamp(one.landed_at / 1e9, UTC), ended_at=one.ended_at, digest=one.digest,
            )
            for one in reversed(found.runs)
        ]
        return kept + [Kept(run=one.run, trouble=one.because) for one in found.damaged]

    def worse(self) -> dict[str, int]:
        """How many users each run left worse off than the incumbent would have; raises StoreError."""
        from sandbox.record.sql import query

        _, rows = query(self.store, "SELECT run, net_harmed_users FROM runs", wait=1.0)
        return {str(run): int(users) for run, users in rows}

    def flight(self, run: str) -> Flight:
        """A flight as it was; raises StoreError."""
        return load(self.store, run)

    def note(self, run: str) -> str:
        """What somebody wrote about a run; empty where nobody did."""
        try:
            return self._note(run).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def write_note(self, run: str, text: str) -> None:
        """Keep a note about a run; an empty one takes it away. Raises OSError."""
        place = self._note(run)
        if not text.strip():
            place.unlink(missing_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def _note(self, run: str) -> Path:
        return self.store.path / "notes" / f"{run}.md"
