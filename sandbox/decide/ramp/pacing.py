"""What every ramp says, whatever its steps: who climbs, how long each step holds, what ends it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.decide.ramp.step import Step


class Approval(Spec):
    """Somebody who must agree before a step begins."""

    step: int = Field(ge=1)
    """The step, 1 is the first; one more than there are means promotion."""
    role: str = Field(min_length=1)
    """Whose approval it is."""
    takes: Duration | None = None
    """How long it takes once asked for; nobody answers unless said, and it waits for the command."""


class Pacing(Spec):
    """The keys all ramps share."""

    kind: str
    model: str = "candidate"
    """The candidate that climbs."""
    bake: Duration = 15 * 60 * NS_PER_SECOND
    """How long each step must hold at least."""
    minimum: int = Field(default=0, ge=0)
    """How many answers of the candidate each step needs at least."""
    start: Duration = 0
    """When the first step begins; before it the incumbent answers alone."""
    on_fail: Literal["roll back", "hold"] = "roll back"
    """What a failed gate does."""
    rollback: Literal["all", "segment"] = "all"
    """What is rolled back where every failed gate is about a segment, as `quality.brier{segment=eu}` is: everybody, or
    those segments alone, while the others go on."""
    mitigation: Literal["none", "thresholds", "reweighting"] = "none"
    """What is tried once, before a rollback, where all that failed are gates on fairness; the step begins anew, and its
    gates may err once more. Both ways learn from scores and labels of matured cohorts. "thresholds" moves the score
    from which the candidate decides yes, for each group to where its rates are nearest those of the largest group.
    "reweighting" leaves one threshold for all and multiplies the odds of each group's scores, so that they promise what
    those of the largest group promise: all of reweighing the training data that can be had without training, which is
    another intercept for the group. It does nothing where the gap that failed would not narrow, as where it comes from
    base rates that differ and not from scores that are too low; who ranks before whom within a group stays, and what is
    estimated without labels goes by the old scores. Both treat people by their group, which the law may forbid: in
    hiring by race, sex, religion or origin (42 U.S.C. § 2000e-2(l); Ricci v. DeStefano, 557 U.S. 557), in credit (12
    CFR 1002.4, 1002.6). Equal rates and scores that mean the same cannot both be had where base rates differ (Kleinberg
    et al. 2017): thresholds buy the first, weights the second. Neither mends a model: they are bandages while one is
    trained. Hardt, Price, Srebro: Equality of opportunity in supervised learning, NIPS 2016; Kamiran, Calders: Data
    preprocessing techniques for classification without discrimination, Knowledge and Information Systems 33 (2012);
    Lipton, Chouldechova, McAuley: Does mitigating ML's impact disparity require treatment disparity?, NeurIPS 2018."""
    patience: Duration | None = None
    """How long past its bake a step may wait for gates to pass; for ever unless said."""
    out_of_patience: Literal["roll back", "advance"] = "roll back"
    """What happens when patience ends."""

    hold_out: Share = Field(default=0.0, lt=1)
    """The part of users who stay on the incumbent to the last, promotion included: somebody to compare with."""
    quiet_hours: bool = False
    """Whether steps begin, and promotion comes, in the quiet hours of `[calendar]` alone."""
    approvals: list[Approval] = []
    """Steps that wait for somebody's approval."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics that its share follows; none unless it is a bandit."""
        return ()

    @property
    def climbs(self) -> Sequence[Step]:
        """The steps, one after the other."""
        raise NotImplementedError

    def reached(self, share: float) -> float:
        """The share that a step of this share really has: the held-out users are no part of it."""
        return min(share, 1.0 - self.hold_out)

    def bake_of(self, step: int) -> int:
        """How long a step must hold, in ns."""
        bake = self.climbs[step].bake
        return self.bake if bake is None else bake

    def minimum_of(self, step: int) -> int:
        """How many answers of the candidate a step needs."""
        minimum = self.climbs[step].minimum
        return self.minimum if minimum is None else minimum
