"""What a policy or a person may want done, as values; only the conductor carries them out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """Stay on this step."""

    because: str
    word = "hold"


@dataclass(frozen=True, slots=True)
class Advance:
    """Go to the next step of the ramp."""

    to_step: int
    because: str
    word = "advance"


@dataclass(frozen=True, slots=True)
class Promote:
    """Make the candidate the one that answers everybody."""

    because: str
    word = "promote"


@dataclass(frozen=True, slots=True)
class RollBack:
    """Send everybody back to the incumbent."""

    because: str
    word = "roll back"


@dataclass(frozen=True, slots=True)
class Divert:
    """Send some segments back to the incumbent; the others go on."""

    segments: tuple[str, ...]
    because: str
    word = "divert"


@dataclass(frozen=True, slots=True)
class Reallocate:
    """Stay on this step at another share."""

    share: float
    because: str
    word = "share"


@dataclass(frozen=True, slots=True)
class Adjust:
    """Have the candidate decide yes from another score for some groups; (group, score) each."""

    thresholds: tuple[tuple[str, float], ...]
    because: str
    word = "adjust"


@dataclass(frozen=True, slots=True)
class Reweight:
    """Multiply the odds of the candidate's score for some groups; (group, weight) each."""

    weights: tuple[tuple[str, float], ...]
    because: str
    word = "reweight"


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop judging and send everybody back: the rehearsal itself cannot go on."""

    because: str
    word = "abort"


Action = Hold | Advance | Promote | RollBack | Divert | Reallocate | Adjust | Reweight | Abort
