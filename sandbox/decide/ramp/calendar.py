"""`[calendar]`: when a rollout may go on, on the wall clocks of those who would have to get up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator, model_validator

from sandbox.base.spec import Spec
from sandbox.decide.ramp.week import MomentText, SpanText, WeeklyText


class CalendarTable(Spec):
    """Quiet hours, freezes and peaks, in one time zone: a step begins, and a candidate is promoted, outside them all.

    Freezes and peaks hold for every ramp; quiet hours for those that say `quiet_hours = true`. They hold back what
    would expose more users, the first step and a bandit's rise among it; what rolls back or sends a segment back never
    waits, and a person may overrule. Clocks that change are the wall's: an hour that is skipped is not there, and one
    that comes twice is there twice.

    ```toml
    [calendar]
    zone = "Europe/Zurich"
    start = "2026-03-28 22:00"
    quiet = ["Mon-Fri 02:00-05:00", "Sat,Sun"]
    freeze = ["2026-12-24/2026-12-26"]
    ```

    Beyer, Jones, Petoff, Murphy (ed.): Site Reliability Engineering (2016), chapter 8, on when to release; zones and
    their changes are those of the IANA time zone database.
    """

    zone: str = "UTC"
    """The time zone, by its IANA name."""
    start: MomentText | None = None
    """The local time at which the flight's clock is 0; a replay brings its own."""
    quiet: list[WeeklyText] = []
    """Stretches of the week in which a step of a ramp with `quiet_hours` may begin."""
    freeze: list[SpanText] = []
    """Days, or stretches between two local times, in which no step begins."""
    peaks: list[WeeklyText] = []
    """Stretches of the week in which no step begins."""

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'no time zone "{zone}"; write an IANA name such as "Europe/Zurich"') from None
        return zone

    @model_validator(mode="after")
    def _start_exists(self) -> "CalendarTable":
        if self.start is not None:
            there = self.start.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC).astimezone(ZoneInfo(self.zone))
            if there.replace(tzinfo=None) != self.start:
                raise ValueError(f"start {self.start} is skipped by the clocks of {self.zone}; write {there:%H:%M}")
        return self

    @property
    def began(self) -> int | None:
        """When the flight's clock was 0, in seconds since 1970, where the table says so."""
        if self.start is None:
            return None
        return round(self.start.replace(tzinfo=ZoneInfo(self.zone)).timestamp())

    def local(self, seconds: float) -> datetime:
        """The local time, with its zone, at so many seconds since 1970."""
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(ZoneInfo(self.zone))
