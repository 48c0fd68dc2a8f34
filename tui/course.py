"""A lesson: what it says step by step, what ends each step, and how far somebody has come."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sandbox.report.log import Line
from tui.actions import BY_ID

FOLDER = Path(__file__).parent / "lessons"
FIRST = "first-rollback"
NAMED = re.compile(r"\[([a-z]+\.[a-z0-9-]+)\]")
"""An action in a text, of which the key is shown."""


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Until(_Written):
    """A line of the log of what was not refused: who, and how what, its verdict and what is beside it begin."""

    who: str
    what: str = ""
    verdict: str = ""
    aside: str = ""
    unless: str = ""
    """A line of which the reason begins so is not it."""

    def fits(self, line: Line) -> bool:
        """Whether this is such a line."""
        if line.what.endswith(", refused") or (self.unless and line.because.startswith(self.unless)):
            return False
        told = ((line.what, self.what), (line.verdict, self.verdict), (line.aside, self.aside))
        return line.who == self.who and all(text.startswith(wanted) for text, wanted in told)


class Step(_Written):
    """One thing that is explained, and what ends it: Enter unless `do` or `until` says otherwise."""

    title: str
    text: str
    look: str = ""
    """The widget that is outlined."""
    do: str = ""
    """The action that ends it."""
    until: Until | None = None
    """The line of the log that ends it."""
    flies: float = Field(default=0.0, ge=0)
    """How fast the clock runs meanwhile; it stands at 0."""

    @field_validator("do")
    @classmethod
    def _is_an_action(cls, name: str) -> str:
        if name and name not in BY_ID:
            raise ValueError(f"no such action {name!r}")
        return name

    @field_validator("text")
    @classmethod
    def _is_one_paragraph(cls, text: str) -> str:
        return " ".join(text.split())

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.flies and self.until is None:
            raise ValueError("a step that flies ends with a line of the log; say `until`")
        unknown = [name for name in NAMED.findall(self.text) if name not in BY_ID]
        if unknown:
            raise ValueError(f"no such action: {', '.join(unknown)}")
        return self

    @property
    def asks(self) -> str:
        """The action its text names first; empty where it names none."""
        found = NAMED.search(self.text)
        return found.group(1) if found else ""

    @property
    def reads(self) -> bool:
        """Whether there is nothing to do but read."""
        return not self.do and self.until is None


class Lesson(_Written):
    """A lesson as its file has it."""

    title: str
    scenario: str
    steps: tuple[Step, ...] = Field(min_length=1)


def lesson(name: str = FIRST) -> Lesson:
    """A bundled lesson."""
    raw: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Lesson.model_validate(raw)


class Course:
    """How far somebody has come in a lesson, and which step they read."""

    def __init__(self, taught: Lesson) -> None:
        self.lesson = taught
        self.place = self.shown = 0
        self._did: set[str] = set()

    @property
    def step(self) -> Step:
        """The step that is under way."""
        return self.lesson.steps[self.place]

    @property
    def read(self) -> Step:
        """The step whose text is shown, which may be an earlier one."""
        return self.lesson.steps[self.shown]

    @property
    def at_end(self) -> bool:
        """Whether the last step is under way."""
        return self.place == len(self.lesson.steps) - 1

    def back(self) -> None:
        """Read the step before once more."""
        self.shown = max(0, self.shown - 1)

    def forth(self) -> bool:
        """Read on, up to the step under way; whether one had gone back at all."""
        behind = self.shown < self.place
        self.shown = min(self.place, self.shown + 1)
        return behind

    def go_on(self) -> None:
        """Begin the next step."""
        self.place = self.shown = min(len(self.lesson.steps) - 1, self.place + 1)
        self._did.clear()

    def did(self, action: str) -> None:
        """Somebody did something."""
        self._did.add(action)

    def done(self, log: Iterable[Line]) -> bool:
        """Whether what the step asks for has been done, or has happened."""
        step = self.step
        if step.do:
            return step.do in self._did
        return step.until is not None and any(step.until.fits(line) for line in log)

    def came_to(self, action: str) -> bool:
        """Whether a step so far named this action."""
        return any(f"[{action}]" in step.text for step in self.lesson.steps[: self.place + 1])
