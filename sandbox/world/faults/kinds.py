"""The kinds of fault."""

from typing import Annotated

from pydantic import Field

from sandbox.world.faults.errors import Errors
from sandbox.world.faults.latency import SlowService

Fault = Annotated[SlowService | Errors, Field(discriminator="kind")]
KINDS: tuple[type[SlowService] | type[Errors], ...] = (SlowService, Errors)
