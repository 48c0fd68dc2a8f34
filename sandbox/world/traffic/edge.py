"""Clients at the edge: connected now and then, and what they asked meanwhile is sent when they are."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.traffic.arriving import Arriving

Floats = npt.NDArray[np.float64]


class Edge(Arriving):
    """Each client is connected for a part of every cycle; what it asks while it is not is sent in a burst once it is.

    With a phase of its own for each client the service sees a steady rate, made of clumps: one user's requests of half
    an hour within seconds, so requests are far from independent. Where a part of them come back `together`, as after an
    outage or at the end of a tunnel, the service meets a storm once a cycle, and nobody sized it for that.

    ```toml
    [traffic]
    kind = "edge"
    mean = "50/s"
    every = "20m"
    online = "40%"
    together = "30%"
    burst = "30s"
    ```

    Heffes, Lucantoni: A Markov modulated characterization of packetized voice and data traffic, IEEE JSAC 4 (1986), on
    what is made of many sources that are on and off.
    """

    kind: Literal["edge"] = "edge"
    every: Duration = Field(default=1_800 * NS_PER_SECOND, gt=0)
    """From one connection of a client to its next."""
    online: Share = Field(default=0.3, gt=0, lt=1)
    """The part of that time for which it is connected."""
    together: Share = 0.0
    """The part of the clients that connect at the same moment, the multiples of `every`; the others when they like."""
    burst: Duration = Field(default=10 * NS_PER_SECOND, gt=0)
    """Within how long a client that connects sends what has piled up; it is connected longer than that."""

    @model_validator(mode="after")
    def _sends_while_connected(self) -> "Edge":
        if self.burst > self.online * self.every:
            raise ValueError("burst is longer than a client is connected; shorten it")
        return self

    @property
    def longest(self) -> int:
        """The longest that a request waits for its client to connect and to send it, in ns."""
        return self.every - round(self.online * self.every) + self.burst

    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate over all clients."""
        every, burst, on = (ns / NS_PER_SECOND for ns in (self.every, self.burst, round(self.online * self.every)))
        cycles = np.floor(at / every)
        since = at - cycles * every
        storms = cycles * every + np.minimum(since, on) + (every - on) * np.minimum(since / burst, 1.0)
        return np.asarray(self.mean * ((1.0 - self.together) * at + self.together * storms))

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] at which those who connect together do, have sent, and go."""
        every, burst, on = (ns / NS_PER_SECOND for ns in (self.every, self.burst, round(self.online * self.every)))
        begins = np.arange(np.floor(start / every), np.floor(end / every) + 1.0) * every
        marks = np.concatenate([begins, begins + burst, begins + on])
        return np.sort(marks[(marks >= start) & (marks <= end)])

    def sent(self, at: npt.NDArray[np.int64], phase: npt.NDArray[np.int64], luck: Floats) -> npt.NDArray[np.int64]:
        """(n,) ns when requests that clients with phase (n,) ns had at (n,) ns are sent, given uniform luck (n,)."""
        since = (at - phase) % self.every
        waits = self.every - since + (luck * self.burst).astype(np.int64)
        return at + np.where(since < round(self.online * self.every), 0, waits)
