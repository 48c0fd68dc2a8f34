"""Typical draws: what a service time comes to where no formula says it."""

import numpy as np

from sandbox.base.streams import stream
from sandbox.base.units import NS_PER_SECOND
from sandbox.world.models.answering import Answering, Floats

COUNT = 65_536
"""The mean of so many draws is known to a half per cent for times as wide as services have."""


class Typical:
    """Draws of no flight, the same every time."""

    def normals(self, component: str) -> Floats:
        """(COUNT,) standard normal draws."""
        return stream(0, f"typical.{component}").standard_normal(COUNT, dtype=np.float32)

    def uniforms(self, component: str) -> Floats:
        """(COUNT,) uniform draws."""
        return stream(0, f"typical.{component}").random(COUNT, dtype=np.float32)

    def column(self, feature: str) -> None:
        """No requests, no features."""
        return


def mean_service_s(model: Answering) -> float:
    """Mean service time in seconds of typical draws."""
    return float(np.mean(model.time("typical", Typical()), dtype=np.float64)) / NS_PER_SECOND


def slowest(model: Answering) -> int:
    """The 99th percentile of the service time of typical draws, in ns."""
    return int(np.quantile(model.time("typical", Typical()), 0.99))
