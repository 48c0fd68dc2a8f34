"""Who asks and what is true of them: users, segments, groups, features and labels from one latent truth.

A request has features x, standard normal around the means of its segment and group. Its latent index is
V = b + s (w·x) + e with e standard normal, and its label is V > 0, so P(label | x) = Phi(b + s w·x). `base_rate`
fixes b and `best_auc` fixes s: the AUC of a model that knew w exactly. Models are asked for by their behaviour and
get a direction of their own (`models/synthetic.py`), so accuracy, calibration and gaps between groups follow.
"""

import math

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share


class Population(Spec):
    """`[population]`: the features and the truth that synthetic traffic is made of."""

    features: int = Field(default=8, ge=3, le=64)
    """How many features a request has; they are called f1, f2, …"""
    base_rate: Share = Field(default=0.2, gt=0, lt=1)
    """How often the label is true."""
    best_auc: float = Field(default=0.9, gt=0.5, lt=0.999)
    """The AUC of a model that knew the truth's direction exactly; no model can have more."""
    missing: Share = Field(default=0.0, le=0.9)
    """How often a feature is missing, each on its own; models then read its mean."""
    age: Duration = 0
    """Mean age of the features when they are read; 0 means nobody asks."""


class Sessions(Spec):
    """How users come: in sessions that begin at the traffic's rate and hold a geometric number of requests."""

    requests: float = Field(default=5.0, gt=1, le=1_000)
    """How many requests a session has, on average."""
    gap: Duration = Field(default=30 * NS_PER_SECOND, gt=0)
    """Mean time from one request of a session to the next, exponential."""
    longest: Duration = Field(default=1_800 * NS_PER_SECOND, gt=0)
    """After so long a session is over, whatever its user had still to ask."""

    @property
    def mean_kept(self) -> float:
        """How many requests of a session come before it is over, on average."""
        stops = 1.0 / self.requests
        return 1.0 + (1.0 - stops) / stops * -math.expm1(-stops * self.longest / self.gap)

    def drawn(self, n: int, draws: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The requests (m,) of n sessions: whose each is, and how long after its session's begin it comes, in ns."""
        lengths = draws.geometric(1.0 / self.requests, n)
        of = np.repeat(np.arange(n), lengths)
        gaps = draws.standard_exponential(len(of)) * self.gap
        first = np.cumsum(lengths) - lengths
        gaps[first] = 0.0
        passed = np.cumsum(gaps)
        since = (passed - passed[first][of]).astype(np.int64)
        kept = since < self.longest
        return of[kept], since[kept]


class Users(Spec):
    """`[users]`: how many ask, how unequally, how many opted out of trying candidates, and who ever agreed to it."""

    count: int = Field(default=10_000, ge=1, le=5_000_000)
    """How many users there are."""
    activity: float = Field(default=1.0, ge=0, le=3)
    """Sigma of the lognormal that says how much more some users ask than others; 0 makes them equal."""
    opt_out: Share = 0.0
    """The part of users who never get a candidate's answer."""
    consent: Share = 1.0
    """The part of users who agreed to be tried on: no candidate ever answers or shadows the others, and nobody records
    their features."""
    sessions: Sessions | None = None
    """Users come in sessions: `{ requests = 5, gap = "30s" }`; each request of its own accord unless said."""
    slow: Duration | None = Field(default=None, gt=0)
    """An answer that takes longer counts as late when harm is counted; twice the incumbent's p99 unless said."""


class Slice(Spec):
    """One of `[[segments]]` or `[[groups]]`: a part of the users, and how it differs from the rest."""

    name: str = Field(min_length=1)
    """What routing, metrics and reports call it."""
    share: Share = Field(gt=0)
    """The part of users in it; the shares of all add up to 100%."""
    label_shift: float = 0.0
    """Mean shift along the truth's direction, in standard deviations: a higher or lower rate of true labels."""
    feature_shift: float = 0.0
    """Mean shift along a direction that says nothing about the label: other features, same rate."""


class Labels(Spec):
    """`[labels]`: when the truth about an answer becomes known, if ever."""

    delay: Duration = 30 * 60 * 1_000_000_000
    """Median time from request to label."""
    slowest: Duration | None = None
    """Time by which 99 of 100 labels have come; three times `delay` unless said."""
    coverage: Share = 1.0
    """The part of requests whose label ever becomes known."""
    maturity: Duration | None = None
    """How long a cohort waits before it is judged; `slowest` unless said. In a replay that says when labels came, and
    says neither, as long as 99 of 100 of them took."""

    @model_validator(mode="after")
    def _ordered(self) -> "Labels":
        if self.slowest is not None and self.slowest < self.delay:
            raise ValueError("slowest is below delay, the median; swap them")
        return self

    @property
    def p99(self) -> int:
        """The delay that 99 of 100 labels keep within, in ns."""
        return self.slowest if self.slowest is not None else 3 * self.delay

    @property
    def horizon(self) -> int:
        """How long a cohort waits before it is judged, in ns."""
        return self.maturity if self.maturity is not None else self.p99
