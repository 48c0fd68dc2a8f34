"""One thing that was to be done beside the decision."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What it is, whether it was done, and how it came out."""

    name: str
    done: bool
    because: str
