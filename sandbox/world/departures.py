"""Users who act on how they were served: some opt out of candidates, some leave and do not come again.

What was served before a tick decides who has turned away after it, so the instants are the plan's. In the flight that
stays on the incumbent users leave as well, by the same luck: nobody leaves because of a rollout who left either way.
"""

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.telemetry import Codes, Flags, Ints, Users
from sandbox.world.block import LEAVING_LUCK, OPTING_LUCK, Block
from sandbox.world.experience import Chances, Experience, ranks


class Departures:
    """Who has opted out, and who has left, of the flight that is flown and of the one that stays."""

    def __init__(self, experience: Experience, *, users: int, slow_ns: int) -> None:
        self._opting, self._leaving = experience.opting_out, experience.leaving
        self._slow_ns = slow_ns
        self.opted_out = np.zeros(users, dtype=np.bool_)
        self.gone = np.zeros(users, dtype=np.bool_)
        self.gone_anyway = np.zeros(users, dtype=np.bool_)
        """Who left the flight that stays on the incumbent."""
        self._turning: list[tuple[npt.NDArray[np.bool_], Users]] = []

    def hear(self, block: Block, arm: int, *, row: Ints, status: Codes, latency: Ints, right: Flags) -> None:
        """Requests row (n,) of a block ended in the flight that is flown: some of their users turn away."""
        served = ranks(status, latency, right, slow_ns=self._slow_ns)
        self._turn_away(self.gone, block, row, served, self._leaving, LEAVING_LUCK)
        if arm != INCUMBENT:
            self._turn_away(self.opted_out, block, row, served, self._opting, OPTING_LUCK)

    def hear_stay(self, block: Block, *, row: Ints, status: Codes, latency: Ints, right: Flags) -> None:
        """The same of the flight that stays."""
        served = ranks(status, latency, right, slow_ns=self._slow_ns)
        self._turn_away(self.gone_anyway, block, row, served, self._leaving, LEAVING_LUCK)

    def turn(self) -> bool:
        """A tick has ended: who turned away is away from now on; returns whether anybody did."""
        for away, user in self._turning:
            away[user] = True
        turned = bool(self._turning)
        self._turning.clear()
        return turned

    def _turn_away(
        self, away: npt.NDArray[np.bool_], block: Block, row: Ints, served: Ints, chances: Chances, luck: int
    ) -> None:
        if not any(chances.by_rank):
            return
        chance = np.array(chances.by_rank, dtype=np.float32)
        turned = block.luck(luck)[row] < chance[served]
        if turned.any():
            self._turning.append((away, block.user[row[turned]]))
