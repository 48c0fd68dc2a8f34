"""Raised at one limit, cleared at another."""

from typing import Literal

from pydantic import Field

from sandbox.decide.alerts.alerting import Alerting
from sandbox.decide.alerts.expression import Either, metrics_of
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.parse import ExpressionText
from sandbox.decide.alerts.scene import Scene
from sandbox.decide.alerts.wording import lasting


class Hysteresis(Alerting):
    """Fires when `expr` holds and goes on firing as long as `while` does, which is the milder of the two.

    A value that trembles around one limit then neither fires nor resolves again and again.

    ```toml
    [[alerts]]
    kind = "hysteresis"
    name = "candidate errors"
    expr = "errors.rate{arm=candidate} > 5%"
    while = "errors.rate{arm=candidate} > 2%"
    ```

    Schmitt, "A thermionic trigger", Journal of Scientific Instruments 15 (1938). In PromQL a rule that reads its own
    ALERTS series says it; Prometheus has no key for it (prometheus/prometheus issue 10536, 2022).
    """

    kind: Literal["hysteresis"] = "hysteresis"
    expr: ExpressionText
    """What raises it."""
    while_: ExpressionText = Field(alias="while")
    """What keeps it raised."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return tuple(dict.fromkeys((*metrics_of(self.expr.condition), *metrics_of(self.while_.condition))))

    def begin(self) -> None:
        """It remembers nothing: what fired at the last evaluation is in the scene."""

    def look(self, state: None, scene: Scene) -> tuple[None, Result]:
        """Where it is raised, and where it fired and has not cleared."""
        held = {
            labels: value for labels, value in self.while_.condition.result(scene).items() if labels in scene.fired
        }
        return None, {**held, **self.expr.condition.result(scene)}

    def explain(self, state: None, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        both = Either(left=self.expr.condition, right=self.while_.condition)
        return lasting(both.explain(scene, labels), self.for_)
