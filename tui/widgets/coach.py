"""What a lesson says, and what it waits for."""

import re
from collections.abc import Callable, Iterator

from textual.message import Message

from tui.course import Course, Step
from tui.widgets.bar import wrapped
from tui.widgets.drawn import Drawing, Drawn, Piece, line

MARKED = re.compile(r"\*([^*]+)\*([.,:;]?)|\[([a-z]+\.[a-z0-9-]+)\]")
"""A word that is explained, or an action whose key is meant."""

Key = Callable[[str], str]
"""The key of an action, by its id."""


class Coach(Drawn):
    """A panel with the step that is read; a click on it goes on."""

    DEFAULT_CSS = "Coach { height: 8; }"

    class Clicked(Message):
        """Somebody clicked on it."""

    def __init__(self, course: Course, key: Key) -> None:
        super().__init__(id="coach")
        self.course, self._key, self._waits = course, key, ""

    def show(self, waits: str) -> None:
        """Show the step that is read, and what is waited for."""
        course = self.course
        title = f"Lesson {course.shown + 1}/{len(course.lesson.steps)}  {course.read.title}"
        if (title, waits) != (self.border_title, self._waits):
            self.border_title, self._waits = title, waits
            self.redraw()

    def on_click(self) -> None:
        """Go on."""
        self.post_message(self.Clicked())

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """The text, and at the end what it waits for."""
        yield from wrapped(line(*inked(self.course.read, self._key)), width)
        yield line((f"▸ {self._waits}", "good"))


def inked(step: Step, key: Key) -> Iterator[Piece]:
    """The text of a step with its words and keys marked."""
    yield "", "plain"
    place, text = 0, step.text
    for found in MARKED.finditer(text):
        yield text[place : found.start()], "plain"
        word, stop, action = found.groups()
        yield (key(action), "key") if action else (f"{word}{stop}", "accent")
        place = found.end()
    yield text[place:], "plain"
