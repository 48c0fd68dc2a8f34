"""What every gate says about what it asks, of whom, and when."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration


class Asking(Spec):
    """The keys all gates share."""

    compares: ClassVar[bool] = False
    """Whether it sets the candidate against the incumbent; then it is not asked where nobody is on the incumbent."""

    name: str = ""
    """What the log calls it; made from the metric unless said."""
    metric: str = Field(min_length=1)
    """The metric it reads, such as "errors.rate" or "latency.p99"; `greenroom kinds metric` lists them."""
    model: str = "candidate"
    """The candidate it is about."""
    steps: list[int] = []
    """The steps of the ramp it judges, 1 is the first; all of them unless said."""
    over: Duration | Literal["step"] = "step"
    """What it reads: everything since the step began, or the last stretch of this length."""
    minimum: int = Field(default=100, ge=1)
    """The fewest observations in either arm it judges on; below that it says NO_DATA."""
    dry_run: bool = False
    """Judge and record, but never decide."""
