"""What a lint rule finds: where, why, and what to do about it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path
from sandbox.scenario.tables.lint import RuleId


class Finding(NamedTuple):
    """A plan that cannot work: the rule that says so, the key it stands at, why, and what to do."""

    rule: RuleId
    path: Path
    because: str
    do: str


class Rule(NamedTuple):
    """A rule by its id, what it warns of, and how it looks; what it yields is (path, why, what to do)."""

    id: RuleId
    says: str
    look: Callable[[Prospect], Iterator[tuple[Path, str, str]]]

    def findings(self, prospect: Prospect) -> Iterator[Finding]:
        """What it finds in a plan."""
        for path, because, do in self.look(prospect):
            yield Finding(self.id, path, because, do)
