"""`services.NAME.breaker`: a circuit breaker before the pool."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share


class Breaker(Spec):
    """A circuit breaker before the pool: `{ trips = "50%", of = 100, stays = "10s", probes = 10 }`.

    Once `trips` of the last `of` tries failed, nobody is let through for as long as it `stays` open; whoever comes is
    rejected at once, which costs no slot and no patience. Then it is half open: `probes` tries pass, and as they fare
    it closes or opens again. Errors, timeouts and rejections by the pool are failures. A pool that clients keep down
    gets the time to come back; a pool that is well but for some of its users is taken from all of them.

    Nygard: Release it!, Pragmatic Bookshelf 2007; half-open probes and a window of calls as in resilience4j.
    """

    trips: Share = Field(default=0.5, gt=0)
    """The part of failures at which it opens."""
    of: int = Field(default=100, ge=1, le=10_000)
    """Of how many tries, the last ones."""
    stays: Duration = Field(default=10 * NS_PER_SECOND, gt=0)
    """How long it stays open."""
    probes: int = Field(default=10, ge=1, le=1_000)
    """How many tries pass when it is half open."""
