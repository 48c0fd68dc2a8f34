"""`[runbook.NAME]`: what to do about an alert, step by step, and how one sees on telemetry that it helped."""

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.operate.operations.kinds import AnyOperation

WITHIN = 5 * 60 * NS_PER_SECOND
"""How long a step's effect is watched for unless it says, in ns."""

FACTS = (
    "alert", "candidate", "diagnosis", "impact", "incumbent", "now", "phase", "runbook", "severity", "share", "step",
    "symptoms", "title",
)
"""What a message may have filled in."""

WORDS = ("next", "done", "recipe", "escalate")
"""Where a step may lead beside another step's title."""


def written(value: Any) -> Any:
    """An action as the file may have it, as a table."""
    return {"kind": value} if isinstance(value, str) else value


ActionText = Annotated[
    AnyOperation,
    BeforeValidator(written),
    PlainSerializer(lambda action: action.model_dump(mode="json", exclude_unset=True) | {"kind": action.kind}),
    WithJsonSchema({
        "anyOf": [{"type": "string"}, {"type": "object"}],
        "examples": ["roll back", {"kind": "scale", "model": "candidate", "replicas": 8}],
    }),
]
"""An operation, as `greenroom kinds operation` lists them; one without arguments is written by its name."""


class RunbookStep(Spec):
    """One thing to do, or to find out where it has neither `action` nor `command`: a decision point."""

    title: str = Field(min_length=1)
    """What is done, in words."""
    action: ActionText | None = None
    """The operation it is: "roll back", or `{ kind = "scale", replicas = 8 }`."""
    command: str = ""
    """What somebody does by hand, where no operation does it."""
    expect: str = ""
    """What should be seen then, in words."""
    verify: str = ""
    """What must hold on telemetry then, an expression as alerts have; nothing is asked unless said."""
    within: Duration = Field(default=WITHIN, gt=0)
    """How long it is waited for; a decision point is decided at the first look."""
    reversible: bool = True
    """Whether it can be taken back."""
    then: str = "next"
    """Where to go once it is verified: "next", "done", "recipe", "escalate", or the title of a later step."""
    otherwise: str = "escalate"
    """Where to go if it could not be done or verified."""

    @property
    def asked(self) -> tuple[str, dict[str, Any]] | None:
        """The kind and the arguments of the command that it hands in, if any."""
        if self.action is None:
            return None
        return self.action.kind, self.action.model_dump(mode="json", exclude={"kind"}, exclude_unset=True)

    @property
    def decides(self) -> bool:
        """Whether it is a decision point: nothing is done, something is found out."""
        return self.action is None and not self.command

    @model_validator(mode="after")
    def _does_something(self) -> "RunbookStep":
        if self.action is not None and self.command:
            raise ValueError("action and command both say what is done; leave one out")
        if self.decides and not self.verify:
            raise ValueError("nothing is done and nothing is asked; add action, command or verify")
        if self.action is not None and self.action.kind in ("perform", "send"):
            raise ValueError(f"a step of a runbook cannot {self.action.kind}; say what is done itself")
        return self


class Recipe(Spec):
    """How to roll back: what must hold before, and the steps until all is as it was."""

    requires: list[str] = []
    """What must hold on telemetry before it is begun, as expressions."""
    steps: list[RunbookStep] = []
    """The rollback and what has to be done after it to recover."""


class Forbidden(Spec):
    """What must not be done here."""

    kind: str
    """The operation."""
    reason: str = Field(min_length=1)
    """Why."""


class Escalation(Spec):
    """Who is called when it does not help: the first at once, the next at its time where nobody answered."""

    role: str = Field(min_length=1)
    """The role."""
    after: Duration = 30 * 60 * NS_PER_SECOND
    """How long after the incident was declared they are to be called at the latest, if it is not over by then."""


class Message(Spec):
    """A message for when there is no time to write one."""

    audience: str = Field(min_length=1)
    """Who is told."""
    when: Literal["declared", "mitigated", "escalated", "closed"] = "declared"
    """On which occasion."""
    text: str = Field(min_length=1)
    """What, with facts filled in, as "{candidate} is at {share} since {now}"."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it has filled in; raises ValueError where its braces do not match."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name is not None)


class Runbook(Spec):
    """What to do about some alerts."""

    alerts: list[str] = []
    """The alerts it is for."""
    severity: int = Field(default=2, ge=1, le=5)
    """How grave the incident is, 1 is the gravest."""
    symptoms: str = ""
    """What is seen."""
    impact: str = ""
    """What it means for users."""
    diagnosis: str = ""
    """What is wrong then, a kind of fault or drift."""
    steps: list[RunbookStep] = Field(min_length=1)
    """What to do, in order."""
    rollback: Recipe = Recipe()
    """The rollback recipe."""
    forbidden: list[Forbidden] = []
    """What must not be done."""
    escalation: list[Escalation] = []
    """Who is called, in order."""
    messages: list[Message] = []
    """Messages to audiences."""

    @property
    def all_steps(self) -> Sequence[RunbookStep]:
        """The steps, then those of the rollback recipe: numbered through from 1."""
        return [*self.steps, *self.rollback.steps]

    def expressions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every expression with its place within the runbook."""
        for index, step in enumerate(self.steps):
            if step.verify:
                yield ("steps", index, "verify"), step.verify
        for index, said in enumerate(self.rollback.requires):
            yield ("rollback", "requires", index), said
        for index, step in enumerate(self.rollback.steps):
            if step.verify:
                yield ("rollback", "steps", index, "verify"), step.verify

    def after(self, number: int, word: str) -> int | Literal["done", "escalate"]:
        """Which step (from 1) comes after one, or that it is done or has to be escalated, by what the step says."""
        if word in ("done", "escalate"):
            return "done" if word == "done" else "escalate"
        if word == "recipe":
            return len(self.steps) + 1 if self.rollback.steps else "escalate"
        if word != "next":
            return next(at for at, step in enumerate(self.all_steps, start=1) if step.title == word and at > number)
        # The steps do not run on into the recipe.
        last = len(self.steps) if number <= len(self.steps) else len(self.all_steps)
        return number + 1 if number < last else "done"
