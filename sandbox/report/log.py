"""The flight log: one line for each thing that changed, as a person at the desk would have noted it.

A gate is noted when it fails, when it turns for the worse within a step, and once more as the evidence on which the
ramp moved; that it still says what it said a minute ago is not news. Lines of the world are truth: nobody who decided
saw them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from textwrap import shorten
from typing import Any

import numpy as np

from sandbox.base.flight import Flight
from sandbox.base.journal import Entry
from sandbox.base.units import NS_PER_SECOND, counted, format_duration, format_share
from sandbox.report.decisions import ENDINGS, Said, said
from sandbox.report.harm import Harm, overloads
from sandbox.report.levels import needed, rule

BEFORE = "before the ramp"
"""Where a rollout stands that has no step yet."""

_SILENCE = 5
"""So many ticks without a request at the end of a flight are worth a line."""

_MINUTE = 60 * NS_PER_SECOND
_GRAVITY = {"pass": 0, "inconclusive": 1, "no_data": 2, "error": 3, "fail": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log: when, who speaks, what changed, the verdict if a gate spoke, why, what p it needed to settle
    anything, and small print.
    """

    at: int
    who: str
    what: str
    verdict: str = ""
    because: str = ""
    aside: str = ""
    needs: str = ""
    truth: bool = False


def log(flight: Flight, suffered: Harm) -> tuple[Line, ...]:
    """Everything worth noting about a flight, in order of time: at one instant causes first, then what was done."""
    lines = [
        *_bent(flight), *_told(flight), *_in_force(flight), *_heard(flight), *_turned_away(flight),
        *_overloaded(flight), *_fell_silent(flight), *_harm_began(suffered),
    ]
    return tuple(sorted(lines, key=lambda line: line.at))


# What only the world knew.


def _bent(flight: Flight) -> Iterator[Line]:
    plan = flight.header.plan
    tables = {"drift": plan.get("drift", []), "fault": plan.get("faults", [])}
    for kind, intervals in groupby(flight.truth.intervals, key=lambda one: one.kind):
        for interval, table in zip(intervals, tables[kind], strict=False):
            drift = kind == "drift"
            what = f"{interval.name} drift sets in" if drift else _fault(table, " and ".join(interval.arms))
            yield _world(interval.start, what, because=_drift(table) if drift else "")
            if interval.end < flight.ended_at and interval.name != "none":
                yield _world(interval.end, f"{interval.name} {'drift' if drift else 'fault'} is over")


def _in_force(flight: Flight) -> Iterator[Line]:
    """Where faults stood in between: a split that is not the one that was set, or that came later."""
    applied = [one.facts.get("applied", []) for one in flight.journal if one.kind == "truth"]
    moves = [one for one in flight.journal if one.kind == "ramp" and "version" in one.facts]
    wanted = {one.facts["version"]: (one.at, float(one.facts["share"])) for one in moves}
    for at, version, rows in applied[-1] if applied else ():
        if version not in wanted:
            continue
        when, share = wanted[version]
        really = round(1.0 - rows[0][0], 9)
        if abs(really - share) > 1e-6:
            yield _world(at, f"{format_share(really)} in force, {format_share(share)} set")
        elif at > when:
            yield _world(at, f"{format_share(share)} in force", because=f"set {format_duration(at - when)} before")


def _turned_away(flight: Flight) -> Iterator[Line]:
    """Who opted out or left by the end, and how far people ever moved by what they were told."""
    said = next((one.facts for one in reversed(flight.journal) if one.kind == "truth"), {})
    away: dict[str, int] = said.get("turned_away", {})
    if away.get("left") or away.get("left_anyway"):
        anyway = f"{away['left_anyway']:,} would have had the incumbent stayed"
        yield _world(flight.ended_at, f"{counted(away['left'], 'user')} left by now", because=anyway)
    if away.get("opted_out"):
        yield _world(flight.ended_at, f"{away['opted_out']:,} users want no candidate any more by now")
    if moved := said.get("moved", []):
        at, _, shift = max(moved, key=lambda one: abs(one[2]))
        yield _world(at, f"people have moved by {shift:+.2g} standard deviations", because="as far as they ever do")


def _heard(flight: Flight) -> Iterator[Line]:
    """When a fleet hears of each share that was set."""
    said = next((one.facts for one in reversed(flight.journal) if one.kind == "truth"), {})
    moves = {one.facts["version"]: one for one in flight.journal if one.kind == "ramp" and "version" in one.facts}
    for version, half, last in said.get("heard", []):
        if version in moves:
            at = moves[version].at
            soon, late = (format_duration(-(-(heard - at) // _MINUTE) * _MINUTE) for heard in (half, last))
            yield _world(at, f"half of the devices hear of it within {soon}", because=f"the last within {late}")


def _fault(table: dict[str, Any], models: str) -> str:
    if table.get("kind") == "errors":
        return f"{table.get('rate')} of {models} fail"
    if table.get("kind") == "latency":
        return f"{models} is {table.get('factor'):g}× as slow"
    if table.get("kind") == "none":
        return "no fault: nothing breaks"
    return f"{table.get('kind')} on {models}" if models else f"{table.get('kind')} sets in"


def _drift(table: dict[str, Any]) -> str:
    said = [str(table.get("onset", ""))]
    told = [key for key in table if key not in _ONSET_KEYS and table[key] not in ([], None)]
    said += [f"{key.replace('_', ' ')} {_value(table[key])}" for key in told]
    return ", ".join(said)


_ONSET_KEYS = ("kind", "onset", "at", "width", "period", "until")


def _value(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if _is_number(value) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _overloaded(flight: Flight) -> Iterator[Line]:
    tick = flight.header.tick
    for model in flight.header.layout.arms:
        merged: list[tuple[int, int, float]] = []
        for name, start, end, ratio in overloads(flight):
            if name != model:
                continue
            if merged and start - merged[-1][1] <= 5 * tick:
                merged[-1] = (merged[-1][0], end, max(merged[-1][2], ratio))
            else:
                merged.append((start, end, ratio))
        for start, end, ratio in merged:
            because = f"busy {min(100, round(100 * ratio))}%, for {format_duration(end - start)}"
            yield _world(start, f"{model}'s pool is full", because=because)


def _fell_silent(flight: Flight) -> Iterator[Line]:
    """Where traffic ends before the flight does, as a recording may: gates then wait for what never comes."""
    asked = np.flatnonzero(flight.truth.requests.sum(axis=(1, 2, 3)))
    last = (int(asked[-1]) + 1 if len(asked) else 0) * flight.header.tick
    if flight.ended_at - last > _SILENCE * flight.header.tick:
        yield _world(last, "nobody asks any more", because=f"traffic ends {format_duration(flight.ended_at - last)} "
                     "before the flight does")


def _harm_began(suffered: Harm) -> Iterator[Line]:
    began = suffered.onset
    if began is not None:
        cause = f"because of {began.explained_by}: " if began.explained_by else ""
        span = format_duration(began.evident_at - began.at)
        much = f"net {began.net:,} of {began.requests:,} answers worse within {span}"
        yield _world(began.at, "harm begins", because=f"{cause}{much}")


def _world(at: int, what: str, *, because: str = "") -> Line:
    return Line(at=at, who="world", what=what, because=because, truth=True)


def _at(title: str) -> str:
    return title if title == BEFORE else f"at {title}"


# What everybody could know.


@dataclass(slots=True)
class _Gates:
    """What each gate said last in this step, and what the log said last about it."""

    step_title: str = BEFORE
    latest: dict[str, Said] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)

    def news(self, one: Said) -> bool:
        """Whether this answer is worth a line at once: it failed, or got worse than the log had it."""
        self.latest[one.gate] = one
        before = self.noted.get(one.gate)
        worse = before is not None and _GRAVITY[one.verdict] > _GRAVITY[before]
        grave = one.verdict in ("fail", "error") and before != one.verdict
        if before is None and not grave:
            if one.verdict == "pass":
                self.noted[one.gate] = "pass"
            return False
        if worse or grave:
            self.noted[one.gate] = one.verdict
        return worse or grave

    def clear(self, title: str) -> None:
        """Another step begins."""
        self.step_title = title
        self.latest, self.noted = {}, {}


def _told(flight: Flight) -> Iterator[Line]:
    telling = Telling(flight.header.plan)
    for entry in flight.journal:
        yield from telling.tell(entry)


class Telling:
    """Tells a flight as it goes: entry by entry of the journal, what somebody at the desk would have noted."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan, self._gates, self._holding = plan, _Gates(), ""
        self._asked: dict[int, Entry] = {}
        self._part = ""

    def tell(self, entry: Entry) -> Iterator[Line]:
        """The lines an entry is worth; none where it is truth, or no news."""
        gates = self._gates
        if entry.kind == "gate":
            one = said(entry)
            if gates.news(one):
                yield _gate(one, gates.step_title, self._plan)
        elif entry.kind in ("alert", "notify", "slo"):
            yield from _alerted(entry)
        elif entry.kind == "policy":
            yield Line(
                at=entry.at, who="policy", what=f"{entry.facts['policy']} would {entry.facts['what']}",
                because=str(entry.facts["because"]),
            )
        elif entry.kind == "command" and entry.facts["actor"] != "policy":
            self._asked[entry.facts["id"]] = entry
            if entry.facts["kind"] != "send" or entry.facts["answer"] == "refused":
                yield _command(entry)  # what was sent is an update, which has a line of its own
        elif entry.kind == "retraining":
            yield _trained(entry)
        elif entry.kind == "effect":
            asked = self._asked.pop(entry.facts["id"], None)
            self._part = "" if asked is None else str(asked.facts["arguments"].get("part", ""))
            yield from _effect(entry, asked)
        elif entry.kind == "verify":
            yield _verified(entry)
        elif entry.kind == "ramp":
            yield from self._ramp(entry)
        elif entry.kind == "end" and entry.facts["outcome"] == "held":
            yield _ended_held(entry, gates.step_title)

    def _ramp(self, entry: Entry) -> Iterator[Line]:
        gates = self._gates
        if entry.facts["what"] == "hold":
            reason = str(entry.facts["because"])
            subject = reason.split(",")[0] if ": " in reason else reason.lstrip("0123456789, ")
            if not reason.startswith("bakes until") and subject != self._holding:
                self._holding = subject
                asked = (needed(one, self._plan) for one in gates.latest.values() if reason.startswith(f"{one.gate}: "))
                what = f"holds {_at(gates.step_title)}"
                yield Line(at=entry.at, who="ramp", what=what, because=reason, needs=next(asked, ""))
            return
        if entry.facts["what"] in ("step", "promote") and entry.facts["because"] == "every gate passed":
            yield from (_gate(one, gates.step_title, self._plan) for one in gates.latest.values() if one.decides)
        yield _moved(entry, self._part)
        self._part = ""
        gates.clear(str(entry.facts["title"]))
        self._holding = ""


def _gate(one: Said, title: str, plan: dict[str, Any]) -> Line:
    parts = [f"n {one.n:,}", BEFORE if one.step < 0 else title]
    if one.verdict == "fail":
        parts += rule(one, plan)
    if not one.decides:
        parts.append("dry run")
    return Line(
        at=one.at, who="gate", what=one.gate, verdict=one.verdict.replace("_", " ").upper(), because=one.because,
        aside=" · ".join(parts), needs=needed(one, plan),
    )


def _trained(entry: Entry) -> Line:
    facts = entry.facts
    if facts["what"] == "check":
        verdict = str(facts["verdict"]).replace("_", " ").upper()
        return Line(
            at=entry.at, who="train", what=str(facts["metric"]), verdict=verdict, because=str(facts["because"]),
            aside=f"n {facts['n']:,}",
        )
    what = {"waits": "waits", "stopped": "stopped", "begins": "begins", "ends": f"{facts['model']} is trained"}
    return Line(at=entry.at, who="train", what=what[str(facts["what"])], because=str(facts["because"]))


def _alerted(entry: Entry) -> Iterator[Line]:
    """What fires, what no longer does and who was told; what is only pending is no news."""
    facts = entry.facts
    if entry.kind == "notify":
        words = [f"{', '.join(facts[state])} {state}" for state in ("firing", "resolved") if facts[state]]
        because = f"{'; '.join(words)} ({facts['why']})"
        yield Line(at=int(facts["sent_at"]), who="notify", what=f"→ {facts['to']}", because=because)
    elif entry.kind == "slo":
        span = format_duration(round(facts["window"] / facts["speed"]))
        part = format_share(round(facts["spent"], 4))
        because = f"{part} of its {span} error budget spent, {facts['burn']:.3g} times as fast as allowed"
        yield Line(at=entry.at, who="slo", what=f"{facts['slo']} ({facts['arm']})", because=because)
    elif facts["state"] == "firing":
        yield _alert(entry, "FIRING", str(facts["because"]))
    elif facts["was"] == "firing":
        yield _alert(entry, "RESOLVED", f"was active for {format_duration(entry.at - facts['active_at'])}")


def _alert(entry: Entry, word: str, because: str) -> Line:
    aside = " · ".join([entry.facts["severity"], *entry.facts["labels"].values()])
    return Line(at=entry.at, who="alert", what=str(entry.facts["alert"]), verdict=word, because=because, aside=aside)


def _command(entry: Entry) -> Line:
    """Who asked for what; what a runbook has somebody do follows the line of its step."""
    facts, refused = entry.facts, entry.facts["answer"] == "refused"
    said = [shorten(str(value), 96, placeholder="…") for name in _WORDS if (value := facts["arguments"].get(name))]
    what = f"{facts['kind']}{', refused' if refused else ''}"
    because = [str(facts["reason"])] if refused else [_arguments(facts["arguments"]), ": ".join(said)]
    return Line(at=entry.at, who=str(facts["actor"])[:8], what=what, because=": ".join(filter(None, because)))


def _arguments(given: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items() if name not in _WORDS)


_WORDS = ("title", "text", "reason")
"""Arguments that are said in words of their own."""


def _effect(entry: Entry, asked: Entry | None) -> Iterator[Line]:
    """What failed, and what is done that took its time or shows by nothing else; the rest shows by what it did."""
    facts = entry.facts
    if facts["what"] == "failed":
        what = f"{facts['kind']}, failed"
        yield Line(at=entry.at, who=str(facts["actor"])[:8], what=what, because=str(facts["because"]))
    elif asked is not None and asked.at < entry.at:
        what, took = f"{facts['kind']}, done", format_duration(entry.at - asked.at)
        because = ", ".join(filter(None, (_arguments(asked.facts["arguments"]), f"asked for {took} before")))
        yield Line(at=entry.at, who=str(facts["actor"])[:8], what=what, because=because)


def _verified(entry: Entry) -> Line:
    facts = entry.facts
    return Line(
        at=entry.at, who="runbook", what=str(facts["title"]), verdict=str(facts["what"]).upper(),
        because=str(facts["because"]), aside=f"{facts['runbook']} · step {facts['step']}",
    )


def _moved(entry: Entry, part: str) -> Line:
    """What was done to the ramp; `part` is how much of a segment was sent back, where it was not all of it."""
    what, because = str(entry.facts["what"]), str(entry.facts["because"])
    title, share = str(entry.facts["title"]), format_share(float(entry.facts["share"]))
    first = what == "step" and int(entry.facts["step"]) == 0
    words = title if first else {
        "step": f"advance → {title}", "promote": f"promote → {share}", "roll back": f"roll back → {share}",
        "adjust": "adjust thresholds", "reweight": "reweight groups",
    }.get(what, f"{what} → {f'{part} fewer' if part else '0%'}" if what.startswith("divert") else f"{what} → {share}")
    quiet = because in ("the ramp begins", "every gate passed")
    return Line(at=entry.at, who="ramp", what=words, because="" if quiet else f"because: {_once(because, what)}")


def _once(because: str, what: str) -> str:
    """The reason without the numbers that the gate's own line has just said."""
    return because.split(": ")[0] if what in ENDINGS and " failed at step " in because else because


def _ended_held(entry: Entry, title: str) -> Line:
    return Line(
        at=entry.at, who="ramp", what=f"the day ends {_at(title)}", because=str(entry.facts.get("held_by", "")),
    )
