"""Gates, alerts and the log as lines of lists."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.base.clock import clock
from sandbox.base.units import format_duration
from sandbox.report.log import Line
from tui.frame import AlertNow, GateNow, Instructor, View
from tui.glyphs import Glyphs
from tui.names import told_apart
from tui.series import EMPTY, Series
from tui.sheet import GateSheet, Sheet
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Item

VERDICT_INKS = {"pass": "good", "fail": "page", "error": "page", "inconclusive": "limit", "no_data": "faint"}
SEVERITY_INKS = {"page": "page", "ticket": "ticket", "info": "info"}
WHO_INKS = {"gate": "plain", "alert": "page", "ramp": "good", "you": "accent", "notify": "info", "world": "truth"}


NARROW = 50
"""In fewer cells an alert is listed without its time, which its detail has, and a gate's name gets half of them."""


def gate_items(gates: Sequence[GateNow], sheet: Sheet, glyphs: Glyphs, *, width: int) -> list[Item]:
    """Gates, each with its verdict by sign and word, the inequality that decided, and over what it was read."""
    words = {gate.name: gate.verdict.replace("_", " ") for gate in gates}
    verdict = max(map(len, words.values()), default=0)
    names = told_apart(words, max(12, (width - verdict) // 2))
    over = {one.name: one.over for one in sheet.gates}
    latest = max((one.at for one in gates), default=0)
    return [
        Item(gate.name, (
            (f"{glyphs.verdict(gate.verdict)} {words[gate.name]:<{verdict}} ",
             VERDICT_INKS[gate.verdict] if gate.at == latest else "faint"),
            (f"{names[gate.name]}  ", "plain"),
            ("" if gate.at == latest else f"not asked since {clock(gate.at)}: ", "warn"), (gate.because, "faint"),
            (f" over {over[gate.name]}" if gate.name in over else "", "faint"),
            ("" if gate.decides else "  (watches)", "faint"),
        ), about=gate.name)
        for gate in gates
    ]


def gate_detail(
    gate: GateNow, sheet: Sheet, glyphs: Glyphs, series: Mapping[str, Series] | None = None
) -> Iterator[Drawing]:
    """All that is known of a gate: what it asks and of what, where its limit is now, and what it said in this step."""
    asked = next((one for one in sheet.gates if one.name == gate.name), None)
    yield line((gate.name, "strong"), ("" if gate.decides else "  watches, and decides nothing", "faint"))
    yield line((f"{gate.verdict.replace('_', ' ')} ", VERDICT_INKS[gate.verdict]), gate.because)
    if asked is not None:
        yield line(("asks ", "faint"), f"{asked.metric} {asked.asks}, ", f"over {asked.over}")
        yield from _moving(asked, sheet, series or {})
    said = "".join(glyphs.verdict(one) for one in gate.said)
    needs = f", {gate.needs}" if gate.needs else ""
    yield line((f"n {gate.n:,}{needs}, asked at {clock(gate.at)}; in this step it said {said}", "faint"))


def _moving(gate: GateSheet, sheet: Sheet, series: Mapping[str, Series]) -> Iterator[Drawing]:
    """Why the limit of a gate that compares moves, and where it is by the instrument's last window."""
    dial = sheet.dial(gate.metric)
    if dial is not None and gate.moves is not None:
        where = dial.moves(series.get(dial.name, EMPTY).latest, gate.moves)[0]
        yield line(("now ", "faint"), f"{where} (the last {format_duration(sheet.tick)})")


def alert_items(alerts: Sequence[AlertNow], glyphs: Glyphs, *, width: int) -> list[Item]:
    """Alerts, each with its severity by sign and word, its state, and what was done about it."""
    times = [f"{clock(one.since)} " if width >= NARROW or not width else "" for one in alerts]
    marks = [f"{_marks(one)} " for one in alerts]
    used = 9 + max(map(len, times), default=0) + max(map(len, marks), default=0)
    room = max(12, width - used)
    whole = {one.id: _called(one, alerts, room=room if width else 0) for one in alerts}
    names = told_apart(whole.values(), room if width else NARROW)
    return [
        Item(one.id, (
            (f"{_sign(one, glyphs)} {one.severity.upper():<6} ", _severity_ink(one)), (time, "faint"),
            (mark, "accent" if one.firing else "faint"), (names[whole[one.id]], "plain"),
        ), about=f"{one.name} {one.arm}")
        for one, time, mark in zip(alerts, times, marks, strict=True)
    ]


def _called(alert: AlertNow, among: Sequence[AlertNow], *, room: int) -> str:
    """An alert's name; with its arm where there is room for it, or where another one has the same name."""
    whole = f"{alert.name} ({alert.arm})" if alert.arm else alert.name
    alone = sum(one.name == alert.name for one in among) == 1
    return alert.name if alone and len(whole) > room else whole


def _sign(alert: AlertNow, glyphs: Glyphs) -> str:
    return glyphs.severity(alert.severity) if alert.firing else "~" if alert.state == "pending" else " "


def _severity_ink(alert: AlertNow) -> str:
    return SEVERITY_INKS.get(alert.severity, "info") if alert.firing else "faint"


def _marks(alert: AlertNow) -> str:
    if not alert.firing:
        return alert.state if alert.state == "pending" else "resolved"
    marks = [("ack", alert.acknowledged), ("silenced", alert.silenced), ("escalated", alert.escalated)]
    said = [word for word, by in marks if by]
    return ", ".join(said) if said else "unacked"


def alert_detail(alert: AlertNow, sheet: Sheet, view: View, *, key: str) -> Iterator[Drawing]:
    """All that is known of an alert, and what was agreed to do about it, which a key shows."""
    arm = f" ({alert.arm})" if alert.arm else ""
    yield line((f"{alert.name}{arm}", "strong"), (f"  {alert.kind.replace('-', ' ')}", "faint"))
    asked = next((one.when for one in sheet.alerts if one.name == alert.name), "")
    yield line(alert.because, (f"  when {asked}" if asked else "", "faint"))
    marks = (("acknowledged", alert.acknowledged), ("silenced", alert.silenced), ("escalated", alert.escalated))
    yield from (line((f"{word} {by}", "accent")) for word, by in marks if by)
    for name, one in view.suggested.items():
        if alert.name in one.alerts and one.next != "done":
            comes = f"step {one.next} comes next" if one.next != "escalate" else "escalate"
            yield line((f"runbook {name}: {comes}", "warn"), (f"  {key} shows it", "faint"))
    since = f"{alert.state} since {clock(alert.since)}, active since {clock(alert.active_at)}"
    yield line((since, "faint"))


def log_item(one: Line, number: int, *, who: int = 6) -> Item:
    """A line of the log, with so many cells for who speaks."""
    ink = WHO_INKS.get(one.who, "accent")
    verdict = f"{one.verdict} " if one.verdict else ""
    bad = one.verdict in ("FAIL", "ERROR", "FIRING")
    aside = " · ".join(filter(None, (one.needs, one.aside)))
    pieces: tuple[Piece, ...] = (
        (f"{clock(one.at):<9}", "faint"), (f"{one.who:<{who}} ", ink if one.who != "gate" else "faint"),
        (f"{one.what} ", "plain"), (verdict, "page" if bad else "good"), (one.because, "faint"),
        (f"  ({aside})" if aside else "", "faint"),
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
