"""The kinds of on-call."""

from typing import Annotated

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.operate.oncall.plain import Autopilot, Human
from sandbox.operate.oncall.scripted import Scripted
from sandbox.operate.oncall.simulated import Simulated

OnCall = Annotated[Human | Autopilot | Scripted | Simulated, Field(discriminator="kind")]
KINDS: tuple[type[Spec], ...] = (Human, Autopilot, Scripted, Simulated)
