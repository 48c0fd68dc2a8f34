"""The kinds of model."""

from typing import Annotated

from pydantic import Field

from sandbox.world.models.callable import Callable
from sandbox.world.models.logged import Logged
from sandbox.world.models.synthetic import Synthetic

Model = Annotated[Synthetic | Logged | Callable, Field(discriminator="kind")]
KINDS: tuple[type[Synthetic] | type[Logged] | type[Callable], ...] = (Synthetic, Logged, Callable)
