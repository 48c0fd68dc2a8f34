"""What was wrong in a flight, as whoever dealt it declares: the answer that a diagnosis is held against."""

from dataclasses import dataclass
from typing import Literal

Helps = Literal["helps", "does not help", "makes it worse", "is not needed"]

NOTHING = "none"
"""The kind of cause where nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause: its kind and class, where and when it strikes, what rolling back does about it, what must be seen.

    `model` is the arm it strikes, "all" for every one; `at` is None where it was there from the begin. `signals` are
    the metrics on which an alert ought to fire; `also` are the kinds that an instructor had strike beside it, each as
    right an answer.
    """

    kind: str
    taxonomy: str = NOTHING
    model: str = ""
    segments: tuple[str, ...] = ()
    at: int | None = None
    until: int | None = None
    rollback: Helps = "is not needed"
    signals: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def control(self) -> bool:
        """Whether there is nothing to do: no fault, a harmless one, or a good candidate."""
        return self.taxonomy == NOTHING

    @property
    def needless(self) -> bool:
        """Whether taking the candidate away is never the answer to it."""
        return self.rollback == "is not needed"
