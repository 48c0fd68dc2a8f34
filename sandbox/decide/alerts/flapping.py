"""A condition that comes and goes."""

from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.units import Share
from sandbox.decide.alerts.alerting import Alerting
from sandbox.decide.alerts.expression import metrics_of
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.parse import ExpressionText
from sandbox.decide.alerts.scene import Scene

ENTRIES = 21
"""How many states are remembered."""

Recent = dict[Labels, tuple[tuple[bool, ...], bool]]
"""For each element the states at the last evaluations, oldest first, and whether it flaps."""


class Flapping(Alerting):
    """Fires when an expression keeps changing between true and false.

    Of the last 21 states every change counts, the newest changes most (0.75 to 1.25 of a twentieth each): from `high`
    on it flaps, at `low` it no longer does. As in Naemon the oldest state is held against itself and the newest change
    counts at the next look, so strict alternation is 96.25%, not 100%. Naemon suppresses what flaps; here you are told.

    ```toml
    [[alerts]]
    kind = "flapping"
    name = "candidate errors flap"
    expr = "errors.rate{arm=candidate} > 2%"
    severity = "ticket"
    ```

    Naemon, src/naemon/flapping.c, after Nagios (Galstad, 2003): "Detection and handling of state flapping".
    """

    kind: Literal["flapping"] = "flapping"
    expr: ExpressionText
    """What comes and goes."""
    high: Share = 0.3
    """From this part of weighted changes on it flaps."""
    low: Share = Field(default=0.2)
    """At this part or below it no longer does."""

    @model_validator(mode="after")
    def _in_order(self) -> "Flapping":
        if self.low > self.high:
            raise ValueError("low is above high; it would never settle")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return metrics_of(self.expr.condition)

    def begin(self) -> Recent:
        """Nothing was seen."""
        return {}

    def look(self, state: Recent, scene: Scene) -> tuple[Recent, Result]:
        """Where it flaps, and how much."""
        now = self.expr.condition.result(scene)
        after: Recent = {}
        found = {}
        for labels in {**state, **now}:
            states, flaps = state.get(labels, ((False,) * ENTRIES, False))
            states = (*states, labels in now)[-ENTRIES:]
            share = changed(states)
            flaps = share >= self.high if not flaps else share > self.low
            if any(states) or flaps:
                after[labels] = states, flaps
            if flaps:
                found[labels] = share
        return after, found

    def explain(self, state: Recent, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        return f"{self.expr} changed {100 * changed(state[labels][0]):.3g}% of the last {ENTRIES} looks"


def changed(states: tuple[bool, ...]) -> float:
    """The weighted part of changes among 21 states, oldest first."""
    total = 0.0
    for step in range(1, ENTRIES):
        before, after = states[max(0, step - 2)], states[step - 1]
        if before != after:
            total += 0.75 + (step - 1) * 0.5 / (ENTRIES - 2)
    return total / (ENTRIES - 1)
