"""What is wrong with alerts and objectives that only the whole file can tell."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sandbox.base.units import format_duration
from sandbox.decide.alerts.expression import Condition, Threshold, Vector
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.parse import Expression, Selection
from sandbox.decide.alerts.rule import Rule
from sandbox.decide.alerts.slo import ROWS, Slo
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.scenario.complaint import Complaint, no_metric, nowhere
from sandbox.scenario.locate import Path

_MODELS: Path = ("models",)
_TICK: Path = ("scenario", "tick")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rest of the file has: its models, its tick, and why a metric cannot be read in it."""

    models: Sequence[str]
    tick: int
    unreadable: Callable[[Path, str], Iterator[Complaint]]


def alert_problems(alerts: Sequence[AnyAlert], slos: Sequence[Slo], *, around: Around) -> Iterator[Complaint]:
    """Metrics and arms that are not there, windows too short for two scrapes, units that do not fit, names twice."""
    names: list[str] = []
    for index, alert in enumerate(alerts):
        at: Path = ("alerts", index)
        yield from _reading_problems(around, at, alert)
        if alert.name in names:
            yield Complaint((*at, "name"), f'"{alert.name}" stands here twice; rename one')
        names.append(alert.name)
    for index, slo in enumerate(slos):
        yield from _slo_problems(around, ("slos", index), slo.metric, slo.model)
        shortest = min(slo.windows(row)[1] for row in ROWS)
        if shortest < 2 * around.tick:
            said = (
                f"its shortest window is {format_duration(shortest)}, less than the two scrapes a rate needs at a "
                f"tick of {format_duration(around.tick)}; lower the speed or the tick"
            )
            yield Complaint(("slos", index, "speed"), said, (_TICK,))
        if any(slo.name == other.name for other in slos[:index]):
            yield Complaint(("slos", index, "name"), f'"{slo.name}" stands here twice; rename one')


def halt_problems(halts: Sequence[Rule], alerts: Sequence[AnyAlert], *, around: Around) -> Iterator[Complaint]:
    """What is wrong with the conditions that halt the ramp; no alert may have the name of one."""
    names = [alert.name for alert in alerts]
    for halt in halts:
        at: Path = ("plan", "halt", halt.name)
        for one in _reading_problems(around, at, halt):
            yield one._replace(path=at)
        if halt.name in names:
            yield Complaint(at, f'an alert is called "{halt.name}" too; rename one', (("alerts",),))


def _reading_problems(around: Around, at: Path, alert: AnyAlert) -> Iterator[Complaint]:
    for key, vector, bound in _read_by(alert):
        yield from _vector_problems(around, (*at, key), vector)
        if bound is not None:
            yield from _unit_problems((*at, key), vector, bound)


def condition_problems(around: Around, at: Path, condition: Condition) -> Iterator[Complaint]:
    """What is wrong with the metrics, arms, windows and numbers of one condition."""
    for vector, bound in condition.vectors():
        yield from _vector_problems(around, at, vector)
        if bound is not None:
            yield from _unit_problems(at, vector, bound)


def _read_by(alert: AnyAlert) -> Iterator[tuple[str, Vector, Threshold | None]]:
    for key in ("expr", "while_", "metric"):
        said = getattr(alert, key, None)
        if isinstance(said, Expression):
            condition: Condition = said.condition
            for vector, bound in condition.vectors():
                yield key.rstrip("_"), vector, bound
        elif isinstance(said, Selection):
            yield key, said.vector, None


def _vector_problems(around: Around, at: Path, vector: Vector) -> Iterator[Complaint]:
    try:
        found = metric(vector.metric)
    except KeyError:
        yield Complaint(at, no_metric(vector.metric, BY_NAME))
        return
    except ValueError as unclear:
        yield Complaint(at, str(unclear))
        return
    yield from around.unreadable(at, vector.metric)
    if vector.arm and vector.arm not in around.models:
        yield Complaint(at, nowhere("model", vector.arm, list(around.models)), (_MODELS,))
    counted = vector.function == "events" or (not vector.function and found.unit == "share")
    tick = around.tick
    if vector.width and counted and vector.width < 2 * tick:
        said = (
            f"[{format_duration(vector.width)}] holds fewer than the two scrapes a rate needs at a tick of "
            f"{format_duration(tick)}; widen it to at least {format_duration(2 * tick)}"
        )
        yield Complaint(at, said, (_TICK,))


def _unit_problems(at: Path, vector: Vector, bound: Threshold) -> Iterator[Complaint]:
    try:
        unit = "index" if vector.function == "events" else metric(vector.metric).unit
    except (KeyError, ValueError):
        return
    percent, timed = bound.text.endswith("%"), bound.text[-1].isalpha()
    if timed and unit != "seconds":
        yield Complaint(at, f'{vector.metric} is no time, so "{bound.text}" does not fit it; write "2%" or a number')
    elif percent and unit not in ("share", "ratio", "index"):
        said = f'{vector.metric} is no share, so "{bound.text}" does not fit it; write "150ms" or a number'
        yield Complaint(at, said)
    elif unit == "share" and not percent and bound.value > 1.0:
        yield Complaint(at, f'{vector.metric} is a share and never {bound.text}; did you mean "{bound.text}%"?')


def _slo_problems(around: Around, at: Path, name: str, model: str) -> Iterator[Complaint]:
    if name not in BY_NAME:
        yield Complaint((*at, "metric"), no_metric(name, BY_NAME))
    else:
        yield from around.unreadable((*at, "metric"), name)
        if metric(name).unit != "share" or name.startswith(("traffic.", "fairness.", "data.", "saturation.")):
            said = f"{name} does not say how many of all events were bad; name a share of them"
            yield Complaint((*at, "metric"), said)
    if model not in (*around.models, "all"):
        yield Complaint((*at, "model"), nowhere("model", model, [*around.models, "all"]), (_MODELS,))
