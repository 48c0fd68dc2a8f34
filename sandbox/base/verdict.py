"""A gate's answer: the word, the numbers behind it, and one line that says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What a gate concludes, in its own words."""

    PASS = "pass"
    INCONCLUSIVE = "inconclusive"
    NO_DATA = "no_data"
    ERROR = "error"
    FAIL = "fail"


_SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts, FAIL above ERROR above NO_DATA above INCONCLUSIVE above PASS; NO_DATA of none."""
    return max(verdicts, key=_SEVERITY.__getitem__, default=Verdict.NO_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer of one gate at one instant."""

    gate: str
    kind: str
    verdict: Verdict
    because: str
    value: float | None
    bound: float | None
    n: int
    decides: bool = True
    segment: str = ""
    """The one segment it is about, where it is about one."""
    log_evidence: float | None = None
    """Log e-value against the candidate being within the bound, where the gate has one."""
