"""The flight log and the truth log: everything that happened, in order, chained by hash."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.base.digest import GENESIS, chain


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, what kind of thing, whether only the instructor may see it, and its facts."""

    at: int
    kind: str
    facts: dict[str, Any]
    truth: bool = False

    def as_json(self) -> dict[str, Any]:
        """The entry as it is hashed and stored."""
        return {"at": self.at, "kind": self.kind, "truth": self.truth, "facts": self.facts}


@dataclass(slots=True)
class Journal:
    """Append-only; `head` is the hash of all that was written."""

    entries: list[Entry] = field(default_factory=list)
    head: str = GENESIS

    def write(self, entry: Entry) -> None:
        """Append one entry and move the head."""
        self.entries.append(entry)
        self.head = chain(self.head, entry.as_json())


def verify(entries: list[Entry] | tuple[Entry, ...], head: str) -> bool:
    """Whether these entries, in this order, lead to this head."""
    at = GENESIS
    for entry in entries:
        at = chain(at, entry.as_json())
    return at == head
