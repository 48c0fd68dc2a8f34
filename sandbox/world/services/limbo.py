"""Requests that never got to their pool, and whose clients wait in vain."""

import numpy as np

from sandbox.base.telemetry import Ints
from sandbox.world.services.kernel import TIMED_OUT, Outcomes


class Limbo:
    """Those who wait for nothing, in order of arrival; each gives up `timeout` ns after it came."""

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout
        self._key = np.empty(0, dtype=np.int64)
        self._until = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._key)

    def lose(self, key: Ints, arrived: Ints) -> None:
        """Requests key (n,) that arrived at (n,) ns are lost."""
        self._key = np.concatenate([self._key, key])
        self._until = np.concatenate([self._until, arrived + self._timeout])

    def give_up(self, served: Outcomes, until: int) -> Outcomes:
        """What a pool published, and with it those who gave up before `until`."""
        gone = int(np.searchsorted(self._until, until))
        if not gone:
            return served
        both = Outcomes(0)
        both.key = np.concatenate([served.key, self._key[:gone]])
        both.status = np.concatenate([served.status, np.full(gone, TIMED_OUT, dtype=np.uint8)])
        both.published = np.concatenate([served.published, self._until[:gone]])
        both.start = np.concatenate([served.start, np.full(gone, -1, dtype=np.int64)])
        self._key, self._until = self._key[gone:], self._until[gone:]
        return both
