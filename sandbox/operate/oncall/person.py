"""How somebody reacts who is called: after how long, whether at all, and whether they take it for what it is."""

from dataclasses import dataclass

from sandbox.base.spec import Spec
from sandbox.base.streams import stream
from sandbox.base.units import Share
from sandbox.operate.waiting import WaitingText, drawn_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """How somebody reacts to one page: after how long they acknowledge, and then decide, in ns; whether they take it
    for something else; which of the other runbooks they take then, a place in [0, 1).
    """

    acknowledges: int
    decides: int
    misdiagnoses: bool
    mistake: float


class Person(Spec):
    """How quickly and how well somebody reacts."""

    acknowledge: WaitingText = drawn_from("3m", "20m")
    """From the page to the acknowledgement: "3m", or `{ p50 = "3m", p99 = "20m" }`, which is lognormal."""
    decide: WaitingText = drawn_from("5m", "25m")
    """From there until they know what they take it for, and begin to do something about it."""
    step: WaitingText = drawn_from("1m", "5m")
    """Before each step of the runbook."""
    asleep: Share = 0.0
    """How likely they sleep through every page of the flight."""
    misdiagnose: Share = 0.0
    """How likely they take a page for what another runbook is about; with no other they take it for nothing."""

    def sleeps(self, role: str, *, seed: int) -> bool:
        """Whether whoever has a role sleeps through this flight."""
        return bool(stream(seed, f"oncall.{role}.asleep").random() < self.asleep)

    def reaction(self, role: str, *, seed: int, page: int) -> Reaction:
        """How whoever has a role reacts to the page of this number (from 0), whatever happened before."""
        draws = stream(seed, f"oncall.{role}.page", block=page)
        return Reaction(
            acknowledges=self.acknowledge.drawn(draws), decides=self.decide.drawn(draws),
            misdiagnoses=bool(draws.random() < self.misdiagnose), mistake=float(draws.random()),
        )

    def pause(self, role: str, *, seed: int, step: int) -> int:
        """How long whoever has a role takes before the step of this number (from 0) of all they do, in ns."""
        return self.step.drawn(stream(seed, f"oncall.{role}.step", block=step))
