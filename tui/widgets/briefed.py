"""What is told of a plan before take-off, and in flight to whoever asks again."""

from collections.abc import Iterable, Iterator

from sandbox.base.units import format_duration
from tui.sheet import Sheet
from tui.widgets.drawn import Drawing, line


def recalled(sheet: Sheet, story: str) -> Iterator[Drawing]:
    """What was told before, for whoever asks again in flight."""
    yield line(" ".join(story.split()) or sheet.title)
    yield line("")
    yield from ramp(sheet)
    yield line("")
    yield from judged(sheet)


def ramp(sheet: Sheet) -> Iterator[Drawing]:
    """The steps of a plan, with how long each bakes."""
    yield line(("The ramp", "strong"))
    for number, step in enumerate(sheet.steps, start=1):
        bakes = f"bakes {format_duration(step.bake)}"
        yield line((f"  {number:>2}  ", "faint"), f"{step.title:<20} ", (bakes, "faint"))
    if not sheet.gates:
        return
    if sheet.patience is None:
        yield line(("      then a step waits for its gates to the day's end", "faint"))
    else:
        then = "advances" if sheet.then == "advance" else "rolls back"
        waits = f"waits for its gates {format_duration(sheet.patience)} at most, and {then}"
        yield line((f"      then a step {waits}", "faint"))


def judged(sheet: Sheet) -> Iterable[Drawing]:
    """The gates and alerts of a plan, with what they ask."""
    for gate in sheet.gates:
        watch = "" if gate.decides else " (watches only)"
        yield line(f"{gate.name} ", (f"{gate.metric} ", "faint"), (gate.asks, "limit"), (watch, "faint"))
    if not sheet.gates:
        yield line(("no gate: nothing but you stops the ramp", "warn"))
    if sheet.alerts:
        yield line("")
    inks = {"page": "page", "ticket": "ticket"}
    for alert in sheet.alerts:
        does = "" if alert.action == "none" else f", and the ramp will {alert.action}"
        yield line((f"{alert.severity} ", inks.get(alert.severity, "info")), f"{alert.name} ", (alert.when, "limit"),
                   (does, "warn"))
    if sheet.roles:
        yield line("")
        yield line(("approvals  ", "faint"), ", ".join(sheet.roles))
    if sheet.runbooks or sheet.oncall:
        yield line("")
    for name, book in sheet.runbooks.items():
        about = f" for {', '.join(book.alerts)}" if book.alerts else ""
        yield line(("runbook    ", "faint"), name, (f"{about}, {len(book.all_steps)} steps", "faint"))
    if sheet.oncall:
        yield line(("on call    ", "faint"), sheet.oncall)
