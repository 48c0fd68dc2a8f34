"""The luck of one block's requests, each component from its own named stream."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.world.normals import normals
from sandbox.world.spec import WorldSpec

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BlockDraws:
    """The draws of a block of n requests; features (n, d) as recorded, or None; origin (m,) where requests came twice.

    Then draws are those of the original of each of m requests. A second try draws how long it is served anew; what the
    request is, its tokens say, is what it was.
    """

    spec: WorldSpec
    number: int
    n: int
    features: npt.NDArray[np.floating] | None = None
    origin: npt.NDArray[np.int64] | None = None
    second: bool = False

    def normals(self, component: str) -> Floats:
        """(n,) standard normal draws."""
        if self.second and component.startswith("service."):
            component += ".second"
        return self._of_each(normals(stream(self.spec.seed, component, block=self.number), (self.n,)))

    def uniforms(self, component: str) -> Floats:
        """(n,) uniform draws."""
        return self._of_each(stream(self.spec.seed, component, block=self.number).random(self.n, dtype=np.float32))

    def _of_each(self, drawn: Floats) -> Floats:
        return drawn if self.origin is None else drawn[self.origin]

    def column(self, feature: str) -> Floats | None:
        """(n,) a feature of the requests, nothing where it is missing; None where there is none of that name."""
        if self.features is None or feature not in self.spec.feature_names:
            return None
        found = self.features[:, self.spec.feature_names.index(feature)]
        return np.asarray(np.nan_to_num(found), dtype=np.float32)
