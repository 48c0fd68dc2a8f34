"""The flight log and what came of it, for people."""

import shlex
from collections.abc import Iterator, Sequence

from sandbox.base.clock import clock
from sandbox.base.units import format_share, rounded_duration
from sandbox.report.expectations import Expectation
from sandbox.report.harm import KINDS, Tally
from sandbox.report.log import Line
from sandbox.report.policies import Ridden
from sandbox.report.render.style import Style
from sandbox.report.scorecard import Scorecard

_MARKS = {"met": "✓", "missed": "✗", "inconclusive": "?"}
_COLOURS = {"met": "green", "missed": "red", "inconclusive": "yellow"}
_VERDICTS = {
    "PASS": "green", "RESOLVED": "green", "FAIL": "red", "FIRING": "red", "ERROR": "red", "INCONCLUSIVE": "yellow",
    "NO DATA": "yellow", "VERIFIED": "green", "NOT VERIFIED": "red", "NOT DONE": "red",
}
_WIDTH = 118
_WROTE = "◆ the world's own: nobody who judged or decided saw these lines"


def text(card: Scorecard, *, style: Style | None = None) -> str:
    """One flight as a log with its outcome below."""
    style = style or Style()
    lines = [*_head(card, style), *_log(card, style), style.paint(" ─────", "dim"), *_outcome(card, style)]
    return style.spell("\n".join(lines) + "\n")


def _head(card: Scorecard, style: Style) -> Iterator[str]:
    left, right = style.quote(card.source or card.name), f"seed {card.seed}   digest {card.digest[:12]}…"
    yield f"{left}{right:>{max(len(right) + 2, _WIDTH - len(left))}}"
    yield style.paint(style.quote(card.title), "bold")


# The log.


def _log(card: Scorecard, style: Style) -> Iterator[str]:
    clocks = max((len(clock(line.at)) for line in card.log), default=5)
    gates = [len(line.what) for line in card.log if line.verdict]
    width = min(44, max([*gates, 20]))
    reasons = min(46, max([len(line.because) for line in card.log if line.verdict], default=0))
    who = max([5, *(len(line.who) for line in card.log)])
    for line in card.log:
        yield _line(line, style, clocks=clocks, who=who, width=width, reasons=reasons).rstrip()
    if any(line.truth for line in card.log):
        yield style.paint(f" {'':{clocks}}  {_WROTE}", "dim")


def _line(line: Line, style: Style, *, clocks: int, who: int, width: int, reasons: int) -> str:
    head = f" {clock(line.at):<{clocks}} {'◆' if line.truth else ' '}{style.quote(line.who):<{who}}  "
    what, because = style.quote(line.what), style.quote(line.because)
    aside = f"({style.quote(' · '.join(filter(None, (line.needs, line.aside))))})"
    if line.truth:
        return style.paint(f"{head}{what:<{width}}  {because}".rstrip(), "truth")
    if not line.verdict:
        return f"{head}{what:<{width}}  {because}{style.paint(f'  ({line.needs})', 'dim') if line.needs else ''}"
    verdict = style.paint(f"{line.verdict:<12}", _VERDICTS.get(line.verdict, "dim"))
    return f"{head}{what:<{width}}  {verdict}  {because:<{reasons}}  {style.paint(aside, 'dim')}"


# What came of it.


def _asked(card: Scorecard) -> str:
    """Commands that came to nothing; what was done stands in the log."""
    one = card.asked
    if not one.amiss:
        return ""
    failed = f", {one.failed} failed" if one.failed else ""
    return f"{one.refused} of {one.commands} refused{failed}"


def _outcome(card: Scorecard, style: Style) -> Iterator[str]:
    left = {one.name: one for one in card.expectations}
    rows = (
        ("outcome", _ended(card), ("outcome", "failed_gate", "promoted_by", "largest_share")),
        ("detected", _detected(card), ("detected_within",)),
        ("commands", _asked(card), ()),
        ("alerts", _alerts(card), ("pages", "alert_fired")),
        ("harm", _harmed(card), ("harmed_users", "harmed_requests", "net_harm")),
        ("groups", _unequal(card), ("tpr_gap",)),
    )
    for label, said, names in rows:
        marks = [_mark(one, style, said=said) for name in names if (one := left.pop(name, None))]
        if said or marks:
            yield from _row(label, [*([said] if said else []), *marks])
    for policy in card.policies:
        yield from _row("beside", [f"{policy.policy}: {_beside(policy)}"])
    if any(policy.at is not None for policy in card.policies):
        named = style.quote(shlex.quote(card.source or card.name))
        yield from _row("", [f"greenroom compare {named} --policies    flies each to its end"])
    if card.unflown:
        yield from _row("not flown", [style.quote(card.unflown)])
    for one in left.values():
        yield from _row("not met", [_mark(one, style, said="")])
    if not card.expectations:
        yield from _row("expected", ["nothing was: the scenario has no [expect]"])
    if card.run:
        yield from _row("run", [card.run])
    if card.repeat:
        yield from _row("repeat", [style.quote(card.repeat)])


def _row(label: str, parts: Sequence[str]) -> Iterator[str]:
    """The parts beside the label, as many to a line as fit."""
    line, used = f" {label:<10}", 0
    for part in parts:
        if used and used + len(part) + 4 > _WIDTH - 11:
            yield line
            line, used = " " * 11, 0
        line, used = line + ("    " if used else "") + part, used + len(part) + 4
    yield line


def _mark(one: Expectation, style: Style, *, said: str) -> str:
    """A tick beside what was wanted; where that is not obvious, also what is meant and what was got."""
    mark, want, got = style.paint(_MARKS[one.state], _COLOURS[one.state]), style.quote(one.want), style.quote(one.got)
    name = {"outcome": "expected"}.get(one.name, one.name)
    if one.state == "met":
        return f"{mark} {name}" if one.name == "outcome" else f"{mark} {name} {want}"
    if one.name == "outcome":
        return f"{mark} expected {want}"
    if one.name == "detected_within" and said:
        return f"{mark} {name} {want}"
    return f"{mark} {name} {want}, got {got}"


def _unequal(card: Scorecard) -> str:
    found = next((one for one in card.expectations if one.name == "tpr_gap" and one.state != "inconclusive"), None)
    return "" if found is None else f"true cases decided yes differ by {found.got}"


def _beside(one: Ridden) -> str:
    if one.at is None:
        return "would have done the same"
    flown = _FLOWN.get(one.flown, one.flown)
    return f"would {one.what} at {clock(one.at)}, where this {flown}; the rest is a flight of its own"


_FLOWN = {
    "hold": "held", "advance": "went on", "promote": "promoted", "roll back": "rolled back", "begin": "began",
    "abort": "was aborted", "adjust": "moved thresholds", "reweight": "reweighted groups", "share": "moved the share",
    "divert": "sent segments back",
}


def _ended(card: Scorecard) -> str:
    if card.closed_at is None:
        return f"{card.outcome} to the end at {clock(card.ended_at)}, at most {format_share(card.largest_share)}"
    words = f"{card.outcome} at {clock(card.closed_at)}"
    if card.outcome == "promoted":
        return words
    if card.largest_share == 0.0:
        return f"{words}, before it answered anybody"
    return f"{words}, having answered {format_share(card.largest_share)} at most"


def _detected(card: Scorecard) -> str:
    began, delay = card.harm.onset, card.harm.detection_delay
    count = card.failed_before_harm
    early = f"{count} gate{'s' if count > 1 else ''} failed" if count else ""
    if began is None:
        before = "anybody was harmed" if card.harm.total.gross == 0 else "harm began"
        return f"before {before}: {early}" if early else ""
    cause = f" (because of {began.explained_by})" if began.explained_by else ""
    begin = f"harm began at {clock(began.at)}{cause}"
    words = f"never; {begin}" if delay is None else f"{rounded_duration(delay)} after {begin}"
    return f"{words}; {early} before that" if early else words


def _alerts(card: Scorecard) -> str:
    counts = [
        f"{count} {severity}{'s' if count > 1 else ''} fired" if severity != "info" else f"{count} for information"
        for severity in ("page", "ticket", "info")
        if (count := sum(one.severity == severity for one in card.alerts))
    ]
    first = f"the first {card.alerts[0].alert} at {clock(card.alerts[0].fired_at)}" if card.alerts else ""
    return "; ".join(filter(None, (", ".join(counts), first)))


def _harmed(card: Scorecard) -> str:
    suffered = card.harm
    if suffered.total.gross == 0:
        return "nobody was served worse"
    kinds = ", ".join(_counted(suffered.total))
    balance = suffered.total.net
    net = f"net {balance:,} worse" if balance >= 0 else f"on balance {-balance:,} served better"
    answers = "1 answer" if suffered.total.gross == 1 else f"{suffered.total.gross:,} answers"
    words = f"{_people(suffered.users)}, {answers} ({kinds}); {net}"
    unfair = suffered.unfair
    if unfair is not None and unfair.surprise >= 3.0:
        words += f'; {unfair.requests:,} more wrong in group "{unfair.group}" than its part'
    return words


def _people(users: int) -> str:
    return f"{users:,} user{'' if users == 1 else 's'}"


def _counted(tally: Tally) -> Iterator[str]:
    return (f"{count:,} {kind}" for kind, count in zip(KINDS, tally.harmed, strict=True) if count)


# Several flights.


def summary(cards: Sequence[Scorecard], *, style: Style | None = None) -> str:
    """A table of several flights, one line each, and what they come to."""
    style = style or Style()
    names = max(len(card.name) for card in cards)
    columns = f"{'outcome':<12}{'at':>9}{'detected':>11}{'users':>9}{'net':>9}"
    head = f" {'scenario':<{names}}  {'seed':>6}  {columns}  expected"
    lines = [style.paint(head, "dim"), *(_summed(card, style, names=names) for card in cards), *_totals(cards)]
    return style.spell("\n".join(lines) + "\n")


def _summed(card: Scorecard, style: Style, *, names: int) -> str:
    closed = "" if card.closed_at is None else clock(card.closed_at)
    delay = card.harm.detection_delay
    detected = ("never" if card.harm.onset else "") if delay is None else rounded_duration(delay)
    states = [one.state for one in card.expectations]
    state = next((one for one in ("inconclusive", "missed", "met") if one in states), None)
    missed = ", ".join(one.name for one in card.expectations if one.state != "met")
    mark = "-" if state is None else style.paint(_MARKS[state], _COLOURS[state])
    return (
        f" {card.name:<{names}}  {card.seed:>6}  {card.outcome:<12}{closed:>9}{detected:>11}{card.harm.users:>9,}"
        f"{card.harm.total.net:>9,}  {mark} {missed}"
    ).rstrip()


def _totals(cards: Sequence[Scorecard]) -> Iterator[str]:
    states = [
        next((s for s in ("inconclusive", "missed", "met") if s in [one.state for one in card.expectations]), "nothing")
        for card in cards
    ]
    words = {"met": "met", "missed": "missed", "inconclusive": "inconclusive", "nothing": "asserted nothing"}
    counts = [f"{states.count(state)} {word}" for state, word in words.items() if state in states]
    outcomes = sorted({card.outcome for card in cards})
    ended = [f"{sum(card.outcome == one for card in cards)} {one}" for one in outcomes]
    yield f" {len(cards)} flight{'' if len(cards) == 1 else 's'}: {', '.join(ended)}; expectations: {', '.join(counts)}"
