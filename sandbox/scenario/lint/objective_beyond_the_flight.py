"""An objective whose windows are far longer than the flight."""

from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.decide.alerts.slo import ROWS
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path

LEAST = 0.5
"""The part of its longest paging window that a flight should fill."""


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """A rate is read from as much of its window as there is, so a window of days burns on the first bad minutes."""
    duration, tick = prospect.document.scenario.duration, prospect.tick
    pages = max(row.long for row in ROWS if row.severity == "page")
    longest, shortest = max(row.long for row in ROWS), min(row.short for row in ROWS)
    for index, slo in enumerate(prospect.document.slos):
        page = round(pages / slo.speed)
        if duration >= LEAST * page:
            continue
        ticket = round(longest / slo.speed)
        because = (
            f"its windows are up to {format_duration(page)} for a page and {format_duration(ticket)} for a ticket, the "
            f"flight lasts {format_duration(duration)}: one bad minute looks like days of burning"
        )
        fits, most = -(-longest // duration), shortest // (2 * tick)
        speed = min(fits, most)
        mend = f"say speed = {speed}" if speed > slo.speed else "lower the tick and raise the speed"
        yield ("slos", index, "speed"), because, f"{mend}, or fly longer"


RULE = Rule("objective-beyond-the-flight", "an objective with windows that the flight never half fills", look)
