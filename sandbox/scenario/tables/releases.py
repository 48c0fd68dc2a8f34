"""`[[releases]]`: the candidates that come after the one that the ramp names, in the same world."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration


class Release(Spec):
    """A further candidate, which climbs the same ramp past the same gates; `greenroom program` flies them all.
    A candidate that was promoted before is the incumbent then, and what is rolled back to. One whose ramp has not ended
    by then is withdrawn.
    """

    model: str
    """The model of `[models]` that is released."""
    at: Duration = Field(gt=0)
    """When its ramp begins."""
