"""What spoils the data on its way to the models: the people and the truth stay as they are."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.onset import Onset


@dataclass(frozen=True, slots=True)
class Serving:
    """Feature columns as they are served, never written to: values (n, d), NaN for missing; age (n,) ns or None.

    unread (n, d) marks what comes too late for the models, though it is in the log; None where nothing does.
    """

    values: npt.NDArray[np.floating]
    age: npt.NDArray[np.int64] | None
    unread: npt.NDArray[np.bool_] | None = None

    @property
    def read(self) -> npt.NDArray[np.floating]:
        """(n, d) what the models get, NaN where they get nothing."""
        if self.unread is None:
            return self.values
        return np.where(self.unread, self.values.dtype.type(np.nan), self.values)


class Spoil(Onset):
    """The keys of every kind that breaks features between their source and the model."""

    features: list[str] = Field(default=["f1"], min_length=1)
    """The features it strikes."""
    model: str = "all"
    """The model that gets them so; "all" means every one, a single name is training-serving skew."""

    def reaches(self, model: str) -> bool:
        """Whether this model gets the features so."""
        return self.model in ("all", model)

    @property
    def takes_away(self) -> bool:
        """Whether it only takes values away, so that words may be struck as well as numbers."""
        return False

    @abstractmethod
    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with its columns spoiled by strength (n,)."""
