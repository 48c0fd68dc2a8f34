"""What a key may be: some values, or anything between two numbers in the unit that they are written in."""

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.base.units import NS_PER_SECOND, format_duration, parse_duration
from sandbox.lab.variants import Setting, SettingError, path_of

Settings = tuple[Setting, ...]

DECADE = 10.0
"""A range whose ends are this far apart is gone through by its logarithm."""

TOLD_APART = 50

SECONDS = (1, 5, 10, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 21_600, 86_400)
"""What people count durations in."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One key, and one of some `choices` or a number from `low` to `high`; `unit` stands behind it, and durations are
    in ns.
    """

    key: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    kind: Literal["number", "whole", "duration"] = "number"

    @property
    def logarithmic(self) -> bool:
        """Whether half of it lies around the geometric mean."""
        return self.low > 0.0 and self.high / self.low >= DECADE

    @property
    def ends(self) -> Settings:
        """Every value that the range names itself."""
        return tuple(Setting(self.key, one) for one in self.choices) or (self.at(0.0), self.at(1.0))

    def at(self, part: float) -> Setting:
        """The value at a part of the way from low to high."""
        if self.logarithmic:
            return self.said(self.low * (self.high / self.low) ** part)
        return self.said(self.low + part * (self.high - self.low))

    def chosen(self, part: float) -> Setting:
        """The value at a part of the way, or of the choices the one that the part falls on."""
        if not self.choices:
            return self.at(part)
        return Setting(self.key, self.choices[min(int(part * len(self.choices)), len(self.choices) - 1)])

    def said(self, value: float) -> Setting:
        """A number as somebody would write it who tells no more than some fifty values of the range apart."""
        if self.kind == "whole":
            return Setting(self.key, f"{round(value)}")
        if value not in (self.low, self.high):
            step = _step((value if self.logarithmic else self.high - self.low) / TOLD_APART, of=self.kind)
            value = min(max(round(value / step) * step, self.low), self.high)
        if self.kind == "duration":
            return Setting(self.key, format_duration(round(value)))
        return Setting(self.key, f"{value:.12g}{self.unit}")

    def part_of(self, text: str) -> float:
        """How far from low to high a value lies; raises SettingError where it is no such number."""
        value = parse_duration(text) if self.kind == "duration" else _number(self.key, text)[0]
        if not self.logarithmic:
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low) if value > 0.0 else -math.inf

    @property
    def as_row(self) -> dict[str, Any]:
        """Plain values by name."""
        return {
            "key": self.key, "choices": list(self.choices), "low": self.low, "high": self.high, "unit": self.unit,
            "kind": self.kind,
        }

    def __str__(self) -> str:
        if self.choices:
            return f"{self.key}={','.join(self.choices)}"
        return f"{self.key}={self.at(0.0).value}..{self.at(1.0).value}"


def from_row(row: dict[str, Any]) -> Range:
    """The range of plain values."""
    return Range(**{**row, "choices": tuple(row["choices"])})


def _step(most: float, *, of: str) -> float:
    """The largest step of those that people count in."""
    if of == "duration" and most >= NS_PER_SECOND:
        return float(max(seconds * NS_PER_SECOND for seconds in SECONDS if seconds * NS_PER_SECOND <= most))
    decade = 10.0 ** math.floor(math.log10(most))
    step = max(one * decade for one in (1.0, 2.0, 5.0) if one * decade <= most)
    return max(step, 1_000.0 ** math.floor(math.log(10.0 * most, 1_000))) if of == "duration" else step


def range_of(key: str, values: tuple[str, ...]) -> Range:
    """The range of what is written behind a key: one 5m..30m, or several values; raises SettingError."""
    path_of(key)
    if len(values) > 1:
        return Range(key=key, choices=values)
    low, dots, high = values[0].partition("..")
    if not dots:
        raise SettingError(f"{key}={values[0]} is no range; write it as 5m..30m, or as several values: 5m,10m,20m")
    return _between(key, low.strip(), high.strip())


def _between(key: str, low: str, high: str) -> Range:
    found = _durations(key, low, high) or _numbers(key, low, high)
    if found.low == found.high:
        raise SettingError(f"{key}={low}..{high}: both ends are the same")
    if found.low > found.high:
        raise SettingError(f"{key}={low}..{high}: write the lower end first")
    return found


def _durations(key: str, low: str, high: str) -> Range | None:
    try:
        return Range(key=key, low=parse_duration(low), high=parse_duration(high), kind="duration")
    except ValueError:
        return None


def _numbers(key: str, low: str, high: str) -> Range:
    (first, unit), (last, other) = _number(key, low), _number(key, high)
    if unit != other:
        raise SettingError(f'{key}={low}..{high}: write both ends in the same unit, not "{unit}" and "{other}"')
    whole = not unit and "." not in low + high
    return Range(key=key, low=first, high=last, unit=unit, kind="whole" if whole else "number")


def _number(key: str, text: str) -> tuple[float, str]:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise SettingError(f"{key}: {text} is not a number with a unit, as 5m, 2%, 40/s or 0.1")
    return float(match[1]), match[2]
