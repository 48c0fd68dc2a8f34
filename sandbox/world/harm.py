"""Harm: requests and users served worse than in the same flight that stays on the incumbent.

Each request has a rank in either flight: 0 well served, 1 wrong (answered in time, decision not the label), 2 late
(the client gave up, or waited longer than `users.slow`), 3 failed (errored or rejected). A higher rank than on the
incumbent is harm of that kind, a lower one is help of the incumbent's kind; gross harm counts the first, net harm
subtracts the second. Where no label ever existed an answer counts as right. This is the whole definition; the loop is
`world.kernel.settle`.
"""

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.world.block import Block, Fate
from sandbox.world.kernel import count_right, settle


class HarmLedger:
    """Adds up harm by window, arm, segment and group, and by user, as blocks are settled."""

    def __init__(self, *, windows: int, arms: int, segments: int, groups: int, users: int, slow_ns: int) -> None:
        shape = (windows, arms, segments, groups)
        self.requests = np.zeros(shape, dtype=np.int64)
        self.harmed = np.zeros((*shape, 3), dtype=np.int64)
        self.helped = np.zeros((*shape, 3), dtype=np.int64)
        self.right = np.zeros((windows, arms), dtype=np.int64)
        self.judged = np.zeros((windows, arms), dtype=np.int64)
        self.decided = np.zeros((windows, arms, groups, 4) if groups > 1 else (0, 0, 0, 4), dtype=np.int64)
        self.harm_of_user = np.zeros(users, dtype=np.int32)
        self.help_of_user = np.zeros(users, dtype=np.int32)
        self.on_candidate = np.zeros(users, dtype=np.bool_)
        self._slow_ns = slow_ns

    def add(
        self, block: Block, *, flown: Fate, stayed: Fate, right: Flags, stayed_right: Flags, window: Ints
    ) -> Codes:
        """Add one block's requests; returns (n,) the kind of harm of each, 0 for none."""
        kinds: npt.NDArray[np.uint8] = np.empty(len(block), dtype=np.uint8)
        settle(
            flown.status, flown.latency, right, stayed.status, stayed.latency, stayed_right, self._slow_ns, window,
            flown.arm, block.segment, block.group, block.user, self.requests, self.harmed, self.helped,
            self.harm_of_user, self.help_of_user, self.on_candidate, kinds,
        )
        return kinds

    def judge(self, arm: int, *, right: Flags, window: Ints) -> None:
        """Count how often an arm would have been right."""
        count_right(window, right, self.right[:, arm], self.judged[:, arm])

    def compare(self, block: Block, arm: int, *, window: Ints) -> None:
        """Count what an arm would have decided of whom, by what was true; nothing where there are no groups."""
        if not self.decided.size:
            return
        known = slice(None) if block.known is None else block.known
        cell = block.label[known].astype(np.int64) * 2 + block.opinion(arm).decision[known]
        place = (window[known] * self.decided.shape[2] + block.group[known]) * 4 + cell
        first, last = int(window.min()), int(window.max()) + 1
        size = (last - first) * self.decided.shape[2] * 4
        counts = np.bincount(place - first * self.decided.shape[2] * 4, minlength=size)
        self.decided[first:last, arm] += counts.reshape(last - first, -1, 4)
