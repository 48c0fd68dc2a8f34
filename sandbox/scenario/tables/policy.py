"""`[[policies]]`: further policies that ride the flight, to be told beside the one that flies."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.decide.alerts.kinds import Alert
from sandbox.decide.alerts.slo import Slo
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import Judging
from sandbox.decide.ramp.kinds import Ramp


class RidingPolicy(Spec):
    """A policy that sees what the flown one sees and does nothing; what it does not say is as the flown one has it.

    It is silent from the moment at which it would have done something else: from there on, what is seen is no longer
    what it would have seen.
    """

    name: str = Field(min_length=1)
    """What the log calls it."""
    ramp: Ramp | None = None
    """Its ramp; that which flies unless said."""
    gates: list[Gate] | None = None
    """Its gates; those that fly unless said."""
    judgement: Judging | None = None
    """What holds for its gates together."""
    alerts: list[Alert] | None = None
    """Its alerts; those that fly unless said."""
    slos: list[Slo] | None = None
    """Its objectives."""
