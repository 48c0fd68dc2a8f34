"""`[record]`: what is kept of each request."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sandbox.base.spec import Spec
from sandbox.base.units import format_share, parse_share

Kept = float | Literal["all", "none"]


def _parse(value: object) -> Kept:
    if value in ("all", "none"):
        return value
    try:
        return parse_share(value)
    except ValueError as error:
        raise ValueError(f'{error}; or write "all" or "none"') from None


RequestsKept = Annotated[
    Kept,
    BeforeValidator(_parse),
    PlainSerializer(lambda kept: kept if isinstance(kept, str) else format_share(kept), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(all|none|\d+(\.\d+)?\s*%)$", "examples": ["1%", "all", "none"]}),
]


class RecordTable(Spec):
    """What the store keeps beside journal and windows, which it always keeps."""

    requests: RequestsKept = 0.01
    """Either "all", "none", or the part of users whose requests are kept, as "1%"; bad outcomes are kept with them."""
    features: bool = False
    """Whether raw features are kept with the requests."""
