"""The kinds of alert."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sandbox.decide.alerts.cusum import Cusum
from sandbox.decide.alerts.ewma import Ewma
from sandbox.decide.alerts.flapping import Flapping
from sandbox.decide.alerts.hysteresis import Hysteresis
from sandbox.decide.alerts.m_of_n import MOfN
from sandbox.decide.alerts.page_hinkley import PageHinkley
from sandbox.decide.alerts.rule import Rule


def _a_rule_unless_said(value: Any) -> Any:
    return {"kind": "rule", **value} if isinstance(value, dict) else value


AnyAlert = Rule | MOfN | Hysteresis | Ewma | Cusum | PageHinkley | Flapping
Alert = Annotated[
    Annotated[AnyAlert, Field(discriminator="kind")], BeforeValidator(_a_rule_unless_said)
]
KINDS: tuple[type[AnyAlert], ...] = (Rule, MOfN, Hysteresis, Ewma, Cusum, PageHinkley, Flapping)
