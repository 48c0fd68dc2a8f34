"""What is wrong with alerting just now."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hitch:
    """down: since when nobody scrapes, evaluates or tells, ns; misspelt: alerts that read a series nobody keeps;
    sent_to: who is told instead of who should be; silences: labels of what nobody is told of; mutes: (labels of what
    mutes, labels of what is muted).
    """

    down: int | None = None
    misspelt: tuple[str, ...] = ()
    sent_to: str = ""
    silences: tuple[Mapping[str, str], ...] = ()
    mutes: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = ()


NO_HITCH = Hitch()
