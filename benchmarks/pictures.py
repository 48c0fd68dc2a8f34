"""Draws the pictures in docs/pictures: the library, a cockpit in an alarm, a debrief. Run it by `make pictures`."""

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from sandbox.cli.scenarios import find, load
from sandbox.run.session import Session
from tui.app import Greenroom
from tui.feed import Feed
from tui.prefs import Preferences
from tui.screens.cockpit import Cockpit
from tui.screens.debrief import Debrief
from tui.screens.room import Room

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = (120, 36)
SCENARIO = "first-rollback"
SECOND = 10**9
PAGED, ANSWERED = 1_665 * SECOND, 1_710 * SECOND
"""When the page has just come, and when somebody rolls back."""
CELL = 12.2
"""How wide Textual draws a cell."""


async def main() -> None:
    os.environ |= {"TEXTUAL_ANIMATIONS": "none", "COLORTERM": "truecolor"}
    FOLDER.mkdir(exist_ok=True)
    await picture("library", None, choosing)
    await picture("cockpit", alarmed, looking)
    await picture("debrief", landed, comparing)


async def picture(name: str, first: Callable[[], Room] | None, then: Callable[..., Awaitable[None]]) -> None:
    """Open a screen, do something, and draw it."""
    with tempfile.TemporaryDirectory() as store:
        app = Greenroom(store=Path(store), first=first, preferences=Preferences(charts="block"))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(1)
            await then(app, pilot)
            (FOLDER / f"{name}.svg").write_text(plain(app.export_screenshot(title="greenroom")), encoding="utf-8")


async def choosing(app, pilot) -> None:
    """Scenarios about fairness."""
    while not all(one.read for one in app.screen.shelf.values()) or not app.screen.shelf:
        await pilot.pause(0.5)
    await pilot.press("slash", *"fair", "enter")
    await pilot.pause(1)


def alarmed() -> Cockpit:
    """A flight in which the page has come."""
    feed = Feed(load(find(SCENARIO)))
    feed._advance(PAGED)
    return Cockpit(feed)


async def looking(app, pilot) -> None:
    """At the alerts."""
    await pilot.press("2")
    await pilot.pause(1)


def landed() -> Debrief:
    """A flight in which somebody answered the page."""
    session = Session(load(find(SCENARIO)))
    session.advance(PAGED)
    session.apply("acknowledge", actor="you")
    session.advance(ANSWERED)
    session.apply("roll back", actor="you")
    return Debrief(session.finish())


async def comparing(app, pilot) -> None:
    """With other hands."""
    await pilot.press("o")
    while app.screen.exercise is None:
        await pilot.pause(0.5)
    await pilot.press("1")
    await pilot.pause(7)


def plain(svg: str) -> str:
    """Without fonts from elsewhere or ids that change; every text begins where it is drawn, whatever blanks measure."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "t", svg).replace("&#160;", "\u00a0")
    svg = re.sub(r'x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>(\u00a0*)([^<]*)', _moved, svg)
    return re.sub(r"\s*<text[^>]*></text>", "", svg) + "\n"


def _moved(found: "re.Match[str]") -> str:
    x, y, _, more, blanks, text = found.groups()
    text = text.rstrip("\u00a0")
    return f'x="{float(x) + CELL * len(blanks):g}" y="{y}" textLength="{CELL * len(text):g}"{more}>{text}'


if __name__ == "__main__":
    asyncio.run(main())
