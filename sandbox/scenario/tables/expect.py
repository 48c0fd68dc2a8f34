"""`[expect]`: what must come out, which makes a scenario a test."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sandbox.base.bound import Bound, parse_bound
from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share

BoundText = Annotated[
    Bound,
    BeforeValidator(parse_bound),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["< 500", ">= 1", 0]}),
]


class Expect(Spec):
    """Each key that is said is checked after the flight; none said means nothing was asserted."""

    outcome: Literal["promoted", "rolled_back", "held", "aborted"] | None = None
    """How the rollout ends."""
    detected_within: Duration | None = None
    """From the begin of harm to the first failed gate, or alert that pages or acts, at most this long."""
    promoted_by: Duration | None = None
    """Promoted at this time of the flight's clock at the latest."""
    largest_share: Share | None = None
    """The candidate never answered more than this."""
    harmed_users: BoundText | None = None
    """Distinct users served worse than by the incumbent."""
    harmed_requests: BoundText | None = None
    """Requests served worse than by the incumbent, gross."""
    net_harm: BoundText | None = None
    """Requests served worse minus requests served better."""
    tpr_gap: BoundText | None = None
    """The true gap between groups in true cases that the candidate would decide yes, as "< 0.05": since it
    was mitigated, or since the ramp began."""
    failed_gate: str | None = None
    """The gate whose failure rolled back."""
    pages: BoundText | None = None
    """How often an alert of severity "page" began to fire."""
    alert_fired: str | None = None
    """An alert that fired at least once."""
