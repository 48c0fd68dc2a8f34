"""What is made ready once for all tests, and what must not be overlooked at their end."""

import compileall
from pathlib import Path
from typing import Any

from hypothesis import settings

# A machine that is busy makes no example wrong.
settings.register_profile("greenroom", deadline=None)
settings.load_profile("greenroom")


def pytest_configure(config: Any) -> None:
    """Some hundred processes import the sources: they are compiled once, even where Python is told to keep nothing."""
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
