"""What is shown, as a file or on the clipboard."""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

TOOLS = (("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "-ib"), ("pbcopy",), ("clip.exe",))
"""What copies natively, in the order it is tried."""
MOST_OSC = 74_994
"""Terminals take no more than so many bytes with OSC 52."""


def written(text: str, *, folder: Path, stem: str, form: str) -> Path:
    """Write a text into a file that is not there yet; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}.{form}"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return path


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def copied(text: str, *, osc: Callable[[str], None], folder: Path) -> str:
    """Copy a text by whatever works, and say how: a native tool, the terminal, or a file."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    for tool in TOOLS:
        if shutil.which(tool[0]) and (display or tool[0] in ("pbcopy", "clip.exe")) and _piped(tool, text):
            return f"copied with {tool[0]}"
    if len(text.encode()) <= MOST_OSC and os.environ.get("TERM_PROGRAM") != "Apple_Terminal":
        osc(text)
        return "copied through the terminal, if it allows that (OSC 52)"
    return f"too large to copy here; written to {written(text, folder=folder, stem='greenroom-copy', form='txt')}"


def _piped(tool: Sequence[str], text: str) -> bool:
    try:
        done = subprocess.run(
            tool, input=text.encode(), check=False, timeout=2, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
