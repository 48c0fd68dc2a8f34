"""Replicas that die."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dying:
    """A part of a pool's slots dies `after` ns, and again `every` ns if said; each serves again `restart` ns later."""

    after: int
    every: int | None
    part: float
    restart: int
