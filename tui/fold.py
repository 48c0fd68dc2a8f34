"""Folds a journal and its windows into what screens show; the same for a flight in the air and one on record.

It reads what telemetry carried and what people did. Entries that are truth go to the instructor and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sandbox.base.clock import clock
from sandbox.base.journal import Entry
from sandbox.base.window import Layout, Window
from sandbox.decide.alerts.slo import spent
from sandbox.observe.metrics.view import Reference
from sandbox.report.decisions import said
from sandbox.report.levels import needed
from sandbox.report.log import Line, Telling
from tui.draw.lanes import YOU
from tui.frame import AlertNow, BudgetNow, GateNow, Instructor, Mark, RampNow, StepNow, View
from tui.instruments import Instruments, Memo
from tui.sheet import Sheet
from tui.steps import done_by, suggested

PHASES = {"promote": "promoted", "roll back": "rolled_back", "abort": "aborted"}
SEVERITIES = {"page": 0, "ticket": 1, "info": 2}
STATES = {"firing": 0, "pending": 1, "inactive": 2}
LOOKED = ("verified", "not verified")
"""What becomes of a step of a runbook after which telemetry was asked."""
MOST_SAID = 40
"""So many of a gate's last looks are kept."""


class Fold:
    """What a flight looks like so far; `take` adds to it, `view` shows it."""

    def __init__(
        self, sheet: Sheet, *, layout: Layout, reference: Reference | None, memo: Memo | None = None
    ) -> None:
        self.sheet = sheet
        self._telling = Telling(sheet.plan)
        self.instruments = Instruments(sheet, layout=layout, reference=reference, memo=memo)
        self._ramp = RampNow()
        self._gates: dict[str, GateNow] = {}
        self._alerts: dict[str, AlertNow] = {}
        self._lines: list[Line] = []
        self._marks: list[Mark] = []
        self._truth: list[Line] = []
        self._counted: dict[tuple[str, str], tuple[float, float]] = {}
        self._steps: dict[tuple[str, int], StepNow] = {}
        self._asked: dict[int, dict[str, Any]] = {}
        self._outcome, self._unseen = "", False

    def take(self, entries: Iterable[Entry], windows: Iterable[Window]) -> tuple[Line, ...]:
        """Add what came in, and say which lines of the log it was worth."""
        for window in windows:
            self.instruments.take(window)
        news: list[Line] = []
        for entry in entries:
            if entry.truth:
                self._true(entry)
                continue
            news += self._telling.tell(entry)
            self._take(entry)
        self._lines += news
        return tuple(news)

    def view(self, at: int, *, instructor: Instructor | None = None) -> View:
        """How it looks at an instant, which is that of the last entry or later; truth only for an instructor."""
        seen = self.instruments.last("traffic.share")
        return View(
            at=at, ramp=replace(self._ramp, seen_share=seen), gates=tuple(self._gates.values()),
            alerts=tuple(sorted(self._alerts.values(), key=_urgency)), lines=tuple(self._lines),
            marks=tuple(self._marks), budgets=tuple(self._budgets(at)), series=self.instruments.series(),
            steps=dict(self._steps),
            suggested=suggested(self.sheet.runbooks, tuple(self._alerts.values()), dict(self._steps)),
            unseen=self._unseen, matured_to=self.instruments.matured_to, outcome=self._outcome,
            instructor=None if instructor is None else replace(instructor, lines=tuple(self._truth)),
        )

    def _true(self, entry: Entry) -> None:
        facts = entry.facts
        if entry.kind == "drift":
            until = "" if facts["until"] >= self.sheet.duration else f" until {clock(facts['until'])}"
            self._truth.append(Line(at=facts["from"], who="world", what=f"{facts['kind']} drift{until}", truth=True))
        elif entry.kind == "fault":
            on = f" on {facts['model']}" if facts["model"] else ""
            what = f"{facts['kind']}{on} {facts['what']}"
            self._truth.append(Line(at=entry.at, who="world", what=what, truth=True))

    def _take(self, entry: Entry) -> None:
        if entry.kind == "gate":
            self._gate(entry)
        elif entry.kind == "ramp":
            self._moved(entry)
        elif entry.kind == "alert":
            self._alerted(entry)
        elif entry.kind == "scrape":
            self._scraped(entry)
        elif entry.kind == "command":
            self._commanded(entry)
        elif entry.kind == "verify":
            step = str(entry.facts["runbook"]), int(entry.facts["step"])
            self._steps[step] = StepNow(what=entry.facts["what"], at=entry.at, by=_by(entry))
        elif entry.kind == "effect":
            self._effected(entry)
        elif entry.kind == "end":
            self._outcome = str(entry.facts["outcome"])

    def _gate(self, entry: Entry) -> None:
        facts = entry.facts
        before = self._gates.get(facts["gate"])
        before_it = before.said if before is not None and before.at > self._ramp.since else ()
        self._gates[facts["gate"]] = GateNow(
            name=facts["gate"], verdict=facts["verdict"], because=facts["because"], n=facts["n"], at=entry.at,
            decides=facts["decides"], needs=needed(said(entry), self.sheet.plan),
            said=(*before_it, facts["verdict"])[-MOST_SAID:],
        )

    def _moved(self, entry: Entry) -> None:
        facts = entry.facts
        if facts["what"] == "hold":
            self._ramp = replace(self._ramp, waits_for=str(facts["because"]))
            return
        step, what = int(facts["step"]), str(facts["what"])
        bake = self.sheet.steps[step].bake if 0 <= step < len(self.sheet.steps) else 0
        fresh = what == "step" or what in PHASES
        self._ramp = replace(
            self._ramp, phase=PHASES.get(what, "climbing"), step=step, set_share=float(facts["share"]), waits_for="",
            because=str(facts.get("because", "")),
            since=entry.at if fresh else self._ramp.since, bake_ends=entry.at + bake if fresh else self._ramp.bake_ends,
            diverted=_diverted(self._ramp.diverted, what),
        )
        self._marks.append(Mark(at=entry.at, letter="r"))

    def _alerted(self, entry: Entry) -> None:
        facts = entry.facts
        arm = str(facts["labels"].get("arm", ""))
        now = AlertNow(
            name=facts["alert"], arm=arm, severity=facts["severity"], state=facts["state"], since=entry.at,
            active_at=facts["active_at"], because=facts["because"], kind=facts["kind"],
        )
        before = self._alerts.get(now.id)
        now = replace(now, fired=now.firing or (before is not None and before.fired))
        if before is not None and before.active_at == now.active_at:
            now = replace(
                now, acknowledged=before.acknowledged, silenced=before.silenced, escalated=before.escalated
            )
        self._alerts[now.id] = now
        if now.firing:
            self._unseen = self._unseen or not now.acknowledged
            self._marks.append(Mark(at=entry.at, letter="A"))

    def _commanded(self, entry: Entry) -> None:
        facts = entry.facts
        if facts["actor"] == "policy":
            return
        self._marks.append(Mark(at=entry.at, letter="o"))
        if facts["answer"] == "accepted":
            self._asked[facts["id"]] = facts["arguments"]

    def _effected(self, entry: Entry) -> None:
        """A command takes effect; one that failed changed nothing."""
        facts, by = entry.facts, f"{entry.facts['actor']} {clock(entry.at)}"
        if facts["what"] != "effective":
            return
        arguments, kind = self._asked.get(facts["id"], {}), facts["kind"]
        if facts["id"] in self._asked:
            self._done(done_by(self.sheet.runbooks, kind, arguments), entry)
        if kind in ("hold", "resume"):
            held = kind == "hold"
            waits = self._ramp.waits_for if held else ""
            self._ramp = replace(self._ramp, held=held, waits_for=waits)
        elif kind == "perform":
            self._performed(str(arguments["runbook"]), int(arguments["step"]), entry)
        elif kind == "acknowledge":
            self._unseen = False
            self._mark(lambda one: one.firing and not one.acknowledged, acknowledged=by)
        elif kind == "escalate":
            self._mark(lambda one: one.firing, escalated=f"to {arguments.get('role', '')}, {by}")
        elif kind in ("silence", "unsilence"):
            said = f"for {arguments.get('lasts', '')} by {by}: {arguments.get('reason', '')}"
            silenced = said if kind == "silence" else ""
            self._mark(lambda one: one.name == arguments.get("alert"), silenced=silenced)

    def _done(self, steps: Iterable[tuple[str, int]], entry: Entry) -> None:
        """Somebody did these steps; what was looked for after one, and found or not, stands."""
        for step in steps:
            before = self._steps.get(step)
            if before is None or before.what not in LOOKED:
                self._steps[step] = StepNow(what="done", at=entry.at, by=_by(entry))

    def _performed(self, name: str, number: int, entry: Entry) -> None:
        """Somebody does a step; what it hands in is done when that takes effect, and no sooner."""
        before = self._steps.get((name, number))
        if self.sheet.runbooks[name].all_steps[number - 1].action is None:
            self._done([(name, number)], entry)
        elif before is None or before.at < entry.at:
            self._steps[name, number] = StepNow(what="under way", at=entry.at, by=_by(entry))

    def _mark(self, which: Callable[[AlertNow], bool], **marks: str) -> None:
        for name, alert in self._alerts.items():
            if which(alert):
                self._alerts[name] = replace(alert, **marks)  # type: ignore[arg-type]

    def _scraped(self, entry: Entry) -> None:
        for name, samples in entry.facts["samples"].items():
            for arm, (_, events, hits) in zip(self.sheet.arms, samples, strict=False):
                before = self._counted.get((name, arm), (0.0, 0.0))
                self._counted[name, arm] = (before[0] + events, before[1] + (hits or 0.0))

    def _budgets(self, at: int) -> Iterable[BudgetNow]:
        for slo in self.sheet.slos:
            for arm in self.sheet.arms if slo.model == "all" else (slo.model,):
                events, hits = self._counted.get((slo.metric, arm), (0.0, 0.0))
                dial = self.sheet.dial(slo.metric)
                bad = hits if dial is None or dial.measure.lower_is_better else events - hits
                burn, part = spent(bad, events, budget=slo.budget, elapsed=at, window=round(slo.window / slo.speed))
                yield BudgetNow(name=slo.name, arm=arm, left=1.0 - part, burn=burn)


def _by(entry: Entry) -> str:
    """Who did it, where it was somebody else than whoever sits here."""
    return "" if entry.facts["actor"] == YOU else str(entry.facts["actor"])


def _urgency(alert: AlertNow) -> tuple[int, int, int]:
    return STATES[alert.state], SEVERITIES.get(alert.severity, 1), -alert.since


def _diverted(before: tuple[str, ...], what: str) -> tuple[str, ...]:
    word, _, names = what.partition(" ")
    if word == "divert":
        return tuple(dict.fromkeys((*before, *names.split(", "))))
    return tuple(name for name in before if name != names) if word == "readmit" else before
