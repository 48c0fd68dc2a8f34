"""`services.NAME.retries`: clients that ask again."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.telemetry import Floats, Ints
from sandbox.base.units import Duration, Share

MOST_ATTEMPTS = 8
"""An attempt's number must fit beside the request's."""


class Retries(Spec):
    """Clients that ask again when they were rejected, got an error or waited in vain: `{ attempts = 3 }`.

    A retry comes after a back-off that doubles from attempt to attempt and is drawn between once and twice its length,
    so that clients do not come back in step. Work for a client that left is done all the same: under overload retries
    add to it, and can keep it up when its cause has gone. `budget` bounds that: every request puts so much of a retry
    into a bucket that holds a hundred, every retry takes one out, and where there is none the failure is final.

    Brooker: Exponential backoff and jitter, AWS Architecture Blog (2015); Bronson, Aghayev, Charapko, Zhu: Metastable
    failures in distributed systems, HotOS 2021; the budget as in gRPC, proposal A6 (2017).
    """

    attempts: int = Field(default=3, ge=2, le=MOST_ATTEMPTS)
    """How often a client asks in all."""
    backoff: Duration = Field(default=1_000_000_000, ge=20_000_000)
    """How long it waits at least before the second attempt."""
    budget: Share | None = None
    """How many retries all requests together may add, as a part of them; as many as clients like unless said."""

    def wait(self, number: int, luck: Floats) -> Ints:
        """(n,) ns before attempt `number`, 1 for the second, of requests that draw luck (n,) uniform."""
        longest = self.backoff * 2.0 ** (number - 1)
        return (longest * (1.0 + luck.astype("float64"))).astype("int64")
