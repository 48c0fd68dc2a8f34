"""The kinds of gate."""

from typing import Annotated

from pydantic import Field

from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.threshold import Threshold

Gate = Annotated[Threshold | NoWorse, Field(discriminator="kind")]
KINDS: tuple[type[Threshold] | type[NoWorse], ...] = (Threshold, NoWorse)
