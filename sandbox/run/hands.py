"""The hands: what an operation does once it takes effect."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.operate.operations import alerting, people, ramp, serving
from sandbox.operate.operations.operation import Operation
from sandbox.run.deck import Deck
from sandbox.run.helm import Helm

Effect = Callable[[Any, str], None]


class Hands:
    """Carries operations out upon ramp, world and alerting."""

    def __init__(self, deck: Deck, helm: Helm, *, approved: Callable[[], None]) -> None:
        self._deck, self._helm, self._approved = deck, helm, approved
        self.incident = 0
        """The severity of the incident that is open, 0 for none."""
        self._learned: dict[type[Operation], Effect] = {}
        self._effects: dict[type[Operation], Effect] = {
            ramp.Hold: self._hold, ramp.Resume: self._resume, ramp.Advance: self._advance, ramp.Promote: self._promote,
            ramp.Abort: self._abort, ramp.RollBack: self._roll_back, ramp.Divert: self._divert,
            ramp.Readmit: self._readmit, serving.Scale: self._scale, serving.Restart: self._restart,
            serving.Toggle: self._toggle, serving.Adjust: self._adjust, alerting.Acknowledge: self._acknowledge,
            alerting.Silence: self._silence, alerting.Unsilence: self._unsilence, alerting.Disable: self._disable,
            alerting.Enable: self._enable, people.Declare: self._declare, people.Close: self._close,
            people.Approve: self._approve, people.Refuse: self._refuse,
        }

    def carry_out(self, operation: Operation, *, actor: str) -> None:
        """Do it, now. What only people are told, as a note or a diagnosis, stands in the journal already."""
        kind = type(operation)
        if kind in self._learned:
            self._learned[kind](operation, actor)
        elif kind in self._effects:
            self._effects[kind](operation, f"{actor} said so")

    def learn(self, kind: type[Operation], effect: Effect) -> None:
        """Have somebody else carry out a kind of operation; they are told who asked for it."""
        self._learned[kind] = effect

    # On the ramp.

    @property
    def _climb(self) -> Climb:
        return self._deck.pilot.climb

    def _leave_riders(self, done: str) -> None:
        for rider in self._deck.riders:
            self._deck.tell(rider.leave(done=done))

    def _hold(self, wanted: ramp.Hold, because: str) -> None:
        self._deck.pilot.held = True
        self._deck.note("ramp", {"what": "hold", "step": self._climb.step, "because": because})

    def _resume(self, wanted: ramp.Resume, because: str) -> None:
        self._deck.pilot.held = False

    def _advance(self, wanted: ramp.Advance, because: str) -> None:
        self._leave_riders(wanted.kind)
        self._deck.pilot.jump(self._climb.step + 1, at=self._deck.now)
        self._helm.go_to_step(because)

    def _promote(self, wanted: ramp.Promote, because: str) -> None:
        self._leave_riders(wanted.kind)
        self._deck.pilot.end(Phase.PROMOTED, at=self._deck.now)
        self._helm.promote(because)

    def _abort(self, wanted: ramp.Abort, because: str) -> None:
        self._leave_riders(wanted.kind)
        self._deck.pilot.end(Phase.ABORTED, at=self._deck.now)
        self._helm.send_back(because, word=wanted.kind)

    def _roll_back(self, wanted: ramp.RollBack, because: str) -> None:
        if wanted.segment is not None:
            self._divert_part(wanted.segment, wanted.part, because)
            return
        self._leave_riders(wanted.kind)
        if wanted.part < 1.0:
            self._lower(wanted.part, because)
            return
        self._deck.pilot.end(Phase.ROLLED_BACK, at=self._deck.now)
        self._helm.send_back(because, word=wanted.kind)

    def _lower(self, part: float, because: str) -> None:
        pilot = self._deck.pilot
        step = pilot.policy.ramp.climbs[self._climb.step]
        if step.shares:
            for name in self._deck.collector.layout.segments:
                if name not in self._climb.diverted:
                    pilot.divert(name, part=part)
        else:
            share = step.share if self._climb.share is None else self._climb.share
            pilot.lower(share * (1.0 - part), at=self._deck.now)
        self._helm.go_to_step(because, what="share")

    def _divert(self, wanted: ramp.Divert, because: str) -> None:
        self._divert_part(wanted.segment, wanted.part, because)

    def _divert_part(self, segment: str, part: float, because: str) -> None:
        self._leave_riders("divert")
        self._deck.pilot.divert(segment, part=part)
        self._helm.apply_step(f"divert {segment}", because)

    def _readmit(self, wanted: ramp.Readmit, because: str) -> None:
        self._leave_riders(wanted.kind)
        self._deck.pilot.readmit(wanted.segment)
        self._helm.apply_step(f"readmit {wanted.segment}", because)

    # On what serves.

    def _arm(self, model: str) -> int:
        self._deck.touch()
        return self._deck.collector.layout.arms.index(model)

    def _scale(self, wanted: serving.Scale, because: str) -> None:
        self._deck.world.scale(self._arm(wanted.model), wanted.replicas)

    def _restart(self, wanted: serving.Restart, because: str) -> None:
        self._deck.world.restart(self._arm(wanted.model), part=wanted.part)

    def _toggle(self, wanted: serving.Toggle, because: str) -> None:
        self._deck.world.switch(self._arm(wanted.model), wanted.feature, on=wanted.on)

    def _adjust(self, wanted: serving.Adjust, because: str) -> None:
        groups = self._deck.collector.layout.groups if wanted.group is None else (wanted.group,)
        self._deck.world.set_thresholds(self._arm(wanted.model), dict.fromkeys(groups, wanted.threshold))

    # On alerting.

    def _acknowledge(self, wanted: alerting.Acknowledge, because: str) -> None:
        self._deck.tell(self._deck.pilot.monitor.acknowledge(self._deck.now))

    def _silence(self, wanted: alerting.Silence, because: str) -> None:
        now = self._deck.now
        self._deck.tell(self._deck.pilot.monitor.silence(wanted.alert, at=now, until=now + wanted.lasts))

    def _unsilence(self, wanted: alerting.Unsilence, because: str) -> None:
        self._deck.tell(self._deck.pilot.monitor.unsilence(wanted.alert, at=self._deck.now))

    def _disable(self, wanted: alerting.Disable, because: str) -> None:
        self._deck.tell(self._deck.pilot.monitor.disable(wanted.alert, at=self._deck.now))

    def _enable(self, wanted: alerting.Enable, because: str) -> None:
        self._deck.pilot.monitor.enable(wanted.alert)

    # Among people.

    def _declare(self, wanted: people.Declare, because: str) -> None:
        self.incident = wanted.severity

    def _close(self, wanted: people.Close, because: str) -> None:
        self.incident = 0

    def _everybody(self) -> Iterable[Any]:
        return (self._deck.pilot, *(rider.pilot for rider in self._deck.riders))

    def _approve(self, wanted: people.Approve, because: str) -> None:
        for pilot in self._everybody():
            pilot.approve(wanted.role)
        self._approved()

    def _refuse(self, wanted: people.Refuse, because: str) -> None:
        for pilot in self._everybody():
            pilot.refuse(wanted.role, wanted.reason)
