"""Units as people write them outside ("15m", "5%", "40/s") and as numbers inside."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

NS_PER_SECOND = 1_000_000_000

_SECONDS_PER_UNIT: dict[str, float] = {
    "ns": 1e-9,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
}
_LONGEST_DAYS = 3_650
_LONGEST = _LONGEST_DAYS * 86_400 * NS_PER_SECOND
"""Ten years in nanoseconds; what is drawn around a duration still fits in 64 bits."""
_NS_PER_UNIT = {unit: round(seconds * NS_PER_SECOND) for unit, seconds in _SECONDS_PER_UNIT.items()}
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d|w)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d|w))+")
_SHARE = re.compile(r"(-?\d+(?:\.\d+)?)\s*%")
_RATE = re.compile(r"(\d+(?:\.\d+)?)(k|M)?/(s|m|h|d)")
_BYTES_PER_UNIT = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)")
_MARGIN = re.compile(r"(\d+(?:\.\d+)?)\s*(%|pp|ns|us|ms|s|m|h)?")

DURATION_PATTERN = r"^(\d+(\.\d+)?(ns|us|ms|s|m|h|d|w))+$"
SHARE_PATTERN = r"^-?\d+(\.\d+)?\s*%$"
SIZE_PATTERN = r"^\d+(\.\d+)?\s*(B|kB|MB|GB|TB)$"
RATE_PATTERN = r"^\d+(\.\d+)?(k|M)?/(s|m|h|d)$"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bare(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _looks_bare(value: object) -> bool:
    return _is_number(value) or (isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value.strip()) is not None)


def parse_duration(value: object) -> int:
    """Nanoseconds of a duration such as "15m", "1h30m" or "250ms"; raises ValueError."""
    if isinstance(value, str) and _DURATION.fullmatch(value.strip()):
        parts = [float(number) * _NS_PER_UNIT[unit] for number, unit in _DURATION_PART.findall(value.strip())]
        if sum(parts) > _LONGEST:
            raise ValueError(f'"{value}" is longer than {_LONGEST_DAYS}d, ten years; write a shorter one')
        return sum(map(round, parts))
    if _looks_bare(value):
        bare = _bare(value)
        raise ValueError(f'"{bare}" has no unit; did you mean "{bare}m", "{bare}s" or "{bare}ms"?')
    raise ValueError(f'"{value}" is not a duration; write it as "15m", "1h30m" or "250ms"')


def format_duration(nanoseconds: int) -> str:
    """A duration as people write it, exact: 5_400_000_000_000 → "1h30m"."""
    if nanoseconds == 0:
        return "0s"
    rest, words = nanoseconds, []
    for unit in ("d", "h", "m", "s", "ms", "us", "ns"):
        count, rest = divmod(rest, _NS_PER_UNIT[unit])
        if count:
            words.append(f"{count}{unit}")
    return "".join(words)


def counted(number: int, what: str) -> str:
    """So many of something: 1 seed, 1,204 seeds."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def rounded_duration(nanoseconds: int) -> str:
    """A measured duration as people read it, to the second from ten seconds on, else to the millisecond."""
    fine = NS_PER_SECOND if nanoseconds >= 10 * NS_PER_SECOND else NS_PER_SECOND // 1000
    return format_duration((nanoseconds + fine // 2) // fine * fine)


def parse_share(value: object) -> float:
    """A share in [0, 1] of a percentage such as "5%"; raises ValueError."""
    match = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        share = float(match[1]) / 100.0
        if not 0.0 <= share <= 1.0:
            raise ValueError(f'"{value}" is outside 0% to 100%')
        return share
    if _looks_bare(value):
        number = float(value)  # type: ignore[arg-type]
        percent = number if number >= 1.0 else number * 100.0
        raise ValueError(f'"{_bare(value)}" has no unit; did you mean "{percent:g}%"?')
    raise ValueError(f'"{value}" is not a share; write it as "5%"')


def format_share(share: float) -> str:
    """A share as a percentage: 0.05 → "5%"."""
    return f"{round(share * 100.0, 10):.12g}%"


def parse_rate(value: object) -> float:
    """Events per second of a rate such as "40/s", "1.5k/s" or "600/m"; raises ValueError."""
    match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        scale = {"": 1.0, "k": 1e3, "M": 1e6}[match[2] or ""]
        return float(match[1]) * scale / _SECONDS_PER_UNIT[match[3]]
    if _looks_bare(value):
        raise ValueError(f'"{_bare(value)}" has no unit; did you mean "{_bare(value)}/s"?')
    raise ValueError(f'"{value}" is not a rate; write it as "40/s" or "600/m"')


def format_rate(per_second: float) -> str:
    """A rate as people write it: 40.0 → "40/s"; below one a second by the minute, hour or day."""
    for unit in ("s", "m", "h", "d"):
        count = per_second * _SECONDS_PER_UNIT[unit]
        if count >= 1.0 or unit == "d":
            return f"{count:.12g}/{unit}"
    raise AssertionError("unreachable")


def parse_size(value: object) -> int:
    """Bytes of a size such as "512MB" or "2GB", by thousands; raises ValueError."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        return round(float(match[1]) * _BYTES_PER_UNIT[match[2]])
    if _looks_bare(value):
        raise ValueError(f'"{_bare(value)}" has no unit; did you mean "{_bare(value)}MB"?')
    raise ValueError(f'"{value}" is not a size; write it as "512MB" or "2GB"')


def format_size(size: float) -> str:
    """A size as people write it: 512_000_000 → "512MB"."""
    unit = next(unit for unit in ("TB", "GB", "MB", "kB", "B") if abs(size) >= _BYTES_PER_UNIT[unit] or unit == "B")
    return f"{size / _BYTES_PER_UNIT[unit]:.12g}{unit}"


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN, "examples": ["15m", "1h30m", "250ms"]}),
]
"""Nanoseconds inside, "15m" outside."""

Share = Annotated[
    float,
    BeforeValidator(parse_share),
    PlainSerializer(format_share, return_type=str),
    WithJsonSchema({"type": "string", "pattern": SHARE_PATTERN, "examples": ["5%"]}),
]
"""0 to 1 inside, "5%" outside."""

PerSecond = Annotated[
    float,
    BeforeValidator(parse_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema({"type": "string", "pattern": RATE_PATTERN, "examples": ["40/s", "1.5k/s", "600/m"]}),
]
"""Events a second inside, "40/s" outside."""


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema({"type": "string", "pattern": SIZE_PATTERN, "examples": ["512MB", "2GB"]}),
]
"""Bytes inside, "512MB" outside."""


class Margin:
    """How far apart two arms may be: a part of the incumbent's value ("20%") or an amount in the metric's unit."""

    __slots__ = ("amount", "relative", "text")

    def __init__(self, *, amount: float, relative: bool, text: str) -> None:
        self.amount = amount
        self.relative = relative
        self.text = text

    def __repr__(self) -> str:
        return f"Margin({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Margin) and (self.amount, self.relative) == (other.amount, other.relative)

    def __hash__(self) -> int:
        return hash((self.amount, self.relative))


def parse_margin(value: object) -> Margin:
    """A margin: "20%" of the incumbent, "0.5pp" percentage points, "30ms", or a plain number; raises ValueError."""
    if isinstance(value, Margin):
        return value
    if _is_number(value):
        if float(value) < 0:  # type: ignore[arg-type]
            raise ValueError(f'"{_bare(value)}" is negative; a margin is an allowance of at least 0')
        return Margin(amount=float(value), relative=False, text=_bare(value))  # type: ignore[arg-type]
    match = _MARGIN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'"{value}" is not a margin; write "20%" of the incumbent, "0.5pp", "30ms" or a plain number')
    number, unit = float(match[1]), match[2]
    if unit == "%":
        return Margin(amount=number / 100.0, relative=True, text=str(value))
    scale = 0.01 if unit == "pp" else 1.0 if unit is None else _SECONDS_PER_UNIT[unit]
    return Margin(amount=number * scale, relative=False, text=str(value))


MarginText = Annotated[
    Margin,
    BeforeValidator(parse_margin),
    PlainSerializer(lambda margin: margin.text, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["20%", "0.5pp", "30ms", 0.02]}),
]
"""An allowance between two arms, as `parse_margin` reads it."""


def parse_limit(value: object) -> float:
    """A limit in a metric's unit: "2%" is 0.02, "150ms" is 0.15 seconds, "40/s" is 40, "2GB" is 2e9 bytes, a plain
    number itself; raises ValueError.
    """
    if _is_number(value):
        return float(value)  # type: ignore[arg-type]
    if isinstance(value, str) and _SIZE.fullmatch(value.strip()):
        return float(parse_size(value))
    if isinstance(value, str) and _RATE.fullmatch(value.strip()):
        return parse_rate(value)
    match = _MARGIN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'"{value}" is not a limit; write "2%", "150ms" or a plain number')
    number, unit = float(match[1]), match[2]
    if unit in ("%", "pp"):
        return number / 100.0
    return number if unit is None else number * _SECONDS_PER_UNIT[unit]


Limit = Annotated[
    float,
    BeforeValidator(parse_limit),
    WithJsonSchema({"type": ["string", "number"], "examples": ["2%", "150ms", 0.7]}),
]
"""A bound in the metric's own unit inside, "2%" or "150ms" outside."""
