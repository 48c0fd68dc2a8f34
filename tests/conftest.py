"""What is made ready once for all tests, and what must not be overlooked at their end."""

import compileall
import signal
from pathlib import Path
from typing import Any

from hypothesis import settings

# A machine that is busy makes no example wrong.
settings.register_profile("greenroom", deadline=None)
settings.load_profile("greenroom")


def pytest_configure(config: Any) -> None:
    """Have interrupts heard, here and in what tests begin, which whatever was begun in the background ignores;
    and compile the sources once, which some hundred processes import, even where Python is told to keep nothing.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        for room in ("sandbox", "tui"):
            compileall.compile_dir(Path(__file__).resolve().parents[1] / room, quiet=2)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A check that could not be made is said aloud."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "promtool" in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"NOT CHECKED: {len(skipped)} tests hold alerts to the real promtool, which is not installed "
            "(apt-get install --no-install-recommends prometheus)", yellow=True,
        )
