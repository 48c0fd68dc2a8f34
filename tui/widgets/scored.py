"""What a flight came to, as lines: what was expected, the harm, the points and why; and flights side by side."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sandbox.base.clock import clock
from sandbox.base.units import rounded_duration
from sandbox.report.debrief.lessons import ahead_of_the_page, beaten
from sandbox.report.scorecard import Scorecard
from tui.whatif import Told
from tui.widgets.drawn import Drawing, line

if TYPE_CHECKING:
    from sandbox.report.debrief.exercise import Debrief as Exercise

SHORT = {"rolled back at the first page": "bot, at first page", "the same done ten minutes later": "you, 10m later"}
"""Long names of flights, as a column has room for them."""
WIDEST = 27
"""So many cells has the name of a flight at most; one that is longer is told in full below the others."""
STATES = {"met": ("✔", "good"), "missed": ("✖", "page"), "inconclusive": ("?", "limit")}


def scored(card: Scorecard, exercise: "Exercise | None" = None, *, drill: bool = False) -> Iterator[Drawing]:
    """The score with why; a drill's is not known before other hands flew its day."""
    if exercise is not None:
        yield from _points(exercise)
        yield line("")
    if card.expectations:
        yield line(("what the scenario expects where nobody is at the keys, and what this flight got", "faint"))
    for one in card.expectations:
        sign, ink = STATES[one.state]
        yield line((f"{sign} {one.state:<13}", ink), f"{one.name} {one.want}  ", (f"got {one.got}", "faint"))
    if drill and exercise is None:
        yield line(("a drill; its points come once its day was flown with other hands (o)", "accent"))
    elif exercise is None and not card.expectations:
        yield line(("the scenario expected nothing", "faint"))
    yield line("")
    suffered = card.harm
    kinds = ", ".join(f"{count:,} {name}" for name, count in zip(("wrong", "late", "failed"), suffered.total.harmed,
                                                                 strict=True) if count)
    yield line(("harm       ", "faint"), (f"{suffered.users:,} users, {suffered.total.gross:,} answers", "strong"),
               (f" {kinds}" if kinds else "", "faint"))
    net = suffered.total.net
    than = f"{abs(net):,} answers {'worse' if net >= 0 else 'better'} than the incumbent's would have been"
    yield line(("net        ", "faint"), than)
    yield line(("began      ", "faint"), *_began(card))
    yield line(("detected   ", "faint"), *_detected(card))
    firing = sum(one.severity == "page" for one in card.alerts)
    yield line(("alerts     ", "faint"), f"{len(card.alerts)}, {firing} of them pages")


def _began(card: Scorecard) -> Iterator[tuple[str, str]]:
    onset = card.harm.onset
    if onset is None:
        yield "never", "good"
        return
    yield clock(onset.at), "truth"
    yield (f" because of {onset.explained_by}" if onset.explained_by else ""), "truth"
    yield f", evident at {clock(onset.evident_at)}", "faint"


def _detected(card: Scorecard) -> Iterator[tuple[str, str]]:
    delay = card.harm.detection_delay
    if delay is None or card.detected_at is None:
        began = card.harm.onset is not None
        yield ("never", "page") if began else ("there was nothing to: on the whole nobody was worse off", "good")
        return
    yield f"{clock(card.detected_at)}, {rounded_duration(delay)} after it began", "plain"


def _points(exercise: "Exercise") -> Iterator[Drawing]:
    got = exercise.points
    rows = (
        ("decision", got.decision, 60, exercise.skill.because), ("diagnosis", got.diagnosis, 20,
        exercise.diagnosis.credited), ("process", got.process, 20, _duties(exercise)),
    )
    for name, value, most, because in rows:
        yield line(f"{name:<11}", (f"{value:5.1f} / {most:<3} ", "strong"), (because, "faint"))
    sitting = exercise.sitting
    for name, cost, because in (
        ("hints", got.hints, f"{len(sitting.hints)} taken"),
        ("pauses", got.pauses, f"{len(sitting.pauses)}, {sitting.paused:.0f}s in all"),
        ("forbidden", got.forbidden, ", ".join(act.kind for act in exercise.process.forbidden)),
    ):
        if cost:
            yield line(f"{name:<11}", (f"{-cost:5.1f}       ", "page"), (because, "faint"))
    if len(exercise.hands) > 1:
        yield line(f"{'hands':<11}", (f"{', '.join(exercise.hands)}: the points are for all of them together", "faint"))
    yield line(("in all     ", "strong"), (f"{got.total:5.1f} / 100", "accent"))
    if word := ahead_of_the_page(exercise):
        yield line((word, "faint"))


def _duties(exercise: "Exercise") -> str:
    duties = exercise.process.duties
    left = "; ".join(one.name for one in duties if not one.done)
    what = f"not done: {left}" if left else "; ".join(one.name for one in duties)
    return f"{sum(one.done for one in duties)} of {len(duties)} duties: {what}"


def compared(flights: Sequence[Told], exercise: "Exercise | None" = None) -> Iterator[Drawing]:
    """Flights side by side: this one, those that were asked for, and the same day with other hands."""
    others = exercise.others if exercise is not None else ()
    rows = [(one.name, one.outcome, one.over_at, one.harm.users, one.harm.total.net, one.same_day) for one in flights]
    rows += [(one.name, one.outcome, one.ended_at, one.users, one.net, True) for one in others]
    wide = min(WIDEST, max(20, *(len(SHORT.get(name, name)) for name, *_ in rows)))
    yield line((f"{'':<{wide + 1}}{'outcome':<12}{'over':<9}{'users':>6}{'net':>8}", "faint"))
    nets = [net for *_, net, same_day in rows if same_day]
    for name, outcome, over, users, net, same_day in rows:
        best = same_day and net == min(nets) and len(nets) > 1
        when, called = "" if over is None else clock(over // 10**9 * 10**9), SHORT.get(name, name)
        yield line(
            (f"{called:<{wide}.{wide}} ", "strong"), f"{outcome.replace('_', ' '):<12}{when:<9}{users:>6,}",
            (f"{net:>8,}{'*' if best else ''}", "good" if best else "plain"),
        )
    yield line("")
    yield from (line(name) for name, *_ in rows if len(SHORT.get(name, name)) > wide)
    for one in others:
        if one.says:
            yield line((f"{SHORT.get(one.name, one.name)}  ", "faint"), one.says)
    if exercise is not None and exercise.skill.harm < exercise.skill.oracle:
        yield line(beaten(exercise))
    yield line(("net  ", "faint"), ("answers made worse less answers made better; * is the day's best", "faint"))
    if not others:
        yield line(("o    ", "key"), ("flies this day as nobody, a bot and the oracle would have", "faint"))
    yield line(("w    ", "key"), ("flies it again, with something else at the moment under the cursor", "faint"))
