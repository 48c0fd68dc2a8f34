"""What is wrong with runbooks that only the whole file can tell: names, expressions, where steps lead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.base.names import nowhere
from sandbox.decide.alerts.parse import parse_expression
from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.runbook import FACTS, WORDS, Runbook, RunbookStep
from sandbox.scenario.alerts import Around, condition_problems
from sandbox.scenario.classes import CLASSES
from sandbox.scenario.complaint import Complaint
from sandbox.scenario.locate import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The names that actions may use, by the argument in which they stand; empty where the file does not know them."""

    known: Mapping[str, list[str]]


def runbook_problems(runbooks: Mapping[str, Runbook], *, around: Around, named: Named) -> Iterator[Complaint]:
    """Everything that is wrong with them."""
    for name, one in runbooks.items():
        at: Path = ("runbook", name)
        for position, alert in enumerate(one.alerts):
            alerts = named.known["alert"]
            if alert not in alerts:
                yield Complaint((*at, "alerts", position), nowhere("alert", alert, alerts), (("alerts",), ("slos",)))
        if one.diagnosis and one.diagnosis not in CLASSES:
            yield Complaint((*at, "diagnosis"), nowhere("kind of fault or drift", one.diagnosis, CLASSES))
        for place, said in one.expressions():
            yield from _unclear((*at, *place), said, around)
        yield from _steps(at, one, named)
        yield from _forbidden(at, one)
        yield from _messages(at, one)


def _unclear(at: Path, said: str, around: Around) -> Iterator[Complaint]:
    try:
        expression = parse_expression(said)
    except ValueError as unclear:
        yield Complaint(at, str(unclear))
    else:
        yield from condition_problems(around, at, expression.condition)


def _placed(one: Runbook) -> Iterator[tuple[Path, int, RunbookStep]]:
    for index, step in enumerate(one.steps):
        yield ("steps", index), index + 1, step
    for index, step in enumerate(one.rollback.steps):
        yield ("rollback", "steps", index), len(one.steps) + index + 1, step


def _steps(at: Path, one: Runbook, named: Named) -> Iterator[Complaint]:
    titles = [step.title for step in one.all_steps]
    rests: tuple[Path, ...] = ((*at, "steps"), (*at, "rollback", "steps"))
    for place, number, step in _placed(one):
        here: Path = (*at, *place)
        if step.title in titles[: number - 1]:
            yield Complaint((*here, "title"), f'"{step.title}" stands here twice; rename one')
        for key in ("then", "otherwise"):
            word, later = getattr(step, key), titles[number:]
            if word == "recipe" and not one.rollback.steps:
                yield Complaint((*here, key), f"there is no recipe; add [runbook.{at[1]}.rollback] with steps", rests)
            elif word not in (*WORDS, *later):
                yield Complaint((*here, key), nowhere("later step", word, [*WORDS, *later]), rests)
        for key, known in named.known.items() if step.action is not None else ():
            said = getattr(step.action, key, None)
            if said is not None and known and said not in known:
                yield Complaint((*here, "action", key), nowhere(key, said, known))


def _forbidden(at: Path, one: Runbook) -> Iterator[Complaint]:
    for position, ban in enumerate(one.forbidden):
        here: Path = (*at, "forbidden", position, "kind")
        if ban.kind not in BY_NAME:
            yield Complaint(here, nowhere("operation", ban.kind, tuple(BY_NAME)))
        for _, number, step in _placed(one):
            if step.action is not None and step.action.kind == ban.kind:
                yield Complaint(here, f"step {number} does what is forbidden here; remove one")


def _messages(at: Path, one: Runbook) -> Iterator[Complaint]:
    for position, message in enumerate(one.messages):
        here: Path = (*at, "messages", position, "text")
        try:
            facts = message.facts
        except ValueError:
            yield Complaint(here, 'its braces do not match; a fact is written as "{candidate}", a brace as "{{"')
            continue
        for fact in facts:
            if fact not in FACTS:
                yield Complaint(here, nowhere("fact", fact, FACTS))
