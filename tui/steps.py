"""The steps of a plan's runbooks: which of them somebody did who used a lever instead, and which comes next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.runbook import Runbook, RunbookStep
from tui.frame import AlertNow, StepNow, Suggested

Books = Mapping[str, Runbook]
FAILED = ("not done", "not verified")


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


def next_of(book: Runbook, became: Mapping[int, StepNow], *, since: int = 0) -> int | Literal["done", "escalate"]:
    """The step that comes next, by what became of those before since an instant.

    One that is under way, or done and not yet verified, comes again, and so does one to which a later one leads back.
    """
    number = 1
    while True:
        step, now = book.all_steps[number - 1], became.get(number)
        if now is None or now.at < since:
            return number
        if now.what == "verified" or (now.what == "done" and not step.verify):
            comes = book.after(number, step.then)
        elif now.what in FAILED:
            comes = book.after(number, step.otherwise)
        else:
            return number
        if not isinstance(comes, int) or comes <= number:
            return comes
        number = comes


def suggested(
    books: Books, alerts: Sequence[AlertNow], steps: Mapping[tuple[str, int], StepNow]
) -> dict[str, Suggested]:
    """The runbooks for alerts that fire, and those that were begun on one that did and are not at their end."""
    found: dict[str, Suggested] = {}
    for name, book in books.items():
        its = [one for one in alerts if one.fired and one.name in book.alerts]
        if not its:
            continue
        firing = [one for one in its if one.firing]
        became = {number: now for (of, number), now in steps.items() if of == name}
        comes = next_of(book, became, since=min(one.active_at for one in firing or its))
        if firing or (isinstance(comes, int) and comes > 1):
            found[name] = Suggested(alerts=tuple(dict.fromkeys(one.name for one in firing or its)), next=comes)
    return found
