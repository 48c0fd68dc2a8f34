"""The faults that lie on the world just now, and what they come to."""

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.telemetry import Codes, Flags
from sandbox.world.block import Block
from sandbox.world.crowd import Crowd
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.hitch import NO_HITCH, Hitch
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside, Striking, luck_of, who_left


class Imposed:
    """Faults in the order of the plan, each with its place there."""

    def __init__(self, spec: WorldSpec, *, users: int) -> None:
        self._spec = spec
        self._lying: list[tuple[int, Bout]] = []
        self._was_candidates = np.zeros(users, dtype=np.bool_)
        self._anew: dict[int, int] = {}
        self.flips = any(fault.flips for fault in spec.faults)
        """Whether users change arms at any time of the flight."""
        self.serving: list[list[Striking]] = [[] for _ in spec.arms.names]
        """By arm those that change what its pool is offered."""

    def __bool__(self) -> bool:
        return bool(self._lying)

    def add(self, fault: Bout) -> None:
        """A fault of the plan is imposed."""
        index = next(number for number, one in enumerate(self._spec.faults) if one is fault)
        self._lying = sorted([*self._lying, (index, fault)], key=lambda one: one[0])
        self._sort()

    def remove(self, fault: Bout) -> None:
        """A fault is lifted."""
        self._lying = [one for one in self._lying if one[1] is not fault]
        if fault.remembers:
            self._was_candidates[:] = False
        self._sort()

    def _sort(self) -> None:
        changing = [
            Striking(index, self._anew.get(index, fault.at), fault) for index, fault in self._lying
            if type(fault).serve is not Bout.serve
        ]
        for arm, name in enumerate(self._spec.arms.names):
            self.serving[arm] = [one for one in changing if one.fault.strikes(name)]

    def begin_anew(self, arm: int, *, part: float, now: int) -> list[Bout]:
        """Replicas of a candidate were restarted: the faults that wear them out, and them alone, begin anew."""
        worn = [
            (index, fault) for index, fault in self._lying
            if fault.wears and part == 1.0 and arm != INCUMBENT and fault.whose == self._spec.arms.names[arm]
        ]
        self._anew |= {index: now for index, _ in worn}
        self._sort()
        return [fault for _, fault in worn]

    def since(self, fault: Bout) -> int:
        """Since when a fault that lies on the world has done what it does, in ns."""
        index = next(number for number, one in enumerate(self._spec.faults) if one is fault)
        return self._anew.get(index, fault.at)

    @property
    def faults(self) -> list[Bout]:
        """All of them."""
        return [fault for _, fault in self._lying]

    def on(self, arm: int) -> list[Bout]:
        """Those that lie on an arm."""
        return [fault for fault in self.faults if fault.strikes(self._spec.arms.names[arm])]

    def slots(self, arm: int, wanted: int) -> int:
        """How many slots the pool of an arm has that should have `wanted`."""
        for fault in self.on(arm):
            wanted = fault.slots(wanted)
        return wanted

    def leaked(self, arm: int, now: int) -> int:
        """Bytes that each replica of an arm holds for nothing."""
        return sum(fault.leaked(now - self.since(fault)) for fault in self.on(arm))

    @property
    def hitch(self) -> Hitch:
        """What is wrong with alerting."""
        hitch = NO_HITCH
        for fault in self.faults:
            hitch = fault.hinder(hitch)
        return hitch

    def drawn_anew(self, crowd: Crowd, block: Block, rows: slice) -> npt.NDArray[np.float64] | None:
        """(n,) where requests lie on the routing line, if a fault draws any of them anew."""
        flipping = [(index, fault.flips) for index, fault in self._lying if fault.flips]
        if not flipping:
            return None
        unit = crowd.unit[block.user[rows]]
        for index, part in flipping:
            luck = luck_of(self._spec, block, index)[rows].astype(np.float64)
            unit = np.where(luck < part, luck / part, unit)
        return unit

    def aside(self, user: npt.NDArray[np.int32], arm: Codes, shadow: Flags) -> Aside | None:
        """What faults may know of requests (n,) beside what they are; None where no fault lies on anything."""
        if not self._lying:
            return None
        left = np.zeros(len(arm), dtype=np.bool_)
        if any(fault.remembers for fault in self.faults):
            left = who_left(user, arm, self._was_candidates)
        return Aside(shadowed=np.asarray(shadow.any(axis=1)), left=left)
