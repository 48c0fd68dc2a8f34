"""Gates, alerts and the log as lines of lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.base.clock import clock
from sandbox.report.log import Line
from tui.frame import AlertNow, GateNow, Instructor
from tui.glyphs import Glyphs
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Item

VERDICT_INKS = {"pass": "good", "fail": "page", "error": "page", "inconclusive": "limit", "no_data": "faint"}
SEVERITY_INKS = {"page": "page", "ticket": "ticket", "info": "info"}
WHO_INKS = {"gate": "plain", "alert": "page", "ramp": "good", "you": "accent", "notify": "info", "world": "truth"}


def gate_item(gate: GateNow, glyphs: Glyphs) -> Item:
    """A gate: its verdict by sign and word, and the inequality that decided."""
    ink = VERDICT_INKS[gate.verdict]
    word = gate.verdict.replace("_", " ")
    return Item(gate.name, (
        (f"{glyphs.verdict(gate.verdict)} {word:<12} ", ink), (f"{gate.name}  ", "plain"),
        (gate.because, "faint"), ("" if gate.decides else "  (watches)", "faint"),
    ))


def alert_item(alert: AlertNow, glyphs: Glyphs) -> Item:
    """An alert: severity by sign and word, its state, and what was done about it."""
    ink = SEVERITY_INKS.get(alert.severity, "info") if alert.firing else "faint"
    sign = glyphs.severity(alert.severity) if alert.firing else "~" if alert.state == "pending" else " "
    arm = f" ({alert.arm})" if alert.arm else ""
    return Item(alert.id, (
        (f"{sign} {alert.severity.upper():<6} ", ink), (f"{clock(alert.since)} ", "faint"),
        (f"{_marks(alert)} ", "accent" if alert.firing else "faint"), (f"{alert.name}{arm}", "plain"),
    ))


def _marks(alert: AlertNow) -> str:
    if not alert.firing:
        return alert.state if alert.state == "pending" else "resolved"
    marks = [("ack", alert.acknowledged), ("silenced", alert.silenced), ("escalated", alert.escalated)]
    said = [word for word, by in marks if by]
    return ", ".join(said) if said else "unacked"


def alert_detail(alert: AlertNow) -> Iterator[Drawing]:
    """All that is known of an alert."""
    yield line((alert.name, "strong"), (f"  {alert.kind.replace('-', ' ')}", "faint"))
    yield line(alert.because)
    marks = (("acknowledged", alert.acknowledged), ("silenced", alert.silenced), ("escalated", alert.escalated))
    yield from (line((f"{word} {by}", "accent")) for word, by in marks if by)
    since = f"{alert.state} since {clock(alert.since)}, active since {clock(alert.active_at)}"
    yield line((since, "faint"))


def log_item(one: Line, number: int) -> Item:
    """A line of the log."""
    ink = WHO_INKS.get(one.who, "accent")
    verdict = f"{one.verdict} " if one.verdict else ""
    bad = one.verdict in ("FAIL", "ERROR", "FIRING")
    pieces: tuple[Piece, ...] = (
        (f"{clock(one.at):<9}", "faint"), (f"{one.who:<7}", ink if one.who != "gate" else "faint"),
        (f"{one.what} ", "plain"), (verdict, "page" if bad else "good"), (one.because, "faint"),
        (f"  ({one.aside})" if one.aside else "", "faint"),
    )
    return Item(str(number), pieces)


def truth_lines(instructor: Instructor | None) -> list[Drawing]:
    """What is true, for the panel that says so."""
    if instructor is None:
        return []
    net = instructor.harmed - instructor.helped
    return [
        line((f"answers worse than the incumbent's so far: {instructor.harmed:,}, better: {instructor.helped:,}, "
              f"net {net:,}", "truth")),
        *(line((f"{clock(one.at):<9}", "faint"), (one.what, "truth")) for one in instructor.lines),
    ]


def runbook_items(
    plan: dict[str, Any], glyphs: Glyphs, steps: Mapping[tuple[str, int], str] | None = None
) -> list[Item]:
    """The steps of the plan's runbooks, with what became of each."""
    items = []
    for name, book in (plan.get("runbook") or {}).items():
        taken = [*book.get("steps", ()), *(book.get("rollback") or {}).get("steps", ())]
        items.append(Item(f"{name}/0", ((f"{name}", "strong"),)))
        for number, step in enumerate(taken, start=1):
            state = (steps or {}).get((name, number), "")
            sign = glyphs.spell({"verified": "✔", "not verified": "✖", "done": "•"}.get(state, "○"))
            ink = {"verified": "good", "not verified": "page", "done": "accent"}.get(state, "faint")
            items.append(Item(f"{name}/{number}", (
                (f"{sign} {number:>2} ", ink), (f"{step.get('title', '')} ", "plain"), (state, ink),
            )))
    return items
