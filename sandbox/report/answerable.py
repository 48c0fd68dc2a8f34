"""Who decided what, on which evidence: read back from the journal, every piece with its place there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.base.flight import Flight
from sandbox.base.journal import Entry

PLAN = "the plan"
"""Who decides that a ramp begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was known, and the entry of the journal that says so."""

    entry: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """One decision or command: its entry, who answers for it, what it was, and what was known then.

    `because` is the reason of a decision; of a command it is how it was answered.
    """

    entry: int
    kind: Literal["decision", "command"]
    at: int
    who: str
    what: str
    because: str
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class _Desk:
    """What is known by now: judgements of this instant and those before it, orders, alerts, approvals, windows."""

    at: int = -1
    judged: dict[str, Evidence] = field(default_factory=dict)
    before: dict[str, Evidence] = field(default_factory=dict)
    ordered: str = ""
    firing: dict[str, Evidence] = field(default_factory=dict)
    approved: dict[int, list[Evidence]] = field(default_factory=dict)
    windows: list[int] = field(default_factory=list)
    step: int = -1

    def turn_to(self, at: int) -> None:
        """What was judged and ordered belongs to its instant."""
        if at != self.at:
            self.before |= self.judged
            self.at, self.judged, self.ordered = at, {}, ""


def answerable(flight: Flight) -> tuple[Answerable, ...]:
    """Everything that was decided or commanded, in order."""
    return tuple(_walk(flight))


def _walk(flight: Flight) -> Iterator[Answerable]:
    desk = _Desk()
    for number, entry in enumerate(flight.journal):
        desk.turn_to(entry.at)
        if entry.kind == "ramp" and entry.facts["what"] != "hold":
            yield _moved(number, entry, desk)
        elif entry.kind == "command" and entry.facts["actor"] != "policy":
            yield _commanded(number, entry)
        _take_in(number, entry, desk)


def _take_in(number: int, entry: Entry, desk: _Desk) -> None:
    facts = entry.facts
    if entry.kind == "begin":
        for one in facts.get("approvals", []):
            said = f"{one['role']} approved step {one['step']} on file, by {one['by']}"
            desk.approved.setdefault(int(one["step"]), []).append(Evidence(entry=number, said=said))
    elif entry.kind == "window":
        desk.windows.append(number)
    elif entry.kind == "gate" and facts["decides"]:
        verdict = str(facts["verdict"]).replace("_", " ").upper()
        said = f"{facts['gate']}: {verdict}, {facts['because']} (n {facts['n']:,})"
        desk.judged[str(facts["gate"])] = Evidence(entry=number, said=said)
    elif entry.kind == "alert":
        labels = ", ".join(facts["labels"].values())
        name = f"alert {facts['alert']}{f' ({labels})' if labels else ''}"
        desk.firing.pop(name, None)
        if facts["state"] == "firing":
            desk.firing[name] = Evidence(entry=number, said=f"{name} fires: {facts['because']}")
    elif entry.kind in ("command", "effect"):
        desk.ordered = str(facts["actor"])
        if entry.kind == "command" and facts["kind"] == "approve" and facts["answer"] == "accepted":
            said = f"{facts['arguments'].get('role', '')} approved the next step in flight, by {facts['actor']}"
            desk.approved.setdefault(desk.step + 2, []).append(Evidence(entry=number, said=said))


def _moved(number: int, entry: Entry, desk: _Desk) -> Answerable:
    facts, before = entry.facts, desk.step
    step = int(facts["step"])
    title = "" if facts["what"] in ("roll back", "abort", "promote") else f" to {facts['title']}"
    word = "begin" if before < 0 else "advance" if facts["what"] == "step" else str(facts["what"])
    next_step = before + 3 if facts["what"] == "promote" else step + 1
    # Whoever acts between two looks knows what the gates said last.
    judged = (desk.judged or desk.before).values()
    evidence = [*judged, *desk.firing.values(), *desk.approved.get(next_step, [])]
    if desk.windows:
        count = len(desk.windows)
        said = f"{count:,} window{'' if count == 1 else 's'} read since the last move, the last in #{desk.windows[-1]}"
        evidence.append(Evidence(entry=desk.windows[0], said=said))
    desk.step, desk.windows, desk.before = step, [], {}
    desk.judged.clear()
    return Answerable(
        entry=number, kind="decision", at=entry.at, who=desk.ordered or PLAN, what=f"{word}{title}",
        because=str(facts["because"]), evidence=tuple(evidence),
    )


def _commanded(number: int, entry: Entry) -> Answerable:
    facts = entry.facts
    arguments = ", ".join(f"{name} {_short(value)}" for name, value in facts["arguments"].items())
    answer = str(facts["answer"]) + (f": {facts['reason']}" if facts.get("reason") else "")
    return Answerable(
        entry=number, kind="command", at=entry.at, who=str(facts["actor"]), what=str(facts["kind"]) + (
            f" ({arguments})" if arguments else ""
        ), because=answer, evidence=(),
    )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
