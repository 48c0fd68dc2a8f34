"""What becomes of the labels on their way back: what is true stays true."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.world.drift.onset import Onset


@dataclass(frozen=True, slots=True)
class Slips:
    """Labels as they will be reported, columns never written to: at (n,) ns; seen (n,) flag; due (n,) ns, -1 for never.

    after_yes, after_no (n,) whether the label stays unknown if the answer that counted was yes, or no; None for never.
    """

    at: npt.NDArray[np.int64]
    seen: npt.NDArray[np.bool_]
    due: npt.NDArray[np.int64]
    after_yes: npt.NDArray[np.bool_] | None = None
    after_no: npt.NDArray[np.bool_] | None = None


class Labelling(Onset):
    """The keys of every kind that changes what is learned about the truth, and not the truth."""

    @abstractmethod
    def report(self, slips: Slips, strength: npt.NDArray[np.float64], draws: np.random.Generator) -> Slips:
        """The slips changed by strength (n,)."""
