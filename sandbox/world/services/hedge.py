"""`services.NAME.hedge`: a second try before the first has ended."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share


class Hedge(Spec):
    """A client whom nobody has answered by `after` asks a second time, and takes the answer that comes first:
    `{ after = "80ms" }`.

    It buys the tail, where that is the luck of one replica, and costs load: a slot that serves the loser serves it to
    the end; only a try that still waits is taken back. A little above the usual 95th percentile adds about a twentieth;
    under overload everybody is late, and everybody asks twice. `budget` bounds that as for retries. Service times of
    second tries are drawn anew; where they follow from the request, as recorded ones do or those of a language model, a
    second try takes as long as the first.

    Dean, Barroso: The tail at scale, Communications of the ACM 56 (2013).
    """

    after: Duration = Field(ge=1_000_000)
    """How long after the first try the second comes, if nobody has answered."""
    budget: Share | None = None
    """How many second tries there may be, as a part of the requests; as many as are late unless said."""
