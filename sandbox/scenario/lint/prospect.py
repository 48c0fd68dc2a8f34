"""What a plan may expect of its world, from rates and shares alone: how many answers and labels each step has."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sandbox.base.units import NS_PER_SECOND
from sandbox.decide.gates.asking import Asking
from sandbox.decide.ramp.step import Step
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.slices import taken_apart
from sandbox.observe.metrics.view import Metric
from sandbox.scenario.document import Document
from sandbox.world.models.skilled import Skilled
from sandbox.world.traffic.replay import Replay

FAILURES = ("errors.rate", "failures.rate")
SIGNED = ("quality.calibration.in_the_large",)
"""Shares that may be below nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One gate at one step of the ramp: numbers from 0."""

    index: int
    gate: Asking
    step: int


class Prospect:
    """A document, and what it leads one to expect; a replay's rate is not known before it is read."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.steps: tuple[Step, ...] = tuple(document.ramp.climbs)

    @property
    def rate(self) -> float | None:
        """Requests a second over a long time, None for a replay."""
        traffic = self.document.traffic
        return None if isinstance(traffic, Replay) else float(traffic.mean_rate)

    @property
    def tick(self) -> int:
        """How often windows close and gates are asked, in ns."""
        return self.document.scenario.tick

    @property
    def horizon(self) -> int | None:
        """How long a cohort waits for its labels, in ns; None where only a recording knows."""
        labels = self.document.labels
        if self.document.knows_label_times and not labels.model_fields_set & {"maturity", "slowest"}:
            return None
        return labels.horizon

    def asked(self) -> Iterator[Asked]:
        """Every gate that may decide, at every step at which it is asked."""
        for index, gate in enumerate(self.document.gates):
            for step in range(len(self.steps)):
                if self.asks(gate, step) and not gate.dry_run:
                    yield Asked(index, gate, step)

    def asks(self, gate: Asking, step: int) -> bool:
        """Whether a gate is asked at a step: where it is named, and not where nobody is left to compare with."""
        if gate.steps and step + 1 not in gate.steps:
            return False
        return not (gate.compares and self._reached(self.steps[step]) >= 1.0)

    def is_estimate(self, name: str) -> bool:
        """Whether a metric is inferred without labels."""
        return (found := self.read(name)) is not None and found.estimated

    def read(self, name: str) -> Metric | None:
        """The metric of that name, if there is one."""
        try:
            return metric(name)
        except (KeyError, ValueError):
            return None

    def least(self, name: str) -> float:
        """The lowest value that a metric can have."""
        found = self.read(name)
        if found is None or found.unit not in ("share", "seconds", "count", "bytes") or found.name in SIGNED:
            return -math.inf
        return 0.0

    def rates(self, step: int) -> tuple[float, float] | None:
        """Answers a second of the incumbent and of the candidate at a step, None for a replay."""
        if self.rate is None:
            return None
        at = self.steps[step]
        part = sum(one.share for one in self.document.segments if one.name in at.segments) if at.segments else 1.0
        willing = part * (1.0 - self.document.users.opt_out) * self.document.users.consent
        seen = self._reached(at) * willing
        return self.rate * (1.0 - seen), self.rate * (seen + (1.0 - seen) * at.shadow)

    def _reached(self, step: Step) -> float:
        """The share of those who may be drawn, over all segments that take part."""
        ramp = self.document.ramp
        if not step.shares:
            return ramp.reached(step.share)
        return sum(one.share * ramp.reached(step.share_in(one.name)) for one in self.document.segments)

    def observed(self, name: str, step: int, ns: float) -> float | None:
        """How many observations of the candidate a metric has after so long at a step; None where unknown.

        What rests on labels begins to count when the first cohort of the step has matured.
        """
        rates, found = self.rates(step), self.read(name)
        if rates is None or found is None:
            return None
        rate = rates[1] * self._part(name)
        if found.matured:
            return max(0.0, ns - self.document.labels.horizon) / NS_PER_SECOND * rate * self.document.labels.coverage
        if name.startswith("drift."):
            rate *= self.document.telemetry.sample if ".score" not in name else 1.0
        return ns / NS_PER_SECOND * rate

    def wait_for(self, name: str, step: int, n: float) -> float | None:
        """How long in ns until a metric has n observations of the candidate at a step; None where unknown or never."""
        second = self.observed(name, step, NS_PER_SECOND + self._lag(name))
        if not second:
            return None
        return n / second * NS_PER_SECOND + self._lag(name)

    def patience(self, step: int) -> int:
        """How long a step may take, in ns: its bake and the patience after it, or all of the flight."""
        ramp = self.document.ramp
        if ramp.patience is None:
            return self.document.scenario.duration
        return ramp.bake_of(step) + ramp.patience

    def base(self, name: str, model: str = "incumbent") -> float | None:
        """About what share of a model's observations a metric counts, None where it cannot be said."""
        of = self.document.models.get(model, self.document.models["incumbent"])
        if name in FAILURES:
            return of.failing
        if name in ("quality.accuracy", "quality.wrong") and isinstance(of, Skilled):
            rate = self.document.population.base_rate
            wrong = min(rate, 1.0 - rate) if of.threshold >= 0.5 else None
            return wrong if wrong is None or name == "quality.wrong" else 1.0 - wrong
        return None

    def _lag(self, name: str) -> int:
        found = self.read(name)
        return self.document.labels.horizon if found is not None and found.matured else 0

    def _part(self, name: str) -> float:
        """The part of requests that a metric of one segment or group reads."""
        part, labels = 1.0, taken_apart(name).labels
        for axis, table in (("segment", self.document.segments), ("group", self.document.groups)):
            if axis in labels:
                part *= sum(one.share for one in table if one.name == labels[axis])
        return part


def field(gate: Asking, name: str) -> Any:
    """A key of a gate that not every kind has."""
    return getattr(cast(Any, gate), name, None)


def upper_tail(z: float) -> float:
    """How often a standard normal exceeds z."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))
