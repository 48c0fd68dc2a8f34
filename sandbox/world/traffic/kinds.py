"""The kinds of traffic."""

from typing import Annotated

from pydantic import Field

from sandbox.world.traffic.diurnal import Diurnal
from sandbox.world.traffic.replay import Replay
from sandbox.world.traffic.steady import Steady

Traffic = Annotated[Steady | Diurnal | Replay, Field(discriminator="kind")]
KINDS: tuple[type[Steady] | type[Diurnal] | type[Replay], ...] = (Steady, Diurnal, Replay)
