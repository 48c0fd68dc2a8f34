"""`make bench-tui`: start to first paint, CPU at five frames a second, and a key to its visible effect.

Every figure is of this machine, now; nothing is asserted.
"""

import asyncio
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from statistics import quantiles

from sandbox.cli.scenarios import find, load
from tui.app import Greenroom
from tui.feed import Feed
from tui.screens.cockpit import Cockpit
from tui.widgets.bar import Bar

SIZES = ((80, 24), (120, 40), (200, 55))
STARTS, SECONDS, PRESSES = 5, 8.0, 120


def first_paint() -> float:
    """Seconds from the command to the first line of the library on a terminal of its own."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "cockpit"], stdin=follower, stdout=follower, stderr=follower,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
    ) as app:
        seen = b""
        while b"Library" not in seen and time.perf_counter() - began < 30:
            if select.select([leader], [], [], 0.05)[0]:
                seen += os.read(leader, 65_536)
        took = time.perf_counter() - began
        app.kill()
    os.close(leader)
    os.close(follower)
    return took


async def flying(size: tuple[int, int], speed: float) -> tuple[float, list[float]]:
    """Part of a core that a cockpit takes in the air, and how long each of some keys took to show, in seconds."""
    feed = Feed(load(find("good-candidate")))
    app = Greenroom(shelf=tuple, first=lambda: Cockpit(feed))
    async with app.run_test(size=size) as pilot:
        while not isinstance(app.screen, Cockpit):
            await pilot.pause(0.05)
        feed.session.advance(11 * 60 * 10**9)
        feed.pace.speed = speed
        feed.play()
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.sleep(SECONDS)
        part = (time.process_time() - cpu) / (time.perf_counter() - wall)
        panes, took = app.screen.query_one("#panes", Bar), []
        for number in range(PRESSES):
            before, began = app.screen.pane, time.perf_counter()
            app.simulate_key("34"[number % 2])
            while app.screen.pane == before and time.perf_counter() - began < 5:
                await asyncio.sleep(0)
            panes.refresh()
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.03)
            if feed.ended:
                break
    return part, took


def main() -> None:
    """Print everything."""
    starts = sorted(first_paint() for _ in range(STARTS))
    print(f"start to first paint        {starts[0]:.2f} s at best, {starts[len(starts) // 2]:.2f} s in the middle")
    for size in SIZES:
        part, took = asyncio.run(flying(size, 60.0))
        cuts = quantiles(took, n=100)
        print(f"{size[0]}x{size[1]:<4} at 60x, 5 frames/s   {part:5.0%} of a core   key to effect "
              f"p50 {1000 * cuts[49]:.0f} ms  p99 {1000 * cuts[98]:.0f} ms")
    part, took = asyncio.run(flying((120, 40), float("inf")))
    cuts = quantiles(took, n=100)
    print(f"120x40 flat out            {part:5.0%} of a core   key to effect p50 {1000 * cuts[49]:.0f} ms  "
          f"p99 {1000 * cuts[98]:.0f} ms")
    print(f"load of the machine        {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
