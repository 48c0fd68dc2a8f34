"""An exercise debriefed: one flight, what was wrong in it, and the flights it is held against, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.base.flight import Flight
from sandbox.report.debrief.acts import acts, hands
from sandbox.report.debrief.alerts import Alerting, alerting
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.clocks import Clocks, Measure, clocks, measures, mitigated
from sandbox.report.debrief.diagnosis import Diagnosis, diagnosis
from sandbox.report.debrief.points import Points, Sitting, points
from sandbox.report.debrief.process import Process, process
from sandbox.report.debrief.skill import Skill, net_harm, skill
from sandbox.report.harm import KINDS, Harm, harm, onset
from sandbox.report.log import Line, log

NOTHING, ALONE, ORACLE = "nobody acts", "the policy alone", "the oracle"
"""The flights that every exercise is held against: with nobody at the desk, so that what waits for an approval waits;
with nobody asked, so that nothing waits; and the best that was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The same day with other hands: what came of it. `ended_at` is when the candidate was taken from everybody."""

    name: str
    outcome: str
    users: int
    net: int
    gross: int
    ended_at: int | None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the debrief of a flight is held against: the flights beside it by name, and what is known of the plan.

    `classes` gives the class of each kind that a diagnosis may name, `reads` the metrics of each alert, `says` a word
    about a flight where there is one, such as the oracle's script.
    """

    beside: Mapping[str, Flight]
    classes: dict[str, str]
    reads: Mapping[str, tuple[str, ...]]
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debrief:
    """Everything that is said of an exercise when it is over."""

    name: str
    title: str
    seed: int
    digest: str
    outcome: str
    ended_at: int
    cause: Cause
    clocks: Clocks
    measures: tuple[Measure, ...]
    diagnosis: Diagnosis
    harm: Harm
    money: float | None
    currency: str
    skill: Skill
    alerting: Alerting
    process: Process
    points: Points
    sitting: Sitting
    others: tuple[Other, ...]
    log: tuple[Line, ...] = field(repr=False)
    run: str = ""
    repeat: str = ""
    manned: bool = True
    """Whether there was anybody whose score it could be: a drill's operator, or people who gave a command."""
    hands: tuple[str, ...] = ()
    """Who gave commands, in the order in which they first did."""

    def beside(self, name: str) -> Other | None:
        """The flight beside it of this name."""
        return next((one for one in self.others if one.name == name), None)


def debrief(
    flight: Flight, cause: Cause, around: Around, *, sitting: Sitting | None = None, run: str = "", repeat: str = "",
) -> Debrief:
    """The debrief of a flight beside the flights of others on the same seed."""
    sat = sitting or Sitting()
    still, best = around.beside[NOTHING], around.beside[ORACLE]
    truth = None if cause.control else onset(still) or onset(flight)
    found = clocks(flight, cause, truth=truth)
    said = diagnosis(flight, cause, classes=around.classes)
    shown = skill(
        flight, nothing=net_harm(still), alone=net_harm(around.beside[ALONE]), oracle=net_harm(best), cause=cause
    )
    done = process(flight, cause, found)
    suffered = harm(flight)
    money, currency = costs(flight)
    return Debrief(
        name=flight.header.name, title=flight.header.title, seed=flight.header.seed, digest=flight.digest,
        outcome=flight.outcome, ended_at=flight.ended_at, cause=cause, clocks=found, measures=tuple(measures(found)),
        diagnosis=said, harm=suffered, money=money, currency=currency, skill=shown,
        alerting=alerting(still, cause, reads=around.reads, observable=found.observable), process=done,
        points=points(
            skill=shown.value, diagnosis=said.points, process=done.part, forbidden=len(done.forbidden), sitting=sat,
        ),
        sitting=sat, log=log(flight, suffered), run=run, repeat=repeat,
        hands=hands(flight), manned=bool(acts(flight)) or sat.mode != "replayed" or on_call(flight),
        others=tuple(
            other(name, one, cause, says=around.says.get(name, "")) for name, one in around.beside.items()
        ),
    )


def on_call(flight: Flight) -> bool:
    """Whether the plan has people of its own who might have acted."""
    return str(flight.header.plan.get("oncall", {}).get("kind")) in ("simulated", "scripted")


def other(name: str, flight: Flight, cause: Cause, *, says: str = "") -> Other:
    """A flight beside the one that is debriefed, in one row."""
    return Other(
        name=name, outcome=flight.outcome, users=flight.truth.harmed_users, net=net_harm(flight),
        gross=int(flight.truth.harmed.sum()), ended_at=mitigated(flight, cause), says=says,
    )


def costs(flight: Flight) -> tuple[float | None, str]:
    """What the net harm cost by `[plan] costs`, and in which currency; None where the plan names no costs."""
    table = flight.header.plan.get("plan", {}).get("costs") or {}
    each = [float(table.get(kind, 0.0)) for kind in KINDS]
    if not any(each):
        return None, ""
    net = (flight.truth.harmed - flight.truth.helped).sum(axis=(0, 1, 2, 3))
    return float(sum(cost * int(count) for cost, count in zip(each, net, strict=True))), str(table.get("currency", ""))
