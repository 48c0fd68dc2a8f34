"""`services.NAME.autoscale`: replicas that follow the load."""

import math

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share

MOST = 4_096
"""No pool has more replicas."""


class Autoscale(Spec):
    """A pool whose size follows its load: `{ target = "60%", every = "15s", lag = "30s", cool_down = "5m" }`.

    Every so often it looks at the work its slots began since it last did, and asks for as many replicas as would have
    been busy `target` of the time with it. It asks for more at once, for fewer only once nothing more was asked for
    within `cool_down`; what is asked for is there after `lag` and the cold start. A pool can be no busier than full, so
    under overload it grows by no more than 1 / target at a look, however long the queue. It begins as large as it is
    said to be, a candidate's with `least` replicas, and never has fewer.

    Kubernetes: Horizontal Pod Autoscaling, autoscaling/v2 (2023), whose default tolerance and stabilization these are.
    """

    target: Share = Field(default=0.6, gt=0, lt=1)
    """How busy its slots shall be."""
    every: Duration = Field(default=15 * NS_PER_SECOND, ge=NS_PER_SECOND)
    """How often it looks."""
    lag: Duration = 0
    """How long after it looked the pool changes: metrics are scraped and averaged, nodes are found."""
    cool_down: Duration = 300 * NS_PER_SECOND
    """For how long it must have asked for fewer before there are fewer."""
    tolerance: Share = 0.1
    """How far off its target, as a part of it, it leaves things as they are."""
    most: int | None = Field(default=None, ge=1, le=MOST)
    """The most replicas; twice those of the service unless said."""

    def asks_for(self, begun: int, *, concurrency: int, replicas: int) -> int:
        """How many replicas for begun ns of work since the last look, where there are so many now."""
        wanted = begun / (self.every * concurrency * self.target)
        if abs(wanted - replicas) <= self.tolerance * replicas:
            return replicas
        return math.ceil(wanted)
