"""A ramp whose share follows the evidence."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import SHADOW, Step, at

MINUTE = 60 * NS_PER_SECOND


class Bandit(Pacing):
    """The share moves at every `interval` towards the arm whose `reward` looks better; at the end gates decide.

    "thompson" sets the share to the posterior chance that the candidate's rate is the better one. That is the share
    which Thompson sampling, drawing an arm for each request, would reach on average; set outright, decisions remain
    folds without chance of their own, and a user keeps their arm while it moves. "epsilon-greedy" gives the arm that
    leads 1 - epsilon/2 and the other epsilon/2. A reward on labels is read from matured cohorts alone, so the share
    follows what was true a label delay ago.

    Rates are compared window by window and only then added up: arms whose common rate drifts while the share moves are
    not to be pooled. They weigh as many requests as their spread over users says, not as many as were asked. The arms
    are the incumbent and the candidate that climbs; other candidates keep what they have.

    The guardrails: gates roll back as ever, the share stays between `floor` and `ceiling`, moves by `most` at a time,
    begins to move when each arm has `least` rewards, and does not rise while a gate fails or an alert holds. The chance
    is a degree of belief, looked at again and again, and no error rate: when the flight has `run` its time every gate
    must pass for promotion, as in "ab", so say what must hold, such as `better`. Gates that compare take each window at
    the share it had.

    ```toml
    [ramp]
    kind = "bandit"
    reward = "quality.accuracy"
    first = "20%"
    interval = "4m"
    runs = "1h"
    ```

    Thompson, Biometrika 25 (1933); Scott: A modern Bayesian look at the multi-armed bandit, Applied Stochastic Models
    in Business and Industry 26 (2010); Sutton, Barto: Reinforcement learning, 2nd edition (2018), chapter 2; Chapelle,
    Li: An empirical evaluation of Thompson sampling, NeurIPS 2011, on rewards that come late.
    """

    kind: Literal["bandit"] = "bandit"
    reward: str = Field(default="quality.accuracy", min_length=1)
    """The rate to be won: a metric that is a share of requests, such as "quality.accuracy" or "errors.rate"."""
    policy: Literal["thompson", "epsilon-greedy"] = "thompson"
    """How the share follows from the rewards."""
    epsilon: Share = Field(default=0.1, gt=0, lt=1)
    """The part of users that "epsilon-greedy" spreads evenly over both arms."""
    first: Share = Field(default=0.1, gt=0, lt=1)
    """The share before there is anything to follow."""
    floor: Share = Field(default=0.05, gt=0, lt=1)
    """The candidate never gets less, short of a rollback: who gets nothing is never learned of."""
    ceiling: Share = Field(default=0.95, gt=0, lt=1)
    """The candidate never gets more: somebody stays to compare with."""
    most: Share = Field(default=0.2, gt=0)
    """By how much the share moves at most at a time."""
    interval: Duration = Field(default=10 * MINUTE, gt=0)
    """How long a share holds at least."""
    least: int = Field(default=100, ge=1)
    """How many rewards each arm needs before the share begins to move."""
    memory: Duration | None = Field(default=None, gt=0)
    """How far back rewards count, where what was better need not stay so; to the beginning unless said."""
    runs: Duration = Field(default=60 * MINUTE, gt=0)
    """How long it runs before it is decided."""
    shadow: bool = True
    """Whether a shadow step comes first; its rewards count, too."""
    patience: Duration | None = 0
    """How long past its end the decision may wait for gates that have not passed; not at all unless said."""

    @model_validator(mode="after")
    def _fits(self) -> "Bandit":
        if not self.floor <= self.first <= self.ceiling:
            raise ValueError("first lies between floor and ceiling; move one of them")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The reward."""
        return (self.reward,)

    @property
    def climbs(self) -> Sequence[Step]:
        """A shadow, and the step in which the share moves."""
        return [*([SHADOW] if self.shadow else []), at(self.first, bake=self.runs)]
