"""What a flight came to, as lines: what was expected, the harm, the points and why; and flights side by side."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sandbox.base.clock import clock
from sandbox.base.units import format_duration
from sandbox.report.scorecard import Scorecard
from tui.whatif import Told
from tui.widgets.drawn import Drawing, line

if TYPE_CHECKING:
    from sandbox.report.debrief.exercise import Debrief as Exercise

STATES = {"met": ("✔", "good"), "missed": ("✖", "page"), "inconclusive": ("?", "limit")}


def scored(card: Scorecard, exercise: "Exercise | None" = None) -> Iterator[Drawing]:
    """The score with why."""
    if exercise is not None:
        yield from _points(exercise)
        yield line("")
    for one in card.expectations:
        sign, ink = STATES[one.state]
        yield line((f"{sign} {one.state:<13}", ink), f"{one.name} {one.want}  ", (f"got {one.got}", "faint"))
    if not card.expectations:
        yield line(("the scenario expected nothing", "faint"))
    yield line("")
    suffered = card.harm
    kinds = ", ".join(f"{count:,} {name}" for name, count in zip(("wrong", "late", "failed"), suffered.total.harmed,
                                                                 strict=True) if count)
    yield line(("harm       ", "faint"), (f"{suffered.users:,} users, {suffered.total.gross:,} answers", "strong"),
               (f" {kinds}" if kinds else "", "faint"))
    yield line(("net        ", "faint"), f"{suffered.total.net:,} answers worse than the incumbent's would have been")
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
        yield ("never" if card.harm.onset else "there was nothing to detect"), "page" if card.harm.onset else "good"
        return
    yield f"{clock(card.detected_at)}, {format_duration(delay)} after it began", "plain"


def _points(exercise: "Exercise") -> Iterator[Drawing]:
    got = exercise.points
    rows = (
        ("decision", got.decision, 60, exercise.skill.because), ("diagnosis", got.diagnosis, 20,
        exercise.diagnosis.because), ("process", got.process, 20, _duties(exercise)),
    )
    for name, value, most, because in rows:
        yield line(f"{name:<11}", (f"{value:5.1f} / {most:<3} ", "strong"), (because, "faint"))
    for name, cost in (("hints", got.hints), ("pauses", got.pauses), ("forbidden", got.forbidden)):
        if cost:
            yield line(f"{name:<11}", (f"{-cost:5.1f}", "page"))
    yield line(("in all     ", "strong"), (f"{got.total:5.1f} / 100", "accent"))


def _duties(exercise: "Exercise") -> str:
    duties = exercise.process.duties
    return f"{sum(one.done for one in duties)} of {len(duties)} duties"


def compared(flights: Sequence[Told]) -> Iterator[Drawing]:
    """Flights of one day side by side."""
    yield line((f"{'':<20}{'outcome':<12}{'over':<6}{'users':>7}{'worse':>8}{'net':>8}", "faint"))
    least = min(one.harm.total.net for one in flights)
    for one in flights:
        over = "" if one.over_at is None else clock(one.over_at)
        total = one.harm.total
        ink = "good" if total.net == least and len(flights) > 1 else "plain"
        yield line(
            (f"{one.name:<19.19} ", "strong"), f"{one.outcome.replace('_', ' '):<12}{over:<6}{one.harm.users:>7,}",
            f"{total.gross:>8,}", (f"{total.net:>8,}", ink),
        )
    yield line("")
    yield line(("w flies the same day again, and does something else at the moment under the cursor", "faint"))
