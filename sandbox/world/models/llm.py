"""A language model: what it takes follows from how much it reads and writes."""

import math
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, PerSecond
from sandbox.world.models import typical
from sandbox.world.models.answering import MICRO, Draws, Floats, Ints
from sandbox.world.models.skilled import Skilled

Z99 = 2.3263478740408408
MOST_TOKENS = 2_000_000
"""No context is longer."""


class Tokens(Spec):
    """How many tokens: lognormal, by its median and its 99th percentile."""

    p50: float = Field(default=500.0, ge=1, le=MOST_TOKENS)
    """The median."""
    p99: float | None = Field(default=None, ge=1, le=MOST_TOKENS)
    """The 99th percentile; five times the median unless said."""

    @model_validator(mode="after")
    def _ordered(self) -> "Tokens":
        if self.p99 is not None and self.p99 < self.p50:
            raise ValueError("p99 is below p50; swap them")
        return self

    def drawn(self, normals: Floats) -> Floats:
        """(n,) whole tokens, at least one, from standard normals (n,)."""
        slowest = 5.0 * self.p50 if self.p99 is None else self.p99
        counts = np.exp(normals * np.float32(math.log(slowest / self.p50) / Z99) + np.float32(math.log(self.p50)))
        return np.asarray(np.clip(np.rint(counts), 1.0, MOST_TOKENS), dtype=np.float32)


class Price(Spec):
    """What a million tokens cost."""

    prompt: float = Field(default=0.0, ge=0)
    """Of those read."""
    output: float = Field(default=0.0, ge=0)
    """Of those written."""


class Llm(Skilled):
    """A model of language: reads a prompt at one speed and writes its answer, token by token, at a far slower one.

    Service time is overhead + prompt / prefill + output / decode. Both arms read the same prompt of a request, each
    writes as much as it does. How good its answers are is said as for kind "synthetic": the label is whether the
    answer was right to give, the score how sure the model was. On replayed traffic its scores are those of
    `traffic.columns.scores`, and features may hold the tokens. Batching shows in `services.NAME.concurrency`: so
    many answers are written side by side.

    ```toml
    [models.candidate]
    kind = "llm"
    auc = 0.84
    prompt = { p50 = 800, p99 = 6000 }
    output = { p50 = 150, p99 = 900 }
    prefill = "8000/s"
    decode = "60/s"
    price = { prompt = 0.5, output = 1.5 }
    ```

    Patel et al.: Splitwise: efficient generative LLM inference using phase splitting, ISCA 2024, whose public traces
    carry both counts.
    """

    kind: Literal["llm"] = "llm"
    prompt: Tokens = Tokens(p50=800.0)
    """Tokens read: `{ p50 = 800, p99 = 6000 }`."""
    output: Tokens = Tokens(p50=150.0)
    """Tokens written: as `prompt`."""
    prompt_feature: str | None = None
    """The replayed feature that holds the tokens read, in place of `prompt`."""
    output_feature: str | None = None
    """The replayed feature that holds the tokens written, in place of `output`."""
    prefill: PerSecond = Field(default=8_000.0, gt=0)
    """How fast it reads, in tokens a second."""
    decode: PerSecond = Field(default=60.0, gt=0)
    """How fast it writes, in tokens a second."""
    overhead: Duration = 20_000_000
    """What every answer takes besides."""
    price: Price = Price()
    """What a million tokens cost, besides `cost` for each answer."""

    def time(self, name: str, draws: Draws) -> Floats:
        """(n,) ns of service that each request takes at the model of this name."""
        prompt, output = self._tokens(name, draws)
        seconds = prompt / np.float32(self.prefill) + output / np.float32(self.decode)
        return np.asarray(np.float32(self.overhead) + seconds * np.float32(NS_PER_SECOND))

    def charge(self, name: str, draws: Draws) -> Ints | int:
        """What each answer costs, in millionths: a million tokens at a price of 1 cost a million of those."""
        prompt, output = self._tokens(name, draws)
        per_token = prompt.astype(np.float64) * self.price.prompt + output * self.price.output
        return np.asarray(round(self.cost * MICRO) + np.rint(per_token), dtype=np.int64)

    def _tokens(self, name: str, draws: Draws) -> tuple[Floats, Floats]:
        """Tokens read and written (n,) each: both arms read the same, each writes its own."""
        return (
            self._count(self.prompt, self.prompt_feature, "tokens.prompt", draws),
            self._count(self.output, self.output_feature, f"tokens.{name}", draws),
        )

    @staticmethod
    def _count(tokens: Tokens, feature: str | None, component: str, draws: Draws) -> Floats:
        column = None if feature is None else draws.column(feature)
        return tokens.drawn(draws.normals(component)) if column is None else np.maximum(column, np.float32(0.0))

    @cached_property
    def mean_service_s(self) -> float:
        """Mean service time in seconds."""
        return typical.mean_service_s(self)

    @cached_property
    def slowest(self) -> int:
        """The 99th percentile of its service time, in ns."""
        return typical.slowest(self)
