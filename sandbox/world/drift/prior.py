"""The outcome becomes more or less common: P(label) moves, P(x given label) stays."""

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Prior(Onset):
    """Prior (label) shift: the base rate moves to `base_rate`; within each class the features stay as they are.

    Scores of both arms drift the same way and calibration goes first; ranking (AUC) does not move. After a covariate
    or scale drift in the same flight the rate it reaches is only about `base_rate`: classes are told apart as they
    were before. On replayed traffic requests of one outcome stay away until the rate of the whole recording would be
    this; those that come are as they were recorded.

    ```toml
    [[drift]]
    kind = "prior"
    base_rate = "35%"
    onset = "incremental"
    at = "2h"
    width = "30m"
    ```

    Saerens, Latinne, Decaestecker: Adjusting the outputs of a classifier to new a priori probabilities, Neural
    Computation 14 (2002).
    """

    kind: Literal["prior"] = "prior"
    base_rate: Share = Field(default=0.3, gt=0, lt=1)
    """How often the label is true in the end."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with just enough requests carried over into the other class; luck (n,) uniform says which.

        A request that changes class keeps its rank within the class and all of its features that say nothing about
        the label, so P(x given label) is exactly what it was.
        """
        from scipy.special import ndtr, ndtri

        spread = math.sqrt(1.0 + draft.signal**2)
        old = float(ndtr(draft.intercept / spread))
        rate = old if draft.rate is None else draft.rate
        target = rate + strength * (self.base_rate - rate)
        latent = draft.latent().astype(np.float64)
        label = latent > 0.0
        flip = np.where(
            target >= rate, ~label & (luck < (target - rate) / (1.0 - rate)), label & (luck < (rate - target) / rate)
        )
        rows = np.flatnonzero(flip)
        if rows.size == 0:
            return replace(draft, rate=target)
        standard = ndtr((latent[rows] - draft.intercept) / spread)
        rank = np.where(label[rows], (standard - (1.0 - old)) / old, standard / (1.0 - old))
        there = np.where(label[rows], rank * (1.0 - old), (1.0 - old) + rank * old)
        moved = draft.intercept + spread * ndtri(np.clip(there, 1e-12, 1.0 - 1e-12))
        change = moved - latent[rows]
        along = (draft.signal / spread**2 * change).astype(np.float32)
        features, noise = draft.features.copy(order="K"), draft.noise.copy()
        features[rows] += along[:, None] * draft.heading(rows)
        noise[rows] += (change - draft.signal * along).astype(np.float32)
        return replace(draft, features=features, noise=noise, rate=target)
