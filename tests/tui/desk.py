"""A desk to test at: an app with a small scenario, a clock that stands still, and waits that end."""

import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import tomli
from textual.pilot import Pilot

from sandbox.base.flight import Flight
from sandbox.drill.family import Family
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tui.app import Greenroom
from tui.exercises import Exercise, exercise_of
from tui.feed import Feed
from tui.pace import Pace
from tui.screens.cockpit import Cockpit
from tui.widgets.keys import Keys

MINUTE = 60 * 10**9
SHORT = """
# A small flight, for tests.
# Lesson: none.
[scenario]
title = "Short"
seed = 3
duration = "12m"
tick = "30s"
[traffic]
mean = "30/s"
kind = "steady"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[labels]
delay = "20s"
[[segments]]
name = "eu"
share = "40%"
[[segments]]
name = "us"
share = "60%"
[[faults]]
kind = "errors"
model = "candidate"
rate = "30%"
at = "4m"
[ramp]
start = "1m"
steps = ["10%", "50%"]
bake = "3m"
[[gates]]
name = "failures no worse"
kind = "no-worse"
metric = "failures.rate"
margin = "1pp"
steps = [2]
[[alerts]]
name = "candidate fails"
expr = "failures.rate{arm=candidate} > 5%"
severity = "page"
"""


def plan_of(text: str = SHORT) -> Plan:
    return Plan(name="short", text=text, document=Document.model_validate(tomli.loads(text)), folder=Path())


DRILL = """
[drill]
briefing = """ + '"""' + """
A new ranker goes out today.
Gates hold the ramp where they fail, and go no further: the rest is yours.

Acknowledge what reaches you, say what is wrong if anything is, and do what users need, no more.""" + '"""' + """
teaches = "look, decide, act"
[[drill.cases]]
name = "nothing"
[[drill.cases]]
name = "broken"
faults = [{ kind = "errors", model = "candidate", rate = "30%", at = "4m" }]
"""


def exercise() -> Exercise:
    """A small drill."""
    quiet = re.sub(r"\[\[faults\]\].*?(?=\[ramp\])", "", SHORT, flags=re.DOTALL)
    return exercise_of(Family.of(plan_of(quiet + DRILL)))


class StoppedClock:
    """The desk's clock, which moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def desk(feed: Feed | None = None, **options) -> Greenroom:
    """The app, in its cockpit where a feed is given."""
    first = None if feed is None else lambda: Cockpit(feed)
    return Greenroom(**{"shelf": tuple, "first": first} | options)


def feed_of(text: str = SHORT, *, clock: Callable[[], float] | None = None) -> Feed:
    return Feed(plan_of(text), pace=Pace(clock=clock or StoppedClock()))


async def until(
    pilot: Pilot[None], condition: Callable[[], bool], *, what: str = "what was waited for", patience: float = 90
) -> None:
    """Wait for something that must become true; a test whose wait does not end fails, however busy the machine is."""
    over = time.monotonic() + patience
    while time.monotonic() < over:
        await pilot.pause()
        if condition():
            return
    raise AssertionError(f"{what} did not come")


def said(app: Greenroom) -> str:
    """What the last line says."""
    return " ".join(keys.text for keys in app.screen.query(Keys))


def screen_text(app: Greenroom) -> str:
    """The screen as characters, without what differs from run to run."""
    rows = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
    text = re.sub(r"\d{8}T\d{6}-", "YYYYMMDDTHHMMSS-", "\n".join(rows))
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD HH:MM", text) + "\n"


@cache
def flown(text: str = SHORT) -> Flight:
    """A flight at its end, flown once for all tests that only read it."""
    return fly(plan_of(text))


def scenario_file(folder: Path) -> Path:
    """The small scenario as a file."""
    path = folder / "short.toml"
    path.write_text(f"# A small flight, for tests.\n# Lesson: look before you ramp.\nformat = 1\n{SHORT}")
    return path
