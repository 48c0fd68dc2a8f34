"""`[[contract]]`: what the data promises, and the tables by which a compiled loop holds it to that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import Share


class Promise(Spec):
    """What one feature promises."""

    feature: str = Field(min_length=1)
    """The feature it is about."""
    type: Literal["number", "category"] = "number"
    """What its values are; where the column holds the other, every value breaks the promise."""
    min: float | None = None
    """The lowest number it may have."""
    max: float | None = None
    """The highest number it may have."""
    nulls: Share | None = None
    """The largest part of values that may be missing; each one more breaks the promise. Any unless said."""
    categories: list[str] = []
    """The categories it may have; any unless said."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Promise":
        if self.type == "number" and self.categories:
            raise ValueError('a number has no categories; remove them or say type = "category"')
        if self.type == "category" and (self.min is not None or self.max is not None):
            raise ValueError("a category has no min or max; name its categories")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max; nothing could keep it")
        return self


@dataclass(frozen=True, slots=True)
class Terms:
    """The promises about c features: column (c,) which they are; low, high (c,) what a number may be; coded (c,)
    whether it is a category, and allowed (c, k) which of its codes are.
    """

    column: npt.NDArray[np.int64]
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    coded: npt.NDArray[np.bool_]
    allowed: npt.NDArray[np.bool_]


def terms_of(
    promises: Sequence[Promise], *, features: tuple[str, ...], categories: Mapping[str, tuple[str, ...]]
) -> Terms | None:
    """The terms of a contract about these features, of which some are categories; None without promises."""
    if not promises:
        return None
    most = max((len(names) for names in categories.values()), default=0)
    c = len(promises)
    terms = Terms(
        column=np.array([features.index(one.feature) for one in promises], dtype=np.int64),
        low=np.full(c, -np.inf, dtype=np.float32), high=np.full(c, np.inf, dtype=np.float32),
        coded=np.array([one.type == "category" for one in promises]), allowed=np.zeros((c, most), dtype=np.bool_),
    )
    for row, one in enumerate(promises):
        names = categories.get(one.feature)
        if one.type == "category":
            terms.allowed[row, : len(names or ())] = [not one.categories or name in one.categories
                                                      for name in names or ()]
        elif names is not None:
            terms.low[row], terms.high[row] = np.inf, -np.inf
        else:
            # Compared in the features' own precision: 0.1 as served is no more than 0.1 as promised.
            terms.low[row] = -np.inf if one.min is None else one.min
            terms.high[row] = np.inf if one.max is None else one.max
    return terms


def nulls_of(promises: Sequence[Promise], *, features: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """(d,) the part of values of each feature that may be missing, NaN where nothing is promised about it."""
    nulls = np.full(len(features), np.nan)
    for one in promises:
        nulls[features.index(one.feature)] = 1.0 if one.nulls is None else one.nulls
    return nulls
