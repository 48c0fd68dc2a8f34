"""Stretches of the week and of the year, as people write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Weekly:
    """Some hours of some days of the week, in minutes of the local day; those that end past midnight end the next day.

    A wall clock decides: an hour that clocks skip is not there, and one that they repeat is there twice.
    """

    days: tuple[int, ...]
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        """As the file has it."""
        return self.text

    def holds(self, local: datetime) -> bool:
        """Whether a local time is inside; the start is, the end is not."""
        minutes = local.hour * 60 + local.minute + local.second / 60 + local.microsecond / 6e7
        today, yesterday = local.weekday() in self.days, (local.weekday() - 1) % 7 in self.days
        if self.start < self.end:
            return today and self.start <= minutes < self.end
        return (today and minutes >= self.start) or (yesterday and minutes < self.end)

    def edges(self, day: date) -> tuple[datetime, datetime]:
        """The local times on a day at which it may begin or end."""
        return tuple(  # type: ignore[return-value]
            datetime.combine(day, time()) + timedelta(minutes=minutes % _DAY_MINUTES)
            for minutes in (self.start, self.end)
        )


@dataclass(frozen=True, slots=True)
class Span:
    """From one local time to another, as "2026-12-24/2026-12-26"; days are whole, the last one included."""

    start: datetime
    end: datetime
    text: str

    def __str__(self) -> str:
        """As the file has it."""
        return self.text

    def holds(self, local: datetime) -> bool:
        """Whether a local time is inside; the start is, the end is not."""
        return self.start <= local < self.end


def parse_weekly(value: object) -> Weekly:
    """The stretch in a text such as "Mon-Fri 02:00-05:00", "Sat,Sun" or "22:00-04:00"; raises ValueError."""
    said = f'"{value}" is no stretch of the week; write it as "Mon-Fri 02:00-05:00", "Sat,Sun" or "02:00-05:00"'
    if isinstance(value, Weekly):
        return value
    if not isinstance(value, str) or not (words := value.split()) or len(words) > 2:
        raise ValueError(said)
    hours = _HOURS.fullmatch(words[-1])
    names = words[:-1] if hours else words
    if len(names) > 1:
        raise ValueError(said)
    days = tuple(range(7)) if not names else _days(names[0], said)
    if hours is None:
        return Weekly(days, 0, _DAY_MINUTES, value)
    start, end = (int(hours[place]) * 60 + int(hours[place + 1]) for place in (1, 3))
    if max(int(hours[2]), int(hours[4])) > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES or start == end:
        raise ValueError(f'"{value}" has no such hours; write them as "02:00-05:00", up to "24:00"')
    return Weekly(days, start, end, value)


def _days(text: str, said: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(said)
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return tuple(sorted(set(found)))


def parse_span(value: object) -> Span:
    """The stretch in a text such as "2026-12-24/2026-12-26" or "2026-12-24T18:00/2026-12-27T06:00"; ValueError."""
    if isinstance(value, Span):
        return value
    said = f'"{value}" is no stretch of days; write it as "2026-12-24/2026-12-26", or "2026-12-24" for one day'
    if not isinstance(value, str):
        raise ValueError(said)
    first, _, last = value.partition("/")
    try:
        start, end = datetime.fromisoformat(first), datetime.fromisoformat(last or first)
    except ValueError:
        raise ValueError(said) from None
    if start.tzinfo is not None or end.tzinfo is not None:
        raise ValueError(f'"{value}" brings a zone; calendar.zone is the one, remove it')
    if len(last or first) == 10:
        end += timedelta(days=1)
    if end <= start:
        raise ValueError(f'"{value}" ends before it begins; swap the two')
    return Span(start, end, value)


def parse_moment(value: object) -> datetime:
    """A local time such as "2026-03-28 22:00"; raises ValueError."""
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is not None and found.tzinfo is None:
            return found
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    raise ValueError(f'"{value}" is no local time; write it as "2026-03-28 22:00", in calendar.zone')


def _text(pattern: str, *examples: str) -> tuple[PlainSerializer, WithJsonSchema]:
    return PlainSerializer(str, return_type=str), WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": list(examples)}
    )


WeeklyText = Annotated[Weekly, BeforeValidator(parse_weekly), *_text(r"^\S+( \S+)?$", "Mon-Fri 02:00-05:00", "Sat,Sun")]
SpanText = Annotated[Span, BeforeValidator(parse_span), *_text(r"^\d{4}-.+$", "2026-12-24/2026-12-26")]
MomentText = Annotated[datetime, BeforeValidator(parse_moment), *_text(r"^\d{4}-.+$", "2026-03-28 22:00")]
