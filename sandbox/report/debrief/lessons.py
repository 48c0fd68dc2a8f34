"""What there is to learn, drafted from the facts: contributing conditions, what went well, badly, luckily, and items.

Nobody is named and nothing is guessed: every line says which numbers it rests on, and whoever was there should strike
what is wrong and add what no number knows. Luck is what flights with other hands show: who would have been worse off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.base.clock import clock
from sandbox.base.units import format_share, rounded_duration
from sandbox.report.debrief.cause import NOTHING as NONE
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.exercise import NOTHING, ORACLE, Debrief

Type = Literal["detect", "mitigate", "prevent", "process"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do about it, of a type; whose it is and by when people must say."""

    type: Type
    says: str


def beaten(one: Debrief) -> str:
    """What is said where a flight came to less harm than the oracle found a way to."""
    less = one.skill.oracle - one.skill.harm
    return f"this flight was better than the oracle by {less:,} net: that is the best of a few scripts, and no bound"


def harmless(cause: Cause) -> str:
    """What is said where nobody was needed: that nothing was wrong, or what passed by itself."""
    if cause.kind == NONE:
        return "nothing was wrong that needed anybody"
    return f"{cause.kind}{f' on {cause.model}' if cause.model else ''}, which needed nobody"


def ahead_of_the_page(one: Debrief) -> str:
    """What is said where the oracle, which knows the truth, could act before anybody was told; else empty."""
    seen, told, best = one.clocks.observable, one.clocks.notified, one.skill
    if not best.needed or best.oracle >= best.harm or seen is None or (told is not None and told <= seen):
        return ""
    page = "nobody was ever told" if told is None else (
        f"the first notification came at {clock(told)}, {rounded_duration(told - seen)} later"
    )
    return (
        f"the oracle knows the truth, and may act once harm is evident, at {clock(seen)}; {page}. What fell before that"
        " is in the score, too: only whoever watched the instruments could have seen it, and not always"
    )


def conditions(one: Debrief) -> Iterator[str]:
    """What had to be so for it to become what it was."""
    cause = one.cause
    if cause.control:
        yield harmless(cause)
    else:
        where = f" on {cause.model}" if cause.model else ""
        inside = f", in {', '.join(cause.segments)} only" if cause.segments else ""
        since = "from the begin" if cause.at is None else f"from {clock(cause.at)}"
        yield f"{cause.kind}{where}{inside}, {since} ({cause.taxonomy}; rolling back {cause.rollback})"
    began = one.harm.onset
    if began is not None:
        yield f"of {began.requests:,} answers of candidates {began.net:,} net were worse before it was evident"
        at_share = [tally for stay, tally in one.harm.by_step if tally.net > 0 and stay.share > 0]
        if at_share:
            stay, most = max(one.harm.by_step, key=lambda pair: pair[1].net)
            yield f"most of the harm fell at {stay.title} ({most.net:,} net of {most.requests:,} requests)"
    if not one.alerting.must and one.alerting.signals:
        yield f"no alert reads {', '.join(one.alerting.signals)}, in which it shows"


def well(one: Debrief) -> Iterator[str]:
    """What went well."""
    if one.alerting.expected and not one.alerting.late:
        first = one.alerting.expected[0]
        yield f"the alert {first.alert} fired at {clock(first.fired_at)}"
    if one.manned and one.skill.value >= 0.8:
        yield one.skill.because
    if one.diagnosis.points == 1.0:
        yield f"the diagnosis: {one.diagnosis.because}"
    if one.manned:
        yield from (": ".join(filter(None, (duty.name, duty.because))) for duty in one.process.duties if duty.done)


def badly(one: Debrief) -> Iterator[str]:
    """What went badly."""
    if one.alerting.signals and not one.alerting.met:
        yield "the alert came late" if one.alerting.late else "no alert told of what was wrong"
    if one.alerting.false:
        names = ", ".join(dict.fromkeys(alert.alert for alert in one.alerting.false))
        yield f"with nobody acting {len(one.alerting.false)} alert(s) fire about something else: {names}"
    if not one.manned:
        return
    if one.skill.value < 0.8:
        yield one.skill.because
    if one.diagnosis.points < 1.0:
        yield f"the diagnosis: {one.diagnosis.because}"
    yield from (f"{duty.name}: {duty.because}" for duty in one.process.duties if not duty.done)
    yield from (f"{act.kind} at {clock(act.at)}, which the runbook forbids" for act in one.process.forbidden)
    yield from (f"{act.kind} at {clock(act.at)} was refused: {act.reason}" for act in one.process.refused)


def luckily(one: Debrief) -> Iterator[str]:
    """Where others with the same day fared worse: what was not skill, or was not needed to be."""
    mine = one.skill.harm
    for row in one.others:
        more = row.net - mine
        if row.name != ORACLE and more > max(20, abs(mine) // 10):
            yield f"{row.name}, and {more:,} more answers would have been worse ({row.net:,} net, not {mine:,})"
    still = one.beside(NOTHING)
    if not one.cause.control and still is not None and still.net <= mine and mine <= 20:
        yield "it struck where it could do little harm: with nobody acting nothing much would have come of it"


def items(one: Debrief) -> tuple[Item, ...]:
    """Things to do, drafted: each follows from one fact of the debrief."""
    return (*_detect(one), *_mitigate(one), *_prevent(one), *_process(one))


def _detect(one: Debrief) -> Iterator[Item]:
    signals = ", ".join(one.alerting.signals)
    if one.alerting.signals and not one.alerting.must:
        yield Item(type="detect", says=f"write an alert or a gate on {signals}: none reads it")
    elif one.alerting.signals and not one.alerting.expected:
        says = f"lower the bound of {', '.join(one.alerting.must)}, or look sooner: none of them fired"
        yield Item(type="detect", says=says)
    elif one.alerting.late and one.alerting.latency is not None:
        says = f"have {one.alerting.expected[0].alert} fire sooner than {rounded_duration(one.alerting.latency)} after"
        yield Item(type="detect", says=f"{says} harm can be seen")
    if one.alerting.false:
        names = ", ".join(dict.fromkeys(alert.alert for alert in one.alerting.false))
        yield Item(type="detect", says=f"look at {names}: what fired had nothing to do with the cause")


def _mitigate(one: Debrief) -> Iterator[Item]:
    found, best = one.clocks, one.skill
    if one.cause.control and best.cost:
        says = f"agree what it takes to touch a rollout: needless steps cost {best.cost:,} better answers"
        yield Item(type="mitigate", says=says)
    elif best.needed and best.value < 0.8:
        lost = best.harm - best.oracle
        took = "was not reached" if found.mitigated is None else f"came at {clock(found.mitigated)}"
        says = f"make the first move shorter: mitigation {took}, and {lost:,} answers could have been saved"
        yield Item(type="mitigate", says=says)
    if one.cause.rollback in ("does not help", "makes it worse") and not one.cause.control:
        says = f"write down what to do where rolling back {one.cause.rollback}: {one.cause.kind} is such a case"
        yield Item(type="mitigate", says=says)


def _prevent(one: Debrief) -> Iterator[Item]:
    if one.cause.control or one.harm.total.net <= 20:
        return
    stay, most = max(one.harm.by_step, key=lambda pair: pair[1].net)
    if most.net > 0 and stay.share > 0:
        says = f"ask at a smaller share than {format_share(stay.share)} for what shows {one.cause.kind}"
        yield Item(type="prevent", says=f"{says}; `greenroom pin` makes a test of it")


def _process(one: Debrief) -> Iterator[Item]:
    if not one.manned:
        return
    missed = [duty.name for duty in one.process.duties if not duty.done]
    if missed:
        yield Item(type="process", says=f"rehearse: {'; '.join(missed)}")
    if one.diagnosis.points < 1.0 and one.diagnosis.answer is not None and not one.cause.control:
        says = f"go through how {one.cause.kind} is told from {one.diagnosis.answer.kind}: `greenroom kinds fault`"
        yield Item(type="process", says=says)
