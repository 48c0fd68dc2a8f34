"""How long something that people do takes."""

import math
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration

Z99 = 2.3263478740408408
"""The normal quantile of 99%."""

LONGEST = 7 * 86_400 * NS_PER_SECOND
"""Nobody is waited for longer than a week, in ns."""


class Waiting(Spec):
    """Always the same time, or a lognormal one where both quantiles are said."""

    p50: Duration = Field(default=0, ge=0)
    """The median."""
    p99: Duration | None = Field(default=None, gt=0)
    """The 99th percentile; always the median unless said."""

    @model_validator(mode="after")
    def _ordered(self) -> "Waiting":
        if self.p99 is not None and self.p99 < self.p50:
            raise ValueError("p99 is below p50; swap them")
        if self.p99 is not None and self.p50 == 0:
            raise ValueError("a median of nothing has no 99th percentile; say p50")
        return self

    def drawn(self, draws: np.random.Generator) -> int:
        """One such time, in ns and to the second; one normal is drawn whether it is needed or not."""
        normal = float(draws.standard_normal())
        if self.p99 is None:
            return self.p50
        sigma = math.log(self.p99 / self.p50) / Z99
        seconds = round(self.p50 * math.exp(sigma * normal) / NS_PER_SECOND)
        return min(LONGEST, seconds * NS_PER_SECOND)


def drawn_from(p50: str, p99: str) -> Waiting:
    """A lognormal time with this median and this 99th percentile."""
    return Waiting.model_validate({"p50": p50, "p99": p99})


def written(value: Any) -> Any:
    """A time as the file may have it, as a table."""
    return {"p50": value} if isinstance(value, str) else value


WaitingText = Annotated[
    Waiting,
    BeforeValidator(written),
    WithJsonSchema({
        "anyOf": [
            {"type": "string", "examples": ["3m"]},
            {"type": "object", "properties": {"p50": {"type": "string"}, "p99": {"type": "string"}}},
        ],
        "examples": ["3m", {"p50": "3m", "p99": "20m"}],
    }),
]
"""Written short as "3m", which is always the same, or as `{ p50 = "3m", p99 = "20m" }`."""
