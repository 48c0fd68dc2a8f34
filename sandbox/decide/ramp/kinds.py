"""The kinds of ramp."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sandbox.decide.ramp.ab import AB
from sandbox.decide.ramp.bandit import Bandit
from sandbox.decide.ramp.blue_green import BlueGreen
from sandbox.decide.ramp.exponential import Exponential
from sandbox.decide.ramp.linear import Linear
from sandbox.decide.ramp.steps import Steps


def _steps_unless_said(value: Any) -> Any:
    return {"kind": "steps", **value} if isinstance(value, dict) else value


AnyRamp = Steps | Linear | Exponential | BlueGreen | AB | Bandit
Ramp = Annotated[Annotated[AnyRamp, Field(discriminator="kind")], BeforeValidator(_steps_unless_said)]
KINDS: tuple[type[AnyRamp], ...] = (Steps, Linear, Exponential, BlueGreen, AB, Bandit)
