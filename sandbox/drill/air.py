"""One day, flown as often as one likes, each time with other hands: a plan and a seed to which commands are given.

Whoever the plan itself has on call is not there: theirs would be hands, too. `alone` is the day on which
nobody is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandbox.base.flight import Flight
from sandbox.base.recording import Recording
from sandbox.operate.oncall.kinds import OnCall
from sandbox.operate.oncall.plain import Autopilot, Human
from sandbox.operate.oncall.scripted import Scripted
from sandbox.operate.oncall.simulated import Simulated
from sandbox.record.sittings import Given
from sandbox.run.pieces import Watcher, fly_on
from sandbox.run.session import Session
from sandbox.scenario.plan import Plan

Script = tuple[Given, ...]
"""Commands in order of time."""


@dataclass(frozen=True, slots=True)
class Air:
    """The day; a recording and the hashes of inputs where the plan needs them; and who is told of every flight of it
    how far it is.
    """

    plan: Plan
    seed: int
    recording: Recording | None = field(default=None, repr=False)
    inputs: dict[str, str] = field(default_factory=dict, repr=False)
    told: Watcher | None = field(default=None, repr=False, compare=False, kw_only=True)

    def session(self) -> Session:
        """A flight of it that has not begun."""
        plan = self.plan
        if isinstance(plan.document.oncall, Scripted | Simulated):
            plan = _with(plan, Human())
        return Session(plan, seed=self.seed, recording=self.recording, inputs=self.inputs)

    @property
    def waits(self) -> bool:
        """Whether the plan waits for anybody's approval."""
        return bool(self.plan.policy.ramp.approvals)

    def alone(self) -> "Air":
        """The same day with the policy alone: what it waits for is approved at once."""
        return replace(self, plan=_with(self.plan, Autopilot()))

    def fly(self, script: Sequence[Given] = (), *, actor: str = "operator") -> Flight:
        """The flight in which these commands are given."""
        session = self.session()
        for given in script:
            fly_on(session, to=given.at, watch=self.told)
            session.apply(given.kind, actor=actor, **given.arguments)
        fly_on(session, to=self.plan.document.scenario.duration, watch=self.told)
        flight = session.finish()
        if self.told is not None:
            self.told(1.0)
        return flight


def _with(plan: Plan, oncall: OnCall) -> Plan:
    return replace(plan, document=plan.document.model_copy(update={"oncall": oncall}))
