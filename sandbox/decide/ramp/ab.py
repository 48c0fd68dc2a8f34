"""An experiment at a fixed share for a fixed time, and a decision at its end."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import Step, at


class AB(Pacing):
    """`share` of the users get the candidate for as long as it `runs`; then every gate must pass, or it is rolled back.

    A gate that fails before the end still rolls back at once: an experiment has guardrails, too.

    ```toml
    [ramp]
    kind = "ab"
    share = "50%"
    runs = "45m"
    ```

    Kohavi, Tang, Xu: Trustworthy Online Controlled Experiments, Cambridge University Press (2020), chapter 15.
    """

    kind: Literal["ab"] = "ab"
    share: Share = Field(default=0.5, gt=0, lt=1)
    """The part of the users in the candidate's arm."""
    runs: Duration = Field(default=60 * 60 * NS_PER_SECOND, gt=0)
    """How long the experiment runs before it is decided."""
    patience: Duration | None = 0
    """How long past its end the decision may wait for gates that have not passed; not at all unless said."""

    @property
    def climbs(self) -> Sequence[Step]:
        """The one share."""
        return [at(self.share, bake=self.runs)]
