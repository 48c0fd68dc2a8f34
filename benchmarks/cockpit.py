"""`make bench-tui`: start to first paint, CPU at five frames a second, and a key to its visible effect.

The cockpit runs at a terminal of its own and is looked at from outside: what counts is what it writes. Every figure is
of this machine, now; nothing is asserted. CPU seconds can be trusted on a busy machine, seconds of the clock less.
"""

import os
import sys
from statistics import median, quantiles

from benchmarks.terminal import Terminal

SIZES = ((80, 24), (120, 40), (200, 55))
STARTS, SECONDS, PRESSES = 7, 10.0, 300
"""The 99th percentile of 300 keys leaves three beyond it; of sixty it would be the worst one."""
SCENARIO = "good-candidate"
ZOOMS = (b"the last 120m", b"the last 60m", b"the last 20m", b"the whole flight")
"""What `z` says, time after time; it draws every chart anew."""


def first_paint(size: tuple[int, int]) -> tuple[float, float, float]:
    """Seconds to the frame of the library and to its list, and CPU seconds until then."""
    with Terminal([sys.executable, "-m", "tui", "cockpit"], size=size) as app:
        frame = app.until(b"Library", within=60)
        shown = frame + app.until(SCENARIO.encode(), within=60)
        return frame, shown, app.cpu[1]


def flying(size: tuple[int, int], speed: float, **env: str) -> tuple[float, float, float, list[float]]:
    """Parts of a core for the desk and for all, bytes a second, and how long each of some keys took to show."""
    command = [sys.executable, "-m", "benchmarks.flying", SCENARIO, str(speed)]
    with Terminal(command, size=size, **env) as app:
        app.until(b"2 Alerts", within=60)
        app.drain(1.0)
        (desk, every), written = app.cpu, app.written
        app.drain(SECONDS)
        after, sent = app.cpu, app.written - written
        parts = (after[0] - desk) / SECONDS, (after[1] - every) / SECONDS
        return *parts, sent / SECONDS, [_shown(app, number) for number in range(PRESSES)]


def _shown(app: Terminal, number: int) -> float:
    app.press("z")
    took = app.until(ZOOMS[number % len(ZOOMS)], within=5)
    app.drain(0.02 + number % 7 * 0.01)
    return took


def main() -> None:
    """Print everything."""
    starts = [first_paint((120, 40)) for _ in range(STARTS)]
    frame, shown, cpu = (median(column) for column in zip(*starts, strict=True))
    print(f"start to first paint  {frame:.2f} s in the middle, {min(one[0] for one in starts):.2f} s at best; "
          f"to the list {shown:.2f} s; {cpu:.2f} s of CPU")
    print(f"{'':<22}{'desk':>6}{'all':>6} of a core {'KiB/s':>7}    key to effect p50    p99   most ms (n {PRESSES})")
    for size in SIZES:
        _line(f"{size[0]}x{size[1]} at 60x", flying(size, 60.0))
    _line("120x40 at 60x, ssh", flying((120, 40), 60.0, SSH_CONNECTION="here"))
    _line("120x40, nothing flies", flying((120, 40), 0.0))
    for size in SIZES[1:]:
        _line(f"{size[0]}x{size[1]} flat out", flying(size, float("inf")))
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _line(what: str, found: tuple[float, float, float, list[float]]) -> None:
    desk, every, written, took = found
    cuts = quantiles(took, n=100)
    print(f"{what:<22}{desk:>6.0%}{every:>6.0%} {'':>9} {written / 1024:>7.1f} "
          f"{1000 * cuts[49]:>20.0f} {1000 * cuts[98]:>6.0f} {1000 * max(took):>6.0f}", flush=True)


if __name__ == "__main__":
    main()
