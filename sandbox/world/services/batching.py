"""`services.NAME.batch`: several requests served together."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Share


class Batching(Spec):
    """A slot that falls free serves up to `size` of those who wait together: `{ size = 8, each = "10%" }`.

    They take as long as the slowest of them would alone, and `each` of that more for every further one; all are
    answered when the batch is done. Under load a batch is worth several slots; the price is the latency of the quick,
    who wait for the slow. Whoever finds a slot free is served alone.

    Neuts: A general class of bulk queues with Poisson input, Annals of Mathematical Statistics 38 (1967).
    """

    size: int = Field(default=8, ge=2, le=256)
    """How many at most."""
    each: Share = 0.1
    """How much longer it takes for every further request, as a part of the slowest."""
