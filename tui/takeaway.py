"""What one takes along from a debrief: what `greenroom debrief` writes and the note about it, or its log as a table."""

from collections.abc import Iterable
from dataclasses import replace

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.report.debrief.exercise import Debrief
from sandbox.report.debrief.page import page
from sandbox.report.log import Line
from sandbox.report.page import Page, Section
from sandbox.report.render.page import as_html, as_json, as_markdown
from tui.exports import as_csv

RENDER = {"md": as_markdown, "json": as_json, "html": as_html}
"""How a page is written in each form; each of them holds the day against other hands."""


def log_table(lines: Iterable[Line]) -> str:
    """The log as CSV."""
    rows = ((clock(one.at), one.who, one.what, one.verdict, one.because, one.truth) for one in lines)
    return as_csv(("at", "who", "what", "verdict", "because", "truth"), rows)


def debrief_file(exercise: Debrief, flight: Flight, *, note: str, form: str) -> str:
    """The debrief in one of the forms, with what somebody noted about it."""
    return RENDER[form](_noted(page(exercise, flight), note))


def _noted(drafted: Page, note: str) -> Page:
    if not note.strip():
        return drafted
    said = tuple(one for one in note.splitlines() if one.strip())
    sections = (*drafted.sections, Section(title="Note", blocks=said))
    return replace(drafted, sections=sections, data={**drafted.data, "note": note})
