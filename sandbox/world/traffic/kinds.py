"""The kinds of traffic."""

from typing import Annotated

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.world.traffic.burst import Burst
from sandbox.world.traffic.diurnal import Diurnal
from sandbox.world.traffic.edge import Edge
from sandbox.world.traffic.flash_crowd import FlashCrowd
from sandbox.world.traffic.replay import Replay
from sandbox.world.traffic.steady import Steady
from sandbox.world.traffic.step import Step
from sandbox.world.traffic.weekly import Weekly

Traffic = Annotated[Steady | Diurnal | Weekly | Burst | Step | FlashCrowd | Edge | Replay, Field(discriminator="kind")]
KINDS: tuple[type[Spec], ...] = (Steady, Diurnal, Weekly, Burst, Step, FlashCrowd, Edge, Replay)
