"""An alerting rule: an expression, for a while."""

from typing import Literal

from sandbox.decide.alerts.alerting import Alerting
from sandbox.decide.alerts.expression import metrics_of
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.parse import ExpressionText
from sandbox.decide.alerts.scene import Scene
from sandbox.decide.alerts.wording import lasting


class Rule(Alerting):
    """Fires once an expression has been true at every evaluation for a while, as a Prometheus rule does.

    The plainest answer to a blip: wait. It costs as much delay as it waits, one good evaluation starts it over, and a
    signal that flaps never fires at all. A table without a kind is a rule. Series that vanish resolve it: no data looks
    like recovery, so pair it with `absent(...)`.

    ```toml
    [[alerts]]
    kind = "rule"
    name = "candidate errors"
    expr = "errors.rate{arm=candidate} > 2%"
    for = "5m"
    keep_firing_for = "2m"
    severity = "page"
    ```

    Prometheus, "Alerting rules", prometheus.io/docs/prometheus/2.42/configuration/alerting_rules (2023).
    """

    kind: Literal["rule"] = "rule"
    expr: ExpressionText
    """What must be true: a metric of an arm against a number, with `and`, `or`, windows and `absent(...)`."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return metrics_of(self.expr.condition)

    def begin(self) -> None:
        """It remembers nothing: what an expression reads is in the series."""

    def look(self, state: None, scene: Scene) -> tuple[None, Result]:
        """Where it holds now."""
        return None, self.expr.condition.result(scene)

    def explain(self, state: None, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        return lasting(self.expr.condition.explain(scene, labels), self.for_)
