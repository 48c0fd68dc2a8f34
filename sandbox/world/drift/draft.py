"""A block of requests while the population is still being bent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.world.directions import along


@dataclass(frozen=True, slots=True)
class Draft:
    """Columns a drift may replace, never write to.

    at (n,) ns; features (n, d); noise (n,) the part of the latent index that no feature tells; turn (n,) angle by which
    the truth's direction is turned towards `aside`; truth, aside (d,) orthonormal directions; intercept and signal as
    in `population`; rate (n,) how often the label is true since a prior shift said so, None before.
    """

    at: npt.NDArray[np.int64]
    features: npt.NDArray[np.float32]
    noise: npt.NDArray[np.float32]
    turn: npt.NDArray[np.float32] | None
    truth: npt.NDArray[np.float32]
    aside: npt.NDArray[np.float32]
    intercept: float
    signal: float
    rate: npt.NDArray[np.float64] | None = None

    def along_truth(self) -> npt.NDArray[np.float32]:
        """(n,) how far each request lies along the truth's direction, turned as it may be."""
        ahead = along(self.features, self.truth)
        if self.turn is None:
            return ahead
        return np.asarray(np.cos(self.turn) * ahead + np.sin(self.turn) * along(self.features, self.aside))

    def heading(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """(k, d) or (1, d) the truth's direction at rows (k,), turned as it may be."""
        if self.turn is None:
            return self.truth[None, :]
        turn = self.turn[rows][:, None]
        return np.asarray(np.cos(turn) * self.truth + np.sin(turn) * self.aside)

    def latent(self) -> npt.NDArray[np.float32]:
        """(n,) the latent index; the label is whether it is positive."""
        return np.float32(self.intercept) + np.float32(self.signal) * self.along_truth() + self.noise
