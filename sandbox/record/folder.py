"""Where things lie in a store."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of a store.

    `runs` holds one folder of immutable parts a run, `staging` what is being written, `catalogue` is the DuckDB file
    over the parts, `studies` holds what many flights came to, `key` the secret that turns users into pseudonyms,
    `names` who the people behind pseudonyms are, `papers` what was written about runs afterwards.
    """

    path: Path

    @property
    def runs(self) -> Path:
        """Landed runs, one folder each."""
        return self.path / "runs"

    @property
    def staging(self) -> Path:
        """Runs that are being written, each beside its lock file."""
        return self.path / "staging"

    @property
    def catalogue(self) -> Path:
        """The DuckDB file."""
        return self.path / "greenroom.duckdb"

    @property
    def key(self) -> Path:
        """The secret behind the pseudonyms."""
        return self.path / "store.key"

    @property
    def studies(self) -> Path:
        """What many flights came to, one folder a study."""
        return self.path / "studies"

    @property
    def names(self) -> Path:
        """The one table that says who people are."""
        return self.path / "names.json"

    @property
    def papers(self) -> Path:
        """What was written about runs, one folder each."""
        return self.path / "papers"

    def run_ids(self) -> tuple[str, ...]:
        """The landed runs, whether whole or damaged, by name."""
        if not self.runs.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self.runs.iterdir() if entry.is_dir()))
