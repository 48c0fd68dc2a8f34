"""`[operations]`: how long what people ask for takes until it is done, and how often it fails."""

from dataclasses import dataclass

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.streams import stream
from sandbox.base.units import Share
from sandbox.operate.waiting import Waiting, WaitingText


class Doing(Spec):
    """What becomes of one kind of operation once it was accepted; what a policy decides is not asked of it."""

    takes: WaitingText = Waiting()
    """How long it takes, whether it works or not: "3m", or `{ p50 = "3m", p99 = "20m" }`."""
    fails: Share = Field(default=0.0)
    """How often it does not work; it may be tried again."""
    says: str = "it did not work"
    """What whoever tried is told then."""


@dataclass(frozen=True, slots=True)
class Luck:
    """How one attempt goes: after how long, in ns, and whether it works."""

    takes: int
    works: bool


def attempt(doing: Doing, kind: str, *, seed: int, number: int) -> Luck:
    """How the attempt of this number (from 0) at a kind of operation goes, whatever else was done before."""
    draws = stream(seed, f"operation.{kind}", block=number)
    takes = doing.takes.drawn(draws)
    return Luck(takes, works=bool(draws.random() >= doing.fails))
