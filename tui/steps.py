"""The steps of a plan's runbooks: which of them somebody did who used a lever instead, and which comes next."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.runbook import Runbook, RunbookStep
from tui.frame import AlertNow, Suggested

Books = Mapping[str, Runbook]


def steps_of(books: Books) -> Iterator[tuple[str, int, RunbookStep]]:
    """Each step with the name of its runbook and its number: those of a recipe after the others, from 1 on."""
    for name, book in books.items():
        yield from ((name, number, step) for number, step in enumerate(book.all_steps, start=1))


def done_by(books: Books, kind: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The steps whose action is this very command."""
    wanted = BY_NAME[kind].model_validate({**arguments, "kind": kind})
    for name, number, step in steps_of(books):
        if step.action == wanted:
            yield name, number


def next_of(book: Runbook, said: Mapping[int, str]) -> int | Literal["done", "escalate"]:
    """The step that comes next by what became of those before; one that is done and not yet verified comes again."""
    number: int | Literal["done", "escalate"] = 1
    while isinstance(number, int):
        step, became = book.all_steps[number - 1], said.get(number, "")
        if became.startswith("verified") or (became.startswith("done") and not step.verify):
            number = book.after(number, step.then)
        elif became.startswith("not verified"):
            number = book.after(number, step.otherwise)
        else:
            break
    return number


def suggested(books: Books, alerts: Iterable[AlertNow], steps: Mapping[tuple[str, int], str]) -> dict[str, Suggested]:
    """The runbooks for alerts that fire, and those that were begun on one and are not at their end."""
    states: dict[str, bool] = {}
    for one in alerts:
        states[one.name] = states.get(one.name, False) or one.firing
    found: dict[str, Suggested] = {}
    for name, book in books.items():
        its = tuple(alert for alert in book.alerts if alert in states)
        said = {number: became for (of, number), became in steps.items() if of == name}
        comes = next_of(book, said)
        if any(states[alert] for alert in its) or (its and said and comes != "done"):
            found[name] = Suggested(alerts=its, next=comes)
    return found
