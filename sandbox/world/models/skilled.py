"""A model asked for by how well it ranks and how far its scores can be believed."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration
from sandbox.world.models.answering import Answering


class Against(Spec):
    """A bias against one group: the scores of its members are lowered."""

    group: str
    """The group that is disadvantaged."""
    shift: float = Field(gt=0, le=10)
    """By how much the score falls, on the logit scale."""


class Elsewhere(Spec):
    """How a model behaves in one segment; what is not said is as elsewhere."""

    auc: float | None = Field(default=None, gt=0.5, lt=1)
    """How well it ranks there."""
    slope: float | None = Field(default=None, gt=0.05, le=20)
    """Its calibration slope there."""
    bias: float | None = Field(default=None, ge=-10, le=10)
    """Its calibration in the large there."""
    slower: float = Field(default=1.0, gt=0, le=1_000)
    """How many times as long an answer takes there."""


class Skilled(Answering):
    """What all kinds of model that are made up share."""

    auc: float = Field(default=0.8, gt=0.5, lt=1)
    """How well it ranks, before any drift; at most `population.best_auc`."""
    slope: float = Field(default=1.0, gt=0.05, le=20)
    """Calibration slope: below 1 the scores are too extreme, above 1 too timid."""
    bias: float = Field(default=0.0, ge=-10, le=10)
    """Calibration in the large, on the logit scale: above 0 the scores are too low."""
    against: Against | None = None
    """A bias against one group, as `{ group = "b", shift = 0.5 }`."""
    segments: dict[str, Elsewhere] = {}
    """Segments in which it behaves otherwise, as `{ apac = { auc = 0.7, slower = 2 } }`."""
    age: Duration = 0
    """How long ago it was trained when the flight begins."""
    memory: Duration | None = Field(default=None, gt=0)
    """How long until the world has moved on so far that what it knows correlates with the truth by a factor of e less:
    it ranks by `auc` when it is trained, and worse by the hour. It never grows old unless said."""
