"""The kinds of drift."""

from typing import Annotated

from pydantic import Field

from sandbox.world.drift.concept import Concept
from sandbox.world.drift.covariate import Covariate
from sandbox.world.drift.prior import Prior

Drift = Annotated[Covariate | Prior | Concept, Field(discriminator="kind")]
KINDS: tuple[type[Covariate] | type[Prior] | type[Concept], ...] = (Covariate, Prior, Concept)
