"""A form for any command: its fields are the arguments of the operation, with what may be chosen as things stand."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticUndefined
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.standing import Standing
from sandbox.scenario.classes import MEANINGS
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import line
from tui.widgets.listing import Item, Listing
from tui.widgets.pick import Pick

Arguments = dict[str, str | int | float | bool]
Refuses = Callable[[Arguments], Awaitable[str]]

LASTS = ("10m", "30m", "1h", "2h")
"""How long a silence may be chosen to last; it may be typed in, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One argument: what may be chosen, or free text where nothing is given; `default` is what stands there first."""

    name: str
    choices: tuple[str, ...] = ()
    default: str = ""
    optional: bool = False
    number: bool = False


def fields_of(kind: str, standing: Standing) -> tuple[Field, ...]:
    """The fields of a command as things stand."""
    found = []
    for name, field in BY_NAME[kind].model_fields.items():
        if name == "kind":
            continue
        optional = field.default is not PydanticUndefined
        choices = _choices(name, standing)
        default = _written(name, field.default) if optional else ""
        if choices and optional and not default:
            choices = ("", *choices)
        found.append(Field(
            name=name, choices=choices, default=default or (choices[0] if choices else ""), optional=optional,
            number=field.annotation is int,
        ))
    return tuple(found)


def _written(name: str, default: Any) -> str:
    if default is None:
        return ""
    return f"{default:.0%}" if name in ("part", "confidence") else str(default)


def _choices(name: str, standing: Standing) -> tuple[str, ...]:
    known: dict[str, tuple[str, ...]] = {
        "segment": standing.segments, "alert": standing.alerts, "model": standing.models, "group": standing.groups,
        "feature": standing.features, "cause": standing.classes, "audience": standing.audiences,
        "role": standing.roles, "runbook": tuple(standing.runbooks), "severity": ("1", "2", "3", "4", "5"),
        "on": ("no", "yes"), "lasts": LASTS,
    }
    return known.get(name, ())


class Form(ModalScreen["Arguments | None"]):
    """Asks for the arguments of one command; Escape gives it up."""

    CSS_PATH = "../styles/form.tcss"
    BINDINGS = [("escape", "give_up", "give up"), ("enter", "next", "next"), ("down", "next", "next"),
                ("up", "app.focus_previous", "previous")]

    def __init__(
        self, kind: str, fields: tuple[Field, ...], *, effect: str, refuses: Refuses, given: Arguments | None = None
    ) -> None:
        super().__init__()
        self.kind, self.fields, self.effect, self.refuses = kind, fields, effect, refuses
        self.given = given or {}

    def compose(self) -> ComposeResult:
        """The effect, a line for each field, and the answer."""
        with Vertical(id="box"):
            yield Page(id="effect")
            for field in self.fields:
                first = str(self.given.get(field.name, field.default))
                with Horizontal(classes="field"):
                    yield Label(field.name, markup=False)
                    if field.choices:
                        meanings = MEANINGS if field.name == "cause" else None
                        yield Pick(field.choices, chosen=first, meanings=meanings, id=f"field-{field.name}")
                    else:
                        yield Input(first, id=f"field-{field.name}", compact=True,
                                    placeholder="" if field.optional else "needed")
            yield Bar(id="refused")
            yield Listing(id="answers")

    def on_mount(self) -> None:
        """Begin with the first field that nobody filled in."""
        self.query_one("#box").border_title = self.kind
        self.query_one(Page).write([line(self.effect)])
        answers = self.query_one(Listing)
        answers.show([Item("no", ((" no, leave it ", "plain"),)), Item("yes", ((f" yes, {self.kind} ", "plain"),))])
        first = next((one.name for one in self.fields if one.name not in self.given), "")
        target = self.query_one(f"#field-{first}") if first else answers
        target.focus()

    @property
    def arguments(self) -> Arguments:
        """What was filled in."""
        found: Arguments = {}
        for field in self.fields:
            widget = self.query_one(f"#field-{field.name}")
            value = widget.value if isinstance(widget, Input | Pick) else ""
            if not value and field.optional:
                continue
            found[field.name] = _meant(field, value)
        return found

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.focus_next()

    @on(Listing.Opened)
    async def _opened(self) -> None:
        await self._answer()

    async def action_next(self) -> None:
        """Go on to the next field; in the answers take the one under the cursor."""
        if isinstance(self.focused, Listing):
            await self._answer()
        else:
            self.focus_next()

    async def on_key(self, event: Any) -> None:
        """Letters and arrows answer, once the fields are filled in."""
        answers = self.query_one(Listing)
        if self.focused is not answers:
            return
        if event.key in ("y", "n"):
            answers.go(event.key == "y")
            event.stop()
            await self._answer()
        elif event.key in ("j", "down", "k", "up"):
            event.prevent_default()
            event.stop()
            answers.move(1 if event.key in ("j", "down") else -1)

    async def _answer(self) -> None:
        if self.query_one(Listing).key == "no":
            self.dismiss(None)
            return
        arguments = self.arguments
        why = await self.refuses(arguments)
        if why:
            self.query_one("#refused", Bar).write([(f" {why}", "warn")])
        else:
            self.dismiss(arguments)

    def action_give_up(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _meant(field: Field, value: str) -> str | int | float | bool:
    if field.name == "on":
        return value == "yes"
    if field.name == "step" or field.number:
        return int(value) if value.isdigit() else value
    return value
