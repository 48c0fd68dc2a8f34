"""The post-mortem as a draft: a page that renders as Markdown, as HTML with charts, as text and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND, counted, format_share
from sandbox.report.charts import Chart, Lines, Series
from sandbox.report.debrief.exercise import Debrief, Other
from sandbox.report.debrief.lessons import ahead_of_the_page, badly, beaten, conditions, harmless, items, luckily, well
from sandbox.report.decisions import stays
from sandbox.report.harm import KINDS, Tally
from sandbox.report.page import Block, Bullets, Page, Section, Table

MINUTE = 60 * NS_PER_SECOND
DRAFT = (
    "A draft, made from the flight's own record. It blames nobody: it says what was so, what could be seen, and what"
    " was done. Whoever was there should mend it before anybody else reads it."
)


def page(one: Debrief, flight: Flight) -> Page:
    """The draft of a debriefed flight."""
    sections = (
        Section(title="Summary", blocks=tuple(_summary(one))),
        Section(title="Impact", blocks=tuple(_impact(one, flight))),
        Section(title="Timeline", blocks=(_timeline(one),)),
        Section(title="Detection and response", blocks=tuple(_response(one))),
        Section(title="The same day with other hands", blocks=tuple(_others(one))),
        Section(title="Contributing conditions", blocks=_listed(conditions(one))),
        Section(title="What went well", blocks=_listed(well(one))),
        Section(title="What went badly", blocks=_listed(badly(one))),
        Section(title="Where we were lucky", blocks=_listed(luckily(one))),
        Section(title="Action items", blocks=(_items(one),)),
    )
    return Page(
        kind="debrief", title=f"Debrief: {one.title}", lead=DRAFT, sections=sections, exit_code=None,
        repeat=one.repeat, data=document(one),
        of=f"run {one.run}, which `greenroom rerun {one.run}` flies again as it was" if one.run else "",
    )


def headline(one: Debrief) -> str:
    """What was wrong, what was done, and what it came to, in one sentence."""
    if one.cause.control:
        what = harmless(one.cause)
    else:
        inside = f" in {', '.join(one.cause.segments)}" if one.cause.segments else ""
        what = f"{one.cause.kind}{f' on {one.cause.model}' if one.cause.model else ''}{inside}"
    net = one.skill.harm
    harm = f"{net:,} answers net worse" if net > 0 else f"{-net:,} answers net better"
    return f"{what}; {one.outcome.replace('_', ' ')}; {counted(one.harm.users, 'user')} served worse, {harm}"


def _summary(one: Debrief) -> Iterator[Block]:
    yield f"{headline(one)[:1].upper()}{headline(one)[1:]}."
    if not one.manned:
        yield (
            "Nobody was at the desk, so nobody is scored. By itself the plan came to"
            f" {one.skill.harm:,} answers net worse; the best that was found for people to make of it is"
            f" {one.skill.oracle:,}."
        )
        return
    yield Table(columns=("", "points", "of", "because"), words=4, rows=tuple(_scored(one)))
    if len(one.hands) > 1:
        yield f"{', '.join(one.hands)} acted: the points are for all of them together."
    if word := ahead_of_the_page(one):
        yield f"{word[:1].upper()}{word[1:]}."
    if one.sitting.lesson:
        yield f"Lesson: {one.sitting.lesson}"
    if one.sitting.injected:
        yield f"An instructor had {', '.join(one.sitting.injected)} strike while it was flown; naming either is right."
    if one.sitting.mode == "practice":
        yield "Practised at a speed of the operator's choice: these points compare with no others."


def _scored(one: Debrief) -> Iterator[tuple[str, ...]]:
    got, shown = one.points, one.skill
    whole = f" (unclipped {shown.unclipped:.2f})" if shown.value != shown.unclipped else ""
    word = f"skill {shown.value:.2f}{whole}"
    yield "decision", f"{got.decision:.1f}", "60", f"{word if shown.needed else 'decision'}: {shown.because}"
    yield "diagnosis", f"{got.diagnosis:.1f}", "20", one.diagnosis.credited
    duties = one.process.duties
    yield "process", f"{got.process:.1f}", "20", f"{sum(duty.done for duty in duties)} of {len(duties)} duties"
    if got.hints:
        yield "hints", f"−{got.hints:.0f}", "", f"{len(one.sitting.hints)} taken"
    if got.pauses:
        yield "pauses", f"−{got.pauses:.0f}", "", f"{len(one.sitting.pauses)}, {one.sitting.paused:.0f}s in all"
    if got.forbidden:
        yield "forbidden", f"−{got.forbidden:.0f}", "", ", ".join(act.kind for act in one.process.forbidden)
    yield "in all", f"{got.total:.1f}", "100", ""


def _impact(one: Debrief, flight: Flight) -> Iterator[Block]:
    total = one.harm.total
    money = "" if one.money is None else f" It cost {one.money:,.0f} {one.currency}".rstrip() + "."
    yield (
        f"{one.harm.users:,} users and {total.gross:,} of {total.requests:,} answers were served worse than by the"
        f" incumbent, {sum(total.helped):,} answers better.{money}"
    )
    for name, parts in (("group", one.harm.by_group), ("segment", one.harm.by_segment)):
        if len(parts) > 1:
            yield _by_part(name, parts)
    yield _chart(one, flight)
    yield _shares(flight)


def _by_part(name: str, parts: tuple[tuple[str, Tally], ...]) -> Table:
    rows = tuple(
        (part, f"{tally.requests:,}", *(f"{count:,}" for count in tally.harmed), f"{tally.net:,}")
        for part, tally in parts
    )
    return Table(columns=(name, "requests", *KINDS, "net"), rows=rows)


def _chart(one: Debrief, flight: Flight) -> Chart:
    truth = flight.truth
    net = np.cumsum((truth.harmed - truth.helped).sum(axis=(1, 2, 3, 4)))
    found = one.clocks
    marks = (
        ("fault", found.fault), ("observable", found.observable), ("notified", found.notified),
        ("acknowledged", found.acknowledged), ("mitigated", found.mitigated), ("recovered", found.recovered),
    )
    return Lines(
        title="Answers worse than the incumbent's, net, added up", x="minutes", y="answers",
        series=(Series(label="this flight", x=_minutes(truth.starts), y=tuple(map(float, net))),),
        marks=tuple((at / MINUTE, word) for word, at in marks if at is not None),
    )


def _shares(flight: Flight) -> Chart:
    steps = stays(flight)
    x = (*(one.start / MINUTE for one in steps), flight.ended_at / MINUTE)
    y = (*(one.share for one in steps), steps[-1].share)
    return Lines(
        title="The candidate's share, as set", x="minutes", y="share", share=True,
        series=(Series(label="share", x=x, y=y, steps=True),),
    )


def _minutes(starts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, ...]:
    return tuple((starts / MINUTE).tolist())


def _timeline(one: Debrief) -> Table:
    lines = tuple(
        (clock(line.at), "◆ " * line.truth + line.who, " ".join(filter(None, (line.what, line.verdict, line.because))))
        for line in one.log
    )
    return Table(columns=("at", "who", "what"), rows=lines, words=3, note="◆ true, and not to be seen at the time")


def _response(one: Debrief) -> Iterator[Block]:
    rows = tuple(
        (measure.name, measure.says, measure.text) for measure in one.measures if one.manned or not measure.personal
    )
    if rows:
        yield Table(columns=("", "from and to", "took"), rows=rows, words=2)
    alarms = one.alerting
    if alarms.signals:
        told = f"{len(alarms.expected)} that read them fired" if alarms.must else "no alert reads any of them"
        others = f"{len(alarms.false)} fired before it struck, or where it did not"
        yield f"Alerts, with nobody acting: it shows first in {', '.join(alarms.signals)}; {told}, {others}."
    if one.process.calls:
        yield Table(columns=("at", "called", "how", "by", "answered", "because"), words=6, rows=tuple(
            (clock(call.at), call.role, call.kind, call.actor,
             "never" if call.answered is None else clock(call.answered), call.reason)
            for call in one.process.calls
        ))
    answer = one.diagnosis.answer
    if answer is not None:
        sure = "" if one.diagnosis.brier is None else f"; Brier score {one.diagnosis.brier:.2f}"
        said = f"{answer.kind}, {format_share(answer.confidence)} sure{sure}"
        yield f"Diagnosis at {clock(answer.at)} by {answer.actor}: {said}."


def _others(one: Debrief) -> Iterator[Block]:
    mine = Other(
        name="this flight", outcome=one.outcome, users=one.harm.users, net=one.skill.harm, gross=one.harm.total.gross,
        ended_at=one.clocks.mitigated,
    )
    yield Table(
        columns=("", "outcome", "mitigated", "users worse", "answers worse", "net"), words=3,
        rows=tuple(
            (row.name, row.outcome.replace("_", " "), "never" if row.ended_at is None else clock(row.ended_at),
             f"{row.users:,}", f"{row.gross:,}", f"{row.net:,}")
            for row in (mine, *one.others)
        ),
        note="the same seed, request by request: users, arrivals and answers are the same day",
    )
    yield from (f"{row.name}: {row.says}" for row in one.others if row.says)
    if one.skill.harm < one.skill.oracle:
        yield beaten(one)


def _listed(lines: Iterator[str]) -> tuple[Block, ...]:
    found = list(lines)
    return (Bullets(tuple(found)) if found else "Nothing that the record shows.",)


def _items(one: Debrief) -> Table:
    rows = tuple((item.type, item.says, "", "") for item in items(one))
    return Table(columns=("type", "what", "owner", "due"), rows=rows, words=4, note="owners and dates: people must say")


def document(one: Debrief) -> dict[str, object]:
    """What a program reads of it; times in ns of the flight's clock."""
    return {
        "run": one.run, "scenario": one.name, "title": one.title, "seed": one.seed, "digest": one.digest,
        "outcome": one.outcome, "cause": asdict(one.cause), "clocks": asdict(one.clocks),
        "measures": [asdict(measure) for measure in one.measures], "diagnosis": asdict(one.diagnosis),
        "skill": asdict(one.skill), "manned": one.manned, "points": asdict(one.points) if one.manned else None,
        "sitting": asdict(one.sitting),
        "harm": {
            "users": one.harm.users, "requests": one.harm.total.gross, "net_requests": one.harm.total.net,
            "by_group": {name: tally.net for name, tally in one.harm.by_group},
            "by_segment": {name: tally.net for name, tally in one.harm.by_segment},
            "money": one.money, "currency": one.currency,
        },
        "duties": [asdict(duty) for duty in one.process.duties],
        "calls": [asdict(call) for call in one.process.calls],
        "silences_left": list(one.process.silences_left),
        "forbidden": [act.kind for act in one.process.forbidden],
        "alerts": {
            "must": list(one.alerting.must), "expected": len(one.alerting.expected), "false": len(one.alerting.false),
            "latency": one.alerting.latency, "late": one.alerting.late,
        },
        "others": [asdict(row) for row in one.others],
        "items": [asdict(item) for item in items(one)],
    }
