"""A comparison with a number, as expectations state it."""

import re

_BOUND = re.compile(r"(<=|>=|<|>|=)?\s*(\d+(?:\.\d+)?)")


class Bound:
    """A comparison with a number, as "< 500"."""

    __slots__ = ("number", "sign")

    def __init__(self, *, sign: str, number: float) -> None:
        self.sign = sign
        self.number = number

    def __str__(self) -> str:
        return f"{self.sign} {self.number:.15g}"

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
