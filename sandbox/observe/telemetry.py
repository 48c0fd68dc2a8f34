"""`[telemetry]`: what gets through to those who decide, and when."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share


class TelemetryTable(Spec):
    """How the instruments work."""

    delay: Duration = 0
    """How long after its end a window can be read."""
    sample: Share = Field(default=0.1, gt=0)
    """The part of requests whose features are looked at, for drift and completeness."""
