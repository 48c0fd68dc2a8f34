"""A cockpit in the air at this terminal, for `benchmarks.cockpit` to look at from outside."""

import re
import sys

from sandbox.cli.scenarios import find
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from tui.app import Greenroom
from tui.feed import Feed
from tui.screens.cockpit import Cockpit

ALOFT = 11 * 60 * 10**9
"""Where it begins: the charts have something to show, and the ramp has begun."""


def long(scenario: str, duration: str) -> Plan:
    """A bundled scenario that lasts: flat out its own day would soon be over."""
    path = find(scenario)
    text = re.sub(r'(?m)^duration\s*=.*$', f'duration = "{duration}"', path.read_text(encoding="utf-8"))
    return Plan(name=scenario, text=text, document=read_text(text, name=scenario), folder=path.parent)


def main(scenario: str, speed: float) -> None:
    """Fly a scenario at a speed until somebody ends the process."""
    feed = Feed(long(scenario, "30d"))
    feed.session.advance(ALOFT)
    feed.pace.speed = speed
    feed.play()
    Greenroom(shelf=tuple, first=lambda: Cockpit(feed)).run()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
