"""What was true: harm by window, arm, segment and group, and the intervals in which the world was bent."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import fingerprint


class HarmKind(IntEnum):
    """How a request can be served worse than in the flight that stays on the incumbent."""

    WRONG = 0
    LATE = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A drift or fault and when it acted; `end` is the flight's end where it never lifted."""

    kind: str
    name: str
    start: int
    end: int
    arms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Aggregates the engine keeps as it flies, by the window in which a request arrived.

    requests (W, arms, segments, groups); harmed, helped (W, arms, segments, groups, kinds) against the same request
    in the flight that stays on the incumbent; right, judged (W, arms) would-be right decisions of each arm, answered
    or not, and on how many requests; work_ns, room_ns (W, arms) work that arrived at each pool and what its slots
    could do; decided (W, arms, groups, 4) would-be decisions of each arm as label * 2 + decision, of no window where
    there are no groups; statuses (arms, 4) and in_flight (arms,) of served requests, which add up to those offered.
    """

    starts: npt.NDArray[np.int64]
    requests: npt.NDArray[np.int64]
    harmed: npt.NDArray[np.int64]
    helped: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    judged: npt.NDArray[np.int64]
    work_ns: npt.NDArray[np.int64]
    room_ns: npt.NDArray[np.int64]
    harmed_users: int
    net_harmed_users: int
    users_on_candidate: int
    statuses: npt.NDArray[np.int64]
    in_flight: npt.NDArray[np.int64]
    intervals: tuple[Interval, ...]
    decided: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0, 0, 4), dtype=np.int64))

    @property
    def hash(self) -> str:
        """What the journal says of the aggregates, so that nobody can change them unseen."""
        return fingerprint(b"".join(array.tobytes() for array in (
            self.requests, self.harmed, self.helped, self.right, self.judged, self.work_ns, self.room_ns
        )))
