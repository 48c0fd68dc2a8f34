"""`[expect]`: what must come out, which makes a scenario a test."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share

_BOUND = re.compile(r"(<=|>=|<|>|=)?\s*(\d+(?:\.\d+)?)")


class Bound:
    """A comparison with a number, as "< 500"."""

    __slots__ = ("number", "sign")

    def __init__(self, *, sign: str, number: float) -> None:
        self.sign = sign
        self.number = number

    def __str__(self) -> str:
        return f"{self.sign} {self.number:g}"

    def met(self, value: float) -> bool:
        """Whether the value satisfies it."""
        sign, number = self.sign, self.number
        return {
            "<": value < number, "<=": value <= number, ">": value > number, ">=": value >= number, "=": value == number
        }[sign]


def parse_bound(value: object) -> Bound:
    """A comparison such as "< 500", ">= 1" or 0 (which means = 0); raises ValueError."""
    if isinstance(value, Bound):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Bound(sign="=", number=float(value))
    match = _BOUND.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'"{value}" is not a comparison; write "< 500", ">= 1" or a plain number')
    return Bound(sign=match[1] or "=", number=float(match[2]))


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
    """From the begin of harm to the first failed gate at most this long."""
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
    failed_gate: str | None = None
    """The gate whose failure rolled back."""
