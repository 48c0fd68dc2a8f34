"""Which stretch of the calendar a step has to wait for, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.base.action import Action, Advance, Hold, Promote, Reallocate
from sandbox.base.units import NS_PER_SECOND
from sandbox.decide.ramp.calendar import CalendarTable

DAYS_AHEAD = 400
"""A stretch that does not come within so many days is not waited for by date."""


@dataclass(frozen=True)
class Almanac:
    """A calendar as one ramp heeds it.

    began, in seconds since 1970, is the flight's 0; the recorded clock of a replay may run `speed` times as fast.
    """

    table: CalendarTable
    began: float
    quiet_hours: bool
    speed: float = 1.0

    def seconds(self, at: int) -> float:
        """The seconds since 1970 at an instant of the flight."""
        return self.began + at / NS_PER_SECOND * self.speed

    def barred(self, seconds: float) -> str:
        """What keeps a step from beginning then; empty where nothing does."""
        local = self.table.local(seconds).replace(tzinfo=None)
        for frozen in self.table.freeze:
            if frozen.holds(local):
                return f"the freeze {frozen}"
        for peak in self.table.peaks:
            if peak.holds(local):
                return f"the peak {peak}"
        if self.quiet_hours and not any(one.holds(local) for one in self.table.quiet):
            return "quiet hours"
        return ""

    def next_open(self, at: int) -> int | None:
        """The first instant of the flight from `at` on at which a step may begin; None where none is near."""
        if not self.barred(self.seconds(at)):
            return at
        opens = next((one for one in self._edges(self.seconds(at)) if not self.barred(one)), None)
        if opens is None:
            return None
        # Rounded up: an instant too early by a nanosecond would still be barred.
        return max(at, -int(-(opens - self.began) * NS_PER_SECOND // self.speed))

    def wait(self, at: int) -> str:
        """Why a step may not begin at an instant, and until when; empty where it may."""
        if not (why := self.barred(self.seconds(at))):
            return ""
        waits = "waits for quiet hours" if why == "quiet hours" else f"waits for the end of {why}"
        opens = next((one for one in self._edges(self.seconds(at)) if not self.barred(one)), None)
        if opens is None:
            return f"{waits}, and none come within {DAYS_AHEAD} days"
        return f"{waits} until {self.table.local(opens):%a %Y-%m-%d %H:%M %Z}"

    def _edges(self, after: float) -> Iterator[float]:
        """The instants after one at which the calendar may open, in order."""
        day, zone = self.table.local(after).date(), ZoneInfo(self.table.zone)
        for number in range(-1, DAYS_AHEAD):
            yield from sorted(one for one in self._of_day(day + timedelta(days=number), zone) if one > after)

    def _of_day(self, day: date, zone: ZoneInfo) -> Iterator[float]:
        midnight = datetime.combine(day, time())
        marks = [edge for one in (*self.table.quiet, *self.table.peaks) for edge in one.edges(day)]
        marks += [one.end for one in self.table.freeze if one.end.date() == day]
        if _offset(midnight, zone) != _offset(midnight + timedelta(days=1), zone):
            marks += [midnight + timedelta(minutes=15 * quarter) for quarter in range(96)]
        for mark in marks:
            for fold in (0, 1):
                yield mark.replace(tzinfo=zone, fold=fold).timestamp()


def _offset(local: datetime, zone: ZoneInfo) -> timedelta | None:
    return local.replace(tzinfo=zone).utcoffset()


def heed(almanac: Almanac | None, action: Action, *, at: int, share: float) -> Action:
    """The action, or a hold in its place where it would expose more users and the calendar has it wait.

    `share` is the candidate's now.
    """
    if almanac is None or not isinstance(action, Advance | Promote | Reallocate):
        return action
    if isinstance(action, Reallocate) and action.share <= share:
        return action
    waits = almanac.wait(at)
    return Hold(f"{action.word} {waits}") if waits else action
