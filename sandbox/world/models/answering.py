"""What every kind of model says about how it answers: how long it takes, how often it breaks, what it costs."""

from abc import abstractmethod
from typing import Protocol

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Share

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

MICRO = 1_000_000
"""Costs are counted in millionths."""


class Draws(Protocol):
    """A batch of n requests' luck: each component names a stream of its own."""

    def normals(self, component: str) -> Floats:
        """(n,) standard normal draws."""

    def uniforms(self, component: str) -> Floats:
        """(n,) uniform draws."""

    def column(self, feature: str) -> Floats | None:
        """(n,) a feature of the requests as recorded; None where there is none of that name."""


class Answering(Spec):
    """What all kinds of model share."""

    errors: Share = 0.0
    """How often it fails instead of answering."""
    cost: float = Field(default=0.0, ge=0)
    """What one answer costs, in money of your choice."""
    threshold: float = Field(default=0.5, ge=0, le=1)
    """The score from which the decision is yes."""
    drawn_as: str = ""
    """Under which name its chance is drawn, so that a model that is called otherwise stays the same one; its own unless
    said."""

    @abstractmethod
    def time(self, name: str, draws: Draws) -> Floats:
        """(n,) ns of service that each request takes at the model of this name."""

    def charge(self, name: str, draws: Draws) -> Ints | int:
        """What each answer costs, in millionths: (n,), or one number for all."""
        return round(self.cost * MICRO)

    @property
    def failing(self) -> float:
        """How often it fails, all told."""
        return self.errors

    @property
    @abstractmethod
    def mean_service_s(self) -> float:
        """Mean service time in seconds."""

    @property
    @abstractmethod
    def slowest(self) -> int:
        """The 99th percentile of its service time, in ns."""

    def parts(self, name: str) -> "tuple[tuple[str, Answering], ...]":
        """The models it is made of, each by a name of its own: most are one."""
        return ((name, self),)
