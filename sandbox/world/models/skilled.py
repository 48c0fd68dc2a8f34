"""A model asked for by how well it ranks and how far its scores can be believed."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.world.models.answering import Answering


class Against(Spec):
    """A bias against one group: the scores of its members are lowered."""

    group: str
    """The group that is disadvantaged."""
    shift: float = Field(gt=0, le=10)
    """By how much the score falls, on the logit scale."""


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
