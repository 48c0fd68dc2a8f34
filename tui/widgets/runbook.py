"""A plan's runbooks as lines of a list: what became of each step, which comes next, and what a step asks for."""

from collections.abc import Iterator, Mapping

from sandbox.base.units import format_duration
from sandbox.operate.operations.operation import Operation
from sandbox.operate.runbook import Runbook, RunbookStep
from tui.frame import StepNow, Suggested
from tui.glyphs import Glyphs
from tui.names import shortened
from tui.steps import Books, steps_of
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Item

SIGNS = {"verified": "✔", "not verified": "✖", "not done": "✖", "done": "•", "under way": "•"}
INKS = {"verified": "good", "not verified": "page", "not done": "page", "done": "accent", "under way": "accent"}
LEADS = {"next": "the next step", "recipe": "the rollback recipe"}
"""Where a step leads, in words; else it is the title of another step."""
ENDS = {"done": "nothing is left", "escalate": "escalate"}


def runbook_items(
    books: Books, glyphs: Glyphs, steps: Mapping[tuple[str, int], StepNow] | None = None, *,
    suggested: Mapping[str, Suggested] | None = None, width: int = 0,
) -> list[Item]:
    """The steps of runbooks, with what became of each, for which a long title makes room."""
    items: list[Item] = []
    for name, number, step in steps_of(books):
        its = (suggested or {}).get(name)
        if number == 1:
            items.append(_head(name, its, glyphs))
        now = (steps or {}).get((name, number))
        items.append(_step(name, number, step, now, comes=its is not None and its.next == number, glyphs=glyphs,
                           width=width))
    return items


def _head(name: str, its: Suggested | None, glyphs: Glyphs) -> Item:
    """A runbook's name, and why somebody should look at it."""
    if its is None:
        return Item(f"{name}/0", ((name, "strong"),))
    ends = {"done": "to its end", "escalate": "escalate"}.get(str(its.next), "")
    said = f"  {glyphs.spell('▶')} {ends}" if ends else f"  for {', '.join(its.alerts)}"
    return Item(f"{name}/0", ((name, "strong"), (said, "good" if its.next == "done" else "warn")))


def _step(
    name: str, number: int, step: RunbookStep, now: StepNow | None, *, comes: bool, glyphs: Glyphs, width: int
) -> Item:
    what = "" if now is None else now.what
    sign = glyphs.spell("▶" if comes else SIGNS.get(what, "○"))
    ink = "warn" if comes else INKS.get(what, "faint")
    found = became(step, now) if what in ("done", "under way") else what
    if step.decides:
        found = {"verified": "yes", "not verified": "no"}.get(what, found)
    if comes and not what:
        found = "next"
    room = max(12, width - len(found) - 6)
    return Item(f"{name}/{number}", (
        (f"{sign} {number:>2} ", ink), (f"{shortened(step.title, room) if width else step.title} ", "plain"),
        (found, ink),
    ))


def became(step: RunbookStep, now: StepNow | None) -> str:
    """What became of a step, in words, if anything; a question is asked, and not done."""
    if now is None:
        return ""
    return str(now).replace("done", "asked", 1) if step.decides and now.what == "done" else str(now)


def does(step: RunbookStep) -> str:
    """What performing a step comes to."""
    if step.action is not None:
        return f"{_written(step.action)}{'' if step.reversible else ', and cannot be taken back'}"
    return f"by hand: {step.command}" if step.command else f"asks telemetry whether {step.verify}"


def runbook_detail(
    books: Books, key: str, steps: Mapping[tuple[str, int], StepNow], suggested: Mapping[str, Suggested]
) -> Iterator[Drawing]:
    """All that is known of the line under the cursor: of a step, or of a runbook."""
    name, _, number = key.rpartition("/")
    if name not in books:
        return
    if number == "0":
        yield from _book(name, books[name], suggested.get(name))
        return
    step = books[name].all_steps[int(number) - 1]
    said = became(step, steps.get((name, int(number))))
    yield line((step.title, "strong"), (f"  {said}" if said else "", "accent"))
    if not step.decides:
        yield line(("does    ", "faint"), does(step))
    if step.expect:
        yield line(("expect  ", "faint"), step.expect)
    if step.verify:
        within = "" if step.decides else f" within {format_duration(step.within)}"
        yield line(("asks    " if step.decides else "looks   ", "faint"), f"{step.verify}{within}")
    yield line(*_leads(books[name], int(number)))


def _leads(book: Runbook, number: int) -> Iterator[Piece]:
    step = book.all_steps[number - 1]
    yes, no = (
        ENDS[comes] if not isinstance(comes := book.after(number, word), int) else LEADS.get(word, f'"{word}"')
        for word in (step.then, step.otherwise)
    )
    yield "then    ", "faint"
    yield (f"yes: {yes}; no: {no}" if step.decides else f"{yes}; if not: {no}"), "plain"


def _book(name: str, book: Runbook, its: Suggested | None) -> Iterator[Drawing]:
    yield line((name, "strong"), (f"  SEV{book.severity}", "faint"))
    if its is not None:
        comes = f"step {its.next} comes next" if isinstance(its.next, int) else ENDS[its.next]
        yield line(("fires   ", "faint"), (f"{', '.join(its.alerts)}: {comes}", "warn"))
    elif book.alerts:
        yield line(("for     ", "faint"), ", ".join(book.alerts))
    for label, said in (("seen    ", book.symptoms), ("means   ", book.impact)):
        if said:
            yield line((label, "faint"), said)
    for one in book.forbidden:
        yield line(("never   ", "faint"), f"{one.kind}: {one.reason}")
    if book.rollback.requires:
        yield line(("before  ", "faint"), f"rolling back: {' and '.join(book.rollback.requires)}")


def _written(action: Operation) -> str:
    """An operation with its arguments, in the words of a command."""
    said = action.model_dump(mode="json", exclude={"kind"}, exclude_unset=True)
    arguments = ", ".join(f"{name} {value}" for name, value in said.items())
    return f"{action.kind} {arguments}".rstrip()
