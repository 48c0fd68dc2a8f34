"""What many flights keep of each: one row of plain values, made from its scorecard."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from sandbox.report.scorecard import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One flight of many; times in ns of its clock. `failure` says why it could not be flown, and then nothing else is.

    `unstopped` marks the flights in which nobody decided. `exposed` are the requests that candidates answered, and of
    these `exposed_net` were served worse, net. `true_pages` came after harm had begun. `met` says whether every
    expectation was, None where nothing was expected.
    """

    setting: str
    candidate: str
    seed: int
    unstopped: bool = False
    failure: str = ""
    repeat: str = ""
    digest: str = ""
    outcome: str = ""
    closed_at: int | None = None
    largest_share: float = 0.0
    failed_gate: str | None = None
    requests: int = 0
    exposed: int = 0
    exposed_net: int = 0
    gross: int = 0
    net: int = 0
    wrong: int = 0
    late: int = 0
    failed: int = 0
    users: int = 0
    net_users: int = 0
    onset_at: int | None = None
    detected_at: int | None = None
    pages: int = 0
    true_pages: int = 0
    tickets: int = 0
    met: bool | None = None
    budget_spent: float | None = None
    by_group: str = "{}"
    """Requests served worse, net, by group, as JSON."""

    @property
    def key(self) -> tuple[str, str, bool, int]:
        """Which flight it is."""
        return self.setting, self.candidate, self.unstopped, self.seed

    @property
    def sent_back(self) -> bool:
        """Whether the candidate was rolled back."""
        return self.outcome in ("rolled_back", "aborted")

    @property
    def promoted(self) -> bool:
        """Whether the candidate got everybody."""
        return self.outcome == "promoted"

    @property
    def delay(self) -> int | None:
        """From the begin of harm to the first failed gate or page, in ns; None where either never came."""
        if self.onset_at is None or self.detected_at is None:
            return None
        return self.detected_at - self.onset_at

    def as_row(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


_NAMES = frozenset(field.name for field in fields(Result))


def from_row(row: dict[str, Any]) -> Result:
    """The result of a row, as far as this greenroom knows its columns."""
    return Result(**{name: value for name, value in row.items() if name in _NAMES})


def result_of(card: Scorecard, *, setting: str, candidate: str, unstopped: bool) -> Result:
    """A flight's row."""
    harm, onset = card.harm, card.harm.onset
    pages = [one for one in card.alerts if one.severity == "page"]
    wrong, late, failed = harm.total.harmed
    return Result(
        setting=setting, candidate=candidate, seed=card.seed, unstopped=unstopped, digest=card.digest,
        outcome=card.outcome, closed_at=card.closed_at, largest_share=card.largest_share, failed_gate=card.failed_gate,
        requests=harm.total.requests, exposed=harm.on_candidates.requests, exposed_net=harm.on_candidates.net,
        gross=harm.total.gross, net=harm.total.net, wrong=wrong, late=late, failed=failed, users=harm.users,
        net_users=harm.net_users, onset_at=None if onset is None else onset.at, detected_at=harm.detected_at,
        pages=len(pages), true_pages=sum(onset is not None and one.fired_at >= onset.at for one in pages),
        tickets=len(card.alerts) - len(pages),
        met=all(one.state == "met" for one in card.expectations) if card.expectations else None,
        budget_spent=max((one.spent for one in card.budgets), default=None),
        by_group=json.dumps({name: tally.net for name, tally in harm.by_group}, sort_keys=True),
    )
