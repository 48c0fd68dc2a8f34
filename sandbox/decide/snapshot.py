"""Is the data that a model is to be trained on what it should be?"""

from pydantic import Field, model_validator

from sandbox.base.reading import Reading
from sandbox.base.spec import Spec
from sandbox.base.units import Limit
from sandbox.base.verdict import Verdict
from sandbox.decide.gates.wording import against


class SnapshotCheck(Spec):
    """One thing that must hold for what telemetry showed of the incumbent over the snapshot's stretch."""

    metric: str = Field(min_length=1)
    """The metric it reads, such as "data.completeness", "data.freshness", "labels.coverage", "contract.violations.rate"
    or "quality.accuracy": labels that no longer agree with the model in service are to be looked at first."""
    max: Limit | None = None
    """The highest value that is well."""
    min: Limit | None = None
    """The lowest value that is well."""
    minimum: int = Field(default=1_000, ge=1)
    """The fewest observations it judges on; with fewer the data is not there, and that is not well either."""

    @model_validator(mode="after")
    def _can_fail(self) -> "SnapshotCheck":
        if self.max is None and self.min is None:
            raise ValueError('a check needs "max" or "min"; add one')
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError("min is above max; nothing could pass")
        return self

    def judge(self, reading: Reading, unit: str) -> tuple[Verdict, str]:
        """What it says of a reading, and why: silence is not consent."""
        if reading.empty or reading.n < self.minimum:
            return Verdict.NO_DATA, f"n {reading.n:,} < {self.minimum:,}"
        if self.max is not None and reading.value > self.max:
            return Verdict.FAIL, against(reading.value, ">", self.max, unit=unit)
        if self.min is not None and reading.value < self.min:
            return Verdict.FAIL, against(reading.value, "<", self.min, unit=unit)
        bound, sign = (self.min, "≥") if self.max is None else (self.max, "≤")
        assert bound is not None
        return Verdict.PASS, against(reading.value, sign, bound, unit=unit)
