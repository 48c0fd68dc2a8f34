"""Scores that are not numbers."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.telemetry import Flags
from sandbox.base.units import Share
from sandbox.world.block import Opinion
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.on_model import OnModel


class Overflow(OnModel):
    """A part of the scores is NaN: an exponential overflows, a sum of infinities is taken, and HTTP says 200.

    What that counts as: the request was answered. Its score falls in no bin of any histogram, so that `answers.invalid`
    is the part that had none. NaN passes no threshold, so the decision is no; a label finds it as a no with a score of
    0, which is what it was taken for. Nothing else moves: a metric that leaves NaN out of its mean sees nothing.

    ```toml
    [[faults]]
    kind = "overflow"
    model = "candidate"
    part = "8%"
    at = "40m"
    ```

    Goldberg: What every computer scientist should know about floating-point arithmetic, ACM Computing Surveys 23
    (1991); IEEE 754-2019: every comparison with NaN but "not equal" is false.
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("answers.invalid",)
    apart: ClassVar[str] = (
        "Answers without a score, which nothing else brings; errors and latency stay, and quality falls once labels"
        " come."
    )

    kind: Literal["overflow"] = "overflow"
    part: Share = Field(default=0.05, gt=0)
    """The part of answers that have no number."""

    @property
    def part_of_answers(self) -> float:
        """The part that overflows."""
        return self.part

    def answer(self, opinion: Opinion, other: Opinion | None, rows: Flags) -> Opinion:
        """NaN, and no."""
        return opinion.without(rows)
