"""What becomes of an error: one line on stderr and its rung of the ladder; never a traceback unless asked for."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable

from sandbox.base.interrupts import interrupted
from sandbox.cli.terminal import note
from sandbox.report.exit_code import ExitCode


class UsageError(Exception):
    """The command line, or what it names, makes no sense; the message says what to do."""


_KNOWN: tuple[tuple[str, str, ExitCode], ...] = (
    ("sandbox.cli.errors", "UsageError", ExitCode.USAGE),
    ("sandbox.scenario.problems", "ScenarioError", ExitCode.INVALID),
    ("sandbox.scenario.recorded_file", "RecordingError", ExitCode.INVALID),
    ("sandbox.run.errors", "RigError", ExitCode.INVALID),
    ("sandbox.world.calling", "ModelError", ExitCode.INVALID),
    ("sandbox.record.errors", "StoreError", ExitCode.STORE),
    ("sandbox.drill.family", "DealError", ExitCode.USAGE),
    ("sandbox.drill.drill", "DrillError", ExitCode.USAGE),
    ("sandbox.report.charts", "ChartError", ExitCode.USAGE),
    ("sandbox.cli.terminal", "OutputError", ExitCode.STORE),
    ("sandbox.lab.optimiser", "OptimiserError", ExitCode.USAGE),
    ("sandbox.lab.engines", "EngineError", ExitCode.USAGE),
    ("sandbox.lab.tune", "TuneError", ExitCode.USAGE),
    ("sandbox.lab.elementary", "ScreenError", ExitCode.USAGE),
)
"""Looked up by name, so that naming an error imports nothing."""


def guarded(act: Callable[[], int]) -> int:
    """Run a command and turn whatever it raises into an exit code."""
    try:
        return act()
    except KeyboardInterrupt:
        note("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.MET
    except Exception as error:
        code = code_of(error)
        if code is ExitCode.BUG and interrupted(error):
            note("interrupted")
            return ExitCode.INTERRUPTED
        if code is ExitCode.BUG:
            _own_up(error)
        else:
            note(str(error) if type(error).__name__ == "ScenarioError" else f"greenroom: {error}")
        return code


def code_of(error: BaseException) -> ExitCode:
    """The rung an error stands on; a bug of ours where nobody named it."""
    for module, name, code in _KNOWN:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(error, known):
            return code
    return ExitCode.BUG


def _own_up(error: Exception) -> None:
    what = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    if os.environ.get("GREENROOM_DEBUG"):
        traceback.print_exception(error)
        where = "the traceback is above"
    else:
        where = _saved(error)
    note(f"greenroom: {what}; this is a bug in greenroom, {where}")


def _saved(error: Exception) -> str:
    try:
        with tempfile.NamedTemporaryFile("w", prefix="greenroom-", suffix=".txt", delete=False) as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return "set GREENROOM_DEBUG=1 to see where"
    return f"its traceback is in {file.name}"
