"""Harm: requests and users served worse than in the same flight that stays on the incumbent.

Each request has a rank in either flight: 0 well served, 1 wrong (answered in time, decision not the label), 2 late
(the client gave up, or waited longer than `users.slow`), 3 failed (errored or rejected). A higher rank than on the
incumbent is harm of that kind, a lower one is help of the incumbent's kind; gross harm counts the first, net harm
subtracts the second. Where no label ever existed an answer counts as right. This page is the whole definition.
"""

import numpy as np
import numpy.typing as npt

from sandbox.base.status import Status
from sandbox.base.telemetry import Codes, Flags, Ints

WELL, WRONG, LATE, FAILED = 0, 1, 2, 3


def rank(status: Codes, *, latency: Ints, right: Flags, slow_ns: int) -> Codes:
    """status (n,), latency (n,) ns, right (n,) whether the decision was the label: (n,) how badly served."""
    badness = np.where(right, np.uint8(WELL), np.uint8(WRONG))
    badness[(latency > slow_ns) | (status == Status.TIMED_OUT)] = LATE
    badness[(status == Status.ERRORED) | (status == Status.REJECTED)] = FAILED
    return badness


def compare(flown: Codes, stayed: Codes) -> tuple[Codes, Codes]:
    """Ranks in the two flights: (n,) kind of harm and (n,) kind of help, 0 for none, else rank."""
    harmed = np.where(flown > stayed, flown, np.uint8(0))
    helped = np.where(flown < stayed, stayed, np.uint8(0))
    return harmed, helped


class HarmLedger:
    """Adds up harm by window, arm, segment and group, and by user, as blocks are settled."""

    def __init__(self, *, windows: int, arms: int, segments: int, groups: int, users: int) -> None:
        self.shape = (windows, arms, segments, groups)
        self.requests = np.zeros(self.shape, dtype=np.int64)
        self.harmed = np.zeros((*self.shape, 3), dtype=np.int64)
        self.helped = np.zeros((*self.shape, 3), dtype=np.int64)
        self.harm_of_user = np.zeros(users, dtype=np.int32)
        self.help_of_user = np.zeros(users, dtype=np.int32)
        self.on_candidate = np.zeros(users, dtype=np.bool_)

    def add(
        self, harmed: Codes, helped: Codes, *, window: npt.NDArray[np.int64], arm: Codes, segment: Codes, group: Codes,
        user: npt.NDArray[np.int32],
    ) -> None:
        """Add one block's requests."""
        first, last = int(window[0]), int(window[-1]) + 1
        shape = (last - first, *self.shape[1:])
        cell = ((window - first) * shape[1] + arm) * shape[2] * shape[3]
        if shape[2] * shape[3] > 1:
            cell += segment.astype(np.int64) * shape[3] + group
        size = int(np.prod(shape))
        self.requests[first:last] += np.bincount(cell, minlength=size).reshape(shape)
        for kinds, total, of_user in (
            (harmed, self.harmed, self.harm_of_user), (helped, self.helped, self.help_of_user)
        ):
            rows = np.flatnonzero(kinds)
            if rows.size:
                index = cell[rows] * 3 + kinds[rows] - 1
                total[first:last] += np.bincount(index, minlength=3 * size).reshape(*shape, 3)
                np.add.at(of_user, user[rows], 1)
        self.on_candidate[user[arm > 0]] = True
