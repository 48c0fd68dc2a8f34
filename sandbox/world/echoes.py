"""Feedback loops: what people were told between two instants says how far they have moved after the second."""

from dataclasses import dataclass

from sandbox.base.status import Status
from sandbox.base.telemetry import Answers
from sandbox.world.drift.feedback import Feedback
from sandbox.world.drift.onset import first_effect
from sandbox.world.spec import WorldSpec

Moved = tuple[int, int, float]
"""An instant in ns, the place of a drift in the plan, and how far its features are moved from then on."""


@dataclass(slots=True)
class _Loop:
    """One feedback drift: yes, told since the last instant; all_yes, all_told before it began; shift now."""

    drift: Feedback
    yes: int = 0
    told: int = 0
    all_yes: int = 0
    all_told: int = 0
    shift: float = 0.0


class Echoes:
    """The feedback loops of a plan, by their place there."""

    def __init__(self, spec: WorldSpec) -> None:
        self._loops = {index: _Loop(one) for index, one in enumerate(spec.drift) if isinstance(one, Feedback)}
        self.moved = list[Moved]()
        """How far people had moved, at every instant at which they moved."""

    def __bool__(self) -> bool:
        return bool(self._loops)

    @property
    def shifts(self) -> dict[int, float]:
        """By a drift's place in the plan, how far its features are moved just now."""
        return {index: loop.shift for index, loop in self._loops.items()}

    def hear(self, answers: list[Answers]) -> None:
        """People were told something."""
        for one in answers:
            counted = (one.status == Status.ANSWERED) & ~one.shadow
            told, yes = int(counted.sum()), int((counted & one.decision).sum())
            for loop in self._loops.values():
                loop.told += told
                loop.yes += yes

    def turn(self, now: int) -> None:
        """At an instant of the plan: those who come from now on have moved; nothing at any other time."""
        for index, loop in self._loops.items():
            drift = loop.drift
            if now and now % drift.every == 0:
                self._react(index, loop, now)

    def _react(self, index: int, loop: _Loop, now: int) -> None:
        drift, yes, told = loop.drift, loop.yes, loop.told
        loop.yes = loop.told = 0
        if now <= first_effect(drift) or not (loop.all_told or drift.rest is not None):
            loop.all_yes += yes
            loop.all_told += told
        if now < first_effect(drift) or not told:
            return
        rest = loop.all_yes / loop.all_told if drift.rest is None else drift.rest
        loop.shift = drift.next_shift(loop.shift, yes=yes / told, rest=rest)
        self.moved.append((now, index, loop.shift))
