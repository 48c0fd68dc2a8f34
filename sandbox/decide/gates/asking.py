"""What every gate says about what it asks, of whom, and when."""

import re
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration
from sandbox.base.verdict import Judgement, Verdict


class Asking(Spec):
    """The keys all gates share."""

    compares: ClassVar[bool] = False
    """Whether it sets the candidate against the incumbent; then it is not asked where nobody is on the incumbent."""

    looks: ClassVar[bool] = False
    """Whether it reads windows one by one, beside what they add up to."""
    lasts: ClassVar[Literal["step", "flight"]] = "step"
    """Whether its state and the windows it looks at begin anew at every step, or run through the whole flight."""
    merges: ClassVar[Literal["step", "flight"]] = "step"
    """Whether what it reads merged is of the step, or of the whole flight."""
    vouches: ClassVar[bool] = False
    """Whether what compares arms can be trusted only as long as this gate does not say ERROR."""

    kind: str
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

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return (self.metric,)

    @property
    def segment(self) -> str:
        """The one segment it is about, as its metric names it; empty where it is about everybody."""
        found = re.search(r"""segment\s*=\s*["']?([^"',}]+)""", self.metric)
        return found[1].strip() if found else ""

    def judged(
        self, verdict: Verdict, because: str, *, value: float | None = None, bound: float | None = None, n: int = 0,
        log_evidence: float | None = None,
    ) -> Judgement:
        """A judgement in this gate's name."""
        return Judgement(
            gate=self.name, kind=self.kind, verdict=verdict, because=because, value=value, bound=bound, n=n,
            decides=not self.dry_run, segment=self.segment, log_evidence=log_evidence,
        )
