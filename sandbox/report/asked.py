"""What people asked for in a flight, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.base.journal import Entry

POLICY = "policy"
"""Whose commands are the policy's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Commands that somebody at the controls gave, and how many of them were refused, or granted and then failed."""

    commands: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def amiss(self) -> int:
        """How many came to nothing."""
        return self.refused + self.failed


def asked(journal: Sequence[Entry]) -> Asked:
    """Of all commands but those that the policy, the plan or a runbook gave."""
    given = {
        str(one.facts["id"]): str(one.facts["answer"])
        for one in journal
        if one.kind == "command" and one.facts["actor"] != POLICY and not one.facts.get("origin")
    }
    failed = sum(
        one.kind == "effect" and one.facts["what"] == "failed" and str(one.facts["id"]) in given for one in journal
    )
    refused = sum(answer == "refused" for answer in given.values())
    return Asked(commands=len(given), refused=refused, failed=failed)
