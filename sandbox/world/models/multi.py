"""Several models that answer as one."""

import math
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.models import typical
from sandbox.world.models.answering import MICRO, Answering, Draws, Floats, Ints
from sandbox.world.models.callable import Callable
from sandbox.world.models.llm import Llm
from sandbox.world.models.onnx import Onnx
from sandbox.world.models.synthetic import Synthetic

Member = Annotated[Synthetic | Callable | Onnx | Llm, Field(discriminator="kind")]


class Multi(Answering):
    """An ensemble, or a chain of models of which the next answers where the one before fails.

    "mean" asks all of them at once and answers with their mean score when the slowest has answered; if one fails,
    it fails. "fallback" asks one after the other until one answers, and gives `default` where all fail: a chain hides
    errors and pays with latency, and with the quality of whoever answers in the end. Costs of all asked add up.

    ```toml
    [models.candidate]
    kind = "multi"
    mode = "fallback"
    default = 0.1
    members = [
      { kind = "synthetic", auc = 0.84, errors = "3%" },
      { kind = "synthetic", auc = 0.78, latency = { p50 = "5ms" } },
    ]
    ```

    Lakshminarayanan, Pritzel, Blundell: Simple and scalable predictive uncertainty estimation using deep ensembles,
    NeurIPS 2017, for the mean of the members' probabilities.
    """

    kind: Literal["multi"] = "multi"
    mode: Literal["mean", "fallback"] = "fallback"
    """How members make one answer."""
    members: list[Member] = Field(min_length=1, max_length=8)
    """The models, in the order in which they are asked."""
    default: float = Field(default=0.0, ge=0, le=1)
    """Fallback: the score where every member failed."""

    def parts(self, name: str) -> tuple[tuple[str, Answering], ...]:
        """The members, by their place from 1 on."""
        return tuple((f"{name}.{place}", member) for place, member in enumerate(self.members, start=1))

    def time(self, name: str, draws: Draws) -> Floats:
        """(n,) ns of service: the slowest of all, or of one after the other until one answers."""
        times = [member.time(own, draws) for own, member in self.parts(name)]
        if self.mode == "mean":
            return np.asarray(np.maximum.reduce(times))
        asked = self._asked(name, draws)
        return np.asarray(np.sum([np.where(asked > place, time, np.float32(0.0)) for place, time in enumerate(times)],
                                 axis=0, dtype=np.float32))

    def charge(self, name: str, draws: Draws) -> Ints | int:
        """What each answer costs, in millionths."""
        own = round(self.cost * MICRO)
        prices = [member.charge(label, draws) for label, member in self.parts(name)]
        if self.mode == "mean":
            return own + sum(prices)
        asked = self._asked(name, draws)
        return np.asarray(own + sum(np.where(asked > place, price, 0) for place, price in enumerate(prices)))

    def combined(self, name: str, scores: list[Floats], draws: Draws) -> Floats:
        """(n,) the score given, of the members' scores (n,) each."""
        if self.mode == "mean":
            return np.asarray(np.mean(scores, axis=0, dtype=np.float32))
        given = np.full(len(scores[0]), self.default, dtype=np.float32)
        for score, failed in zip(reversed(scores), reversed(self._failures(name, draws)), strict=True):
            given = np.where(failed, given, score)
        return given

    def _failures(self, name: str, draws: Draws) -> list[npt.NDArray[np.bool_]]:
        return [
            draws.uniforms(f"errors.{own}") < np.float32(member.errors) for own, member in self.parts(name)
        ]

    def _asked(self, name: str, draws: Draws) -> npt.NDArray[np.int64]:
        """(n,) how many members were asked."""
        *before, last = self._failures(name, draws)
        asked, failing = np.ones(len(last), dtype=np.int64), np.ones(len(last), dtype=np.bool_)
        for failed in before:
            failing = failing & failed
            asked = asked + failing
        return asked

    @property
    def failing(self) -> float:
        """How often it fails: an ensemble whenever a member does, a chain never because of its members."""
        members = self.members if self.mode == "mean" else []
        return 1.0 - math.prod(1.0 - one.errors for one in (*members, self))

    @cached_property
    def mean_service_s(self) -> float:
        """Mean service time in seconds."""
        return typical.mean_service_s(self)

    @cached_property
    def slowest(self) -> int:
        """The 99th percentile of its service time, in ns."""
        return typical.slowest(self)
