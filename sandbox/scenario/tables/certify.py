"""`[certify]`: bounds that many flights must keep, and the degradations that a plan must catch."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from sandbox.base.bound import Bound
from sandbox.base.spec import Spec
from sandbox.base.units import Duration, format_share, parse_share
from sandbox.scenario.tables.expect import BoundText
from sandbox.world.faults.kinds import Fault

_SHARE_BOUND = re.compile(r"(<=|>=|<|>)\s*(\S.*)")


def parse_share_bound(value: object) -> Bound:
    """A comparison with a share, such as "<= 5%"; raises ValueError."""
    if isinstance(value, Bound):
        return value
    match = _SHARE_BOUND.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'"{value}" is not a comparison with a share; write "<= 5%" or ">= 90%"')
    return Bound(sign=match[1], number=parse_share(match[2]))


def format_share_bound(bound: Bound) -> str:
    """A comparison with a share as people write it."""
    return f"{bound.sign} {format_share(bound.number)}"


ShareBound = Annotated[
    Bound,
    BeforeValidator(parse_share_bound),
    PlainSerializer(format_share_bound, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["<= 5%", ">= 90%"]}),
]
"""A comparison with a share, as "<= 5%"."""

LeastShare = Annotated[
    Bound,
    BeforeValidator(parse_share_bound),
    PlainSerializer(format_share_bound, return_type=str),
    WithJsonSchema({"type": "string", "examples": [">= 90%", "<= 5%"]}),
]
"""The same of what there should be much of, as ">= 90%"."""


class Certify(Spec):
    """What `greenroom certify` flies and must find; a bound is met, or missed, only if its whole 95% interval is."""

    seeds: int = Field(default=100, ge=2, le=100_000)
    """How many flights of each candidate."""
    degradations: list[Fault] = []
    """The ladder: each is a fault that lies on a copy of the incumbent from the begin on, as `{ kind = "errors", rate =
    "2%" }`; errors, latency and swapped classes in three sizes each unless said."""
    false_rollback: ShareBound | None = None
    """Flights of a candidate that is as the incumbent in which it is rolled back, as "<= 5%"."""
    promoted: LeastShare | None = None
    """Flights of a candidate that is as the incumbent in which it is promoted, as ">= 90%"."""
    missed: ShareBound | None = None
    """Flights of a harmful candidate in which it is not rolled back; each harmful candidate must keep it."""
    detected_within: Duration | None = None
    """In nine of ten flights with harm, the time from its begin to the first failed gate or page."""
    full_exposure_within: Duration | None = None
    """In nine of ten flights of a candidate that is as the incumbent, the time from the ramp's begin to promotion: when
    everybody is on it and the last bake is over."""
    harmed_users: BoundText | None = None
    """In 19 of 20 flights of each harmful candidate, the users served worse than by the incumbent, as "< 500"."""
    pages: BoundText | None = None
    """Mean pages a flight of a candidate that is as the incumbent, as "< 0.1"."""
    alert_precision: LeastShare | None = None
    """Flights of each harmful candidate with a page, in which the first came after harm had begun, as ">= 80%"."""
    alert_recall: LeastShare | None = None
    """Flights of each harmful candidate with harm, in which somebody was paged after it had begun."""
