"""Expressions over our metrics, evaluated as PromQL would: each comes to the elements that are there.

A comparison keeps the elements for which it holds, `and` those that both sides have, `or` those of the left and what
only the right has (Prometheus, docs/querying/operators.md). A window over a share divides what two counters grew by, so
it is extrapolated as `rate()` is; over any other metric it is a function of the samples in it.
"""

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.over_time import OVER_TIME
from sandbox.decide.alerts.rate import increase, rate
from sandbox.decide.alerts.scene import Form, Name, Scene
from sandbox.decide.alerts.series import instant, within
from sandbox.decide.alerts.wording import compared

Sign = Literal[">", ">=", "<", "<=", "==", "!="]
SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne,
}
FUNCTIONS = ("avg", "max", "min", "events", "absent")
"""What may be asked of a selector beside its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A metric of one arm, or of all where none is said; over a window of `width` ns where one is said."""

    metric: str
    arm: str = ""
    width: int = 0
    function: str = ""

    def elements(self, scene: Scene) -> dict[Labels, float]:
        """Its value for every arm that has one."""
        found = {}
        for arm in (self.arm,) if self.arm else scene.arms:
            value = self._value(arm, scene)
            if value is not None:
                found[labelled(arm)] = value
        return found

    def _value(self, arm: str, scene: Scene) -> float | None:
        if self.function == "events":
            return self._grown(arm, scene)
        if self.width and not self.function and Name(self.metric, "hits", arm) in scene.series:
            return self._share(arm, scene)
        series = scene.series.get(Name(self.metric, "value", arm))
        if series is None:
            return None
        if not self.width:
            return instant(series, scene.at, compat=scene.compat)
        _, values = within(series, scene.at, self.width, compat=scene.compat)
        return OVER_TIME[self.function or "avg"](values, scene.compat) if len(values) else None

    def _grown(self, arm: str, scene: Scene) -> float | None:
        series = scene.series.get(Name(self.metric, "events", arm))
        if series is None:
            return None
        times, values = within(series, scene.at, self.width, compat=scene.compat)
        if len(times) < 2:
            return None
        return increase(times, values, at=scene.at, width=self.width, compat=scene.compat)

    def _share(self, arm: str, scene: Scene) -> float | None:
        rates = []
        forms: tuple[Form, Form] = ("hits", "events")
        for form in forms:
            series = scene.series[Name(self.metric, form, arm)]
            times, values = within(series, scene.at, self.width, compat=scene.compat)
            if len(times) < 2:
                return None
            rates.append(rate(times, values, at=scene.at, width=self.width, compat=scene.compat))
        hits, events = rates
        if events == 0.0:
            return math.nan if hits == 0.0 else math.inf
        return hits / events


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """True, with the value 1, where a metric has nothing to show."""

    vector: Vector

    def result(self, scene: Scene) -> Result:
        """One element where the series has no sample to show, none else."""
        arms = (self.vector.arm,) if self.vector.arm else scene.arms
        shown = (scene.series.get(Name(self.vector.metric, "value", arm)) for arm in arms)
        if any(one is not None and instant(one, scene.at, compat=scene.compat) is not None for one in shown):
            return {}
        return {labelled(self.vector.arm): 1.0}

    def explain(self, scene: Scene, labels: Labels) -> str:
        """Why it holds."""
        return f"{self.vector.metric} is absent"

    def vectors(self) -> "Iterator[tuple[Vector, Threshold | None]]":
        """What it reads."""
        yield self.vector, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The right side: a number as the file writes it and its value in the metric's unit."""

    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A metric against a number, or against so many times another arm's."""

    left: Vector
    sign: Sign
    right: Threshold | Vector
    times: float = 1.0

    def result(self, scene: Scene) -> Result:
        """The elements of the left side for which it holds."""
        bound = self._bound(scene)
        if bound is None:
            return {}
        holds = SIGNS[self.sign]
        return {labels: value for labels, value in self.left.elements(scene).items() if holds(value, bound)}

    def _bound(self, scene: Scene) -> float | None:
        if isinstance(self.right, Threshold):
            return self.right.value
        other = next(iter(self.right.elements(scene).values()), None)
        return None if other is None else self.times * other

    def explain(self, scene: Scene, labels: Labels) -> str:
        """The comparison with its numbers: "4.1% > 2%"."""
        value, bound = self.left.elements(scene).get(labels), self._bound(scene)
        if value is None or bound is None:
            return f"{self.left.metric} has no value"
        unit = "index" if self.left.function == "events" else scene.units.get(self.left.metric, "index")
        return compared(value, self.sign, bound, unit=unit)

    def vectors(self) -> Iterator[tuple[Vector, Threshold | None]]:
        """What it reads, each with the number it is held against."""
        yield self.left, self.right if isinstance(self.right, Threshold) else None
        if isinstance(self.right, Vector):
            yield self.right, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """`and`: the elements of the left that the right has too."""

    left: "Condition"
    right: "Condition"

    def result(self, scene: Scene) -> Result:
        """The elements of the left that the right has too."""
        left = self.left.result(scene)
        if not left:
            return left
        right = self.right.result(scene)
        return {labels: value for labels, value in left.items() if labels in right}

    def explain(self, scene: Scene, labels: Labels) -> str:
        """Both reasons."""
        return f"{self.left.explain(scene, labels)} and {self.right.explain(scene, labels)}"

    def vectors(self) -> Iterator[tuple[Vector, Threshold | None]]:
        """What it reads."""
        yield from self.left.vectors()
        yield from self.right.vectors()


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """`or`: the elements of the left, and of the right those that the left has not."""

    left: "Condition"
    right: "Condition"

    def result(self, scene: Scene) -> Result:
        """The elements of the left, then those that only the right has."""
        return {**self.right.result(scene), **self.left.result(scene)}

    def explain(self, scene: Scene, labels: Labels) -> str:
        """The reason of the side that holds."""
        side = self.left if labels in self.left.result(scene) else self.right
        return side.explain(scene, labels)

    def vectors(self) -> Iterator[tuple[Vector, Threshold | None]]:
        """What it reads."""
        yield from self.left.vectors()
        yield from self.right.vectors()


Condition = Compare | Absent | Both | Either


def labelled(arm: str) -> Labels:
    """The labels of an element about an arm; none where it is about no arm."""
    return (("arm", arm),) if arm else ()


def metrics_of(condition: Condition) -> tuple[str, ...]:
    """The metrics an expression reads, each once."""
    return tuple(dict.fromkeys(vector.metric for vector, _ in condition.vectors()))
