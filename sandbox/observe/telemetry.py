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
    loss: Share = 0.0
    """The part of windows that never arrive, and of cohorts with labels, each by its own luck and whole. The luck hangs
    on the instant alone, so every policy misses the same ones. What is lost is no zero: gates judge what is left, or
    nothing, and budgets count what arrives."""
