"""The Markdown of a job, appended where GitHub shows it."""

import os
from collections.abc import Sequence
from pathlib import Path

from sandbox.cli.terminal import note
from sandbox.report.render.markdown import markdown
from sandbox.report.scorecard import Scorecard

MOST = 900 * 1_024
"""Bytes; GitHub takes 1 MiB of a step and shows nothing of one that is larger."""


def append_summary(cards: Sequence[Scorecard]) -> None:
    """Append to the file that $GITHUB_STEP_SUMMARY names, if any; that it cannot be written changes no verdict."""
    named = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not named:
        return
    try:
        with Path(named).open("ab") as file:
            file.write(_capped(markdown(cards), room=MOST - file.tell()))
    except OSError as error:
        note(f"greenroom: the summary cannot be written: {named}: {error.strerror}; see $GITHUB_STEP_SUMMARY")


def _capped(text: str, *, room: int) -> bytes:
    """As many whole lines as there is room for, and that there were more."""
    data = text.encode()
    if len(data) <= room:
        return data
    more = b"\n*cut here: GitHub shows no more of one step*\n"
    kept = data[: max(0, room - len(more))].rpartition(b"\n")[0]
    return kept + more if kept else b""
