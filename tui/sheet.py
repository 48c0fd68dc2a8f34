"""The flight sheet: what is known of a plan before take-off, in the words and numbers that screens show."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from sandbox.base.reading import Measure, Unit
from sandbox.base.units import Margin, format_duration, format_share
from sandbox.cli.scenarios import lesson
from sandbox.decide.alerts.slo import Slo
from sandbox.decide.gates.wording import amount, change
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.observe.metrics.latency import NAME as QUANTILE
from sandbox.operate.runbook import Runbook
from sandbox.scenario.plan import Plan
from tui.frame import View
from tui.series import Point

ORDER = (
    "traffic.share", "failures.rate", "latency.p95", "drift.psi", "quality.ece", "fairness.tpr_gap", "latency.p50",
    "latency.p99", "errors.rate", "traffic.rate", "quality.accuracy", "saturation.busy",
)
"""What is charted where the scenario asks for nothing else."""
ONCALL = {
    "human": "", "autopilot": "nobody: what gates and alerts conclude is done, and approved, at once",
    "simulated": "somebody made up acts beside you: who is paged answers, and follows the runbook",
    "scripted": "somebody gives commands beside you, by a script",
}
"""Who is on call, by the kind the plan has."""
LEAST = 30
"""With fewer observations a tenth of them may be bad and none is seen, one time in twenty (the rule of three)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A line no value should cross: a number, or the incumbent's value and something on top."""

    value: float
    words: str
    over_incumbent: str = ""
    """Empty for a fixed line; "times" or "plus" where it moves with the incumbent, and then `words` is the margin."""

    def at(self, incumbent: float | None) -> float | None:
        """Where the line is, given what the incumbent reads."""
        if not self.over_incumbent:
            return self.value
        if incumbent is None:
            return None
        return incumbent * (1 + self.value) if self.over_incumbent == "times" else incumbent + self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A metric as an instrument: how it is called and read, and the lines on it."""

    measure: Measure
    title: str
    bounds: tuple[Bound, ...] = ()

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.measure.name

    @property
    def unit(self) -> Unit:
        """The metric's unit."""
        return self.measure.unit

    @property
    def least(self) -> int:
        """So many observations it takes to say anything: of a quantile, that one time in twenty none lies beyond."""
        if self.unit in ("per_second", "count", "bytes"):
            return 0
        quantile = QUANTILE.fullmatch(self.name)
        beyond = 1.0 - float(f"0.{quantile[1]}") if quantile else 1.0
        return max(LEAST, round(3.0 / beyond))

    def few(self, n: int) -> bool:
        """Whether a reading of so many observations says too little to go by."""
        return 0 < n < self.least

    def words_of(self, value: float | None, n: int) -> str:
        """A value, and of how many where they are few: "0% of 7"."""
        return f"{self.words(value)} of {n}" if value is not None and self.few(n) else self.words(value)

    def moves(self, now: Point | None, limit: Bound | None = None) -> tuple[str, ...]:
        """Why a limit moves, in more words and in fewer: it is what the incumbent reads now, and a margin."""
        limit = limit or next((one for one in self.bounds if one.over_incumbent), None)
        if limit is None:
            return ()
        if now is None or now.incumbent is None:
            return (f"inc {limit.words}",)
        reads, stands = self.words_of(now.incumbent, now.n_incumbent), self.words(limit.at(now.incumbent))
        return f"limit {stands} = incumbent {reads} {limit.words}", f"inc {reads} {limit.words}", f"inc {limit.words}"

    def words(self, value: float | None) -> str:
        """A value in the metric's unit."""
        return "no data" if value is None else amount(value, self.unit)

    def brief(self, value: float) -> str:
        """A value in six cells at most."""
        scale, sign = {"share": (100.0, "%"), "per_second": (1.0, "/s")}.get(self.unit, (1.0, ""))
        if self.unit == "seconds":
            scale, sign = (1_000.0, "ms") if abs(value) < 1.0 else (1.0, "s")
        if self.unit == "bytes":
            scale, sign = (1e-9, "GB") if abs(value) >= 1e9 else (1e-6, "MB")
        number = value * scale
        thousands = abs(number) >= 10_000
        text = f"{number / 1_000:.0f}k" if thousands else f"{number:.0f}" if abs(number) >= 100 else f"{number:.2g}"
        return f"{text if 'e' not in text else f'{number:.3f}'[:6]}{sign}"[:6]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSheet:
    """A step of the ramp."""

    title: str
    share: float
    bake: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSheet:
    """A gate as the briefing tells it."""

    name: str
    kind: str
    metric: str
    asks: str
    over: str
    """What it reads: "the step", "the last 5m", "the flight"."""
    decides: bool
    moves: Bound | None = None
    """Its limit, where that moves with the incumbent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSheet:
    """An alert as the briefing tells it."""

    name: str
    severity: str
    when: str
    action: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A plan as screens show it."""

    name: str
    title: str
    story: str
    lesson: str
    seed: int
    duration: int
    tick: int
    arms: tuple[str, ...]
    candidate: str
    segments: tuple[str, ...]
    roles: tuple[str, ...]
    steps: tuple[StepSheet, ...]
    gates: tuple[GateSheet, ...]
    alerts: tuple[AlertSheet, ...]
    slos: tuple[Slo, ...]
    dials: tuple[Dial, ...]
    oncall: str
    """Who else acts, beside whoever sits there; empty where nobody does."""
    runbooks: Mapping[str, Runbook]
    plan: dict[str, Any] = field(repr=False)
    patience: int | None = None
    """How long past its bake a step may wait; for ever unless said."""
    then: str = ""
    """What the ramp does when patience ends: "roll back", "advance"."""

    @property
    def arm(self) -> int:
        """The candidate's place among the arms."""
        return self.arms.index(self.candidate)

    def failed(self, view: View) -> frozenset[str]:
        """The metrics on which a gate fails, or an alert fires."""
        gates = {one.name for one in view.gates if one.verdict == "fail"}
        alerts = {one.name for one in view.alerts if one.firing}
        judged = [name for one in self.gates if one.name in gates for name in one.metric.split(", ")]
        told = [name for one in self.alerts if one.name in alerts for name in one.reads]
        return frozenset((*judged, *told))

    def dial(self, name: str) -> Dial | None:
        """The instrument for a metric."""
        return next((one for one in self.dials if one.name == name), None)


def sheet_of(plan: Plan) -> Sheet:
    """The sheet of a plan."""
    document = plan.document
    ramp = document.ramp
    return Sheet(
        name=plan.name, title=document.scenario.title, story=document.scenario.story or told(plan.text),
        lesson=lesson(plan.text), seed=document.scenario.seed, duration=document.scenario.duration,
        tick=document.scenario.tick, arms=document.arms, candidate=ramp.model,
        segments=tuple(one.name for one in document.segments),
        roles=tuple(dict.fromkeys(one.role for one in ramp.approvals)),
        steps=tuple(
            StepSheet(title=step.title, share=ramp.reached(step.largest), bake=ramp.bake_of(number))
            for number, step in enumerate(ramp.climbs)
        ),
        gates=tuple(
            GateSheet(name=gate.name, kind=gate.kind, metric=", ".join(gate.reads), asks=asks(gate), over=over(gate),
                      decides=not gate.dry_run, moves=_moving(gate, gate.metric))
            for gate in plan.gates
        ),
        alerts=tuple(
            AlertSheet(name=alert.name, severity=alert.severity, when=when(alert), action=alert.action,
                       reads=tuple(alert.reads))
            for alert in document.all_alerts
        ),
        slos=tuple(document.slos), dials=tuple(_dials(plan)), runbooks=document.runbook,
        oncall=ONCALL[document.oncall.kind],
        plan=plan.filled_in, patience=ramp.patience,
        then=ramp.out_of_patience,
    )


def told(text: str) -> str:
    """What the opening comment of a scenario tells before its lesson."""
    opening = takewhile(lambda line: line.startswith("#"), text.splitlines())
    said = " ".join(line.lstrip("# ").strip() for line in opening)
    return re.split(r"\blesson:", said, flags=re.IGNORECASE)[0].strip()


def asks(gate: Any) -> str:
    """What a gate asks, in a few words: "≤ 2%", "≤ incumbent +60%"."""
    unit = _unit(gate.metric)
    words = [f"≤ {amount(bound, unit)}" for key in ("max", "fail_above") if (bound := _number(gate, key)) is not None]
    words += [f"≥ {amount(bound, unit)}" for key in ("min", "fail_below") if (bound := _number(gate, key)) is not None]
    margin = getattr(gate, "limit", None)
    if isinstance(margin, Margin):
        worse = change(margin.amount, relative=margin.relative, unit=unit)
        words.append(f"no worse than incumbent {worse}" if margin.amount >= 0 else f"better than incumbent by {worse}")
    if (gap := _number(gate, "gap")) is not None:
        words.append(f"gap ≤ {format_share(gap)}")
    return ", ".join(dict.fromkeys(words)) or gate.kind.replace("-", " ")


def over(gate: Any) -> str:
    """What a gate reads before it speaks."""
    if gate.over != "step":
        return f"the last {format_duration(gate.over)}"
    return f"the {gate.merges}"


def when(alert: Any) -> str:
    """When an alert fires, in the words of its table."""
    expression = getattr(alert, "expr", None)
    said = getattr(expression, "text", "") or getattr(alert, "metric", "")
    lasts = f" for {format_duration(alert.for_)}" if getattr(alert, "for_", 0) else ""
    kind = "" if getattr(alert, "kind", "rule") == "rule" else f"{alert.kind.replace('-', ' ')} of "
    return f"{kind}{said}{lasts}"


def _number(gate: Any, key: str) -> float | None:
    value = getattr(gate, key, None)
    return value if isinstance(value, float) else None


def _unit(name: str) -> Unit:
    try:
        return metric(name).unit
    except (KeyError, ValueError):
        return "ratio"


def _dials(plan: Plan) -> Iterator[Dial]:
    """The instruments: what the scenario reads first, then what every rollout is watched by."""
    reads = [name for name in plan.policy.reads if _readable(plan, name)]
    usual = [name for name in ORDER if name not in reads and _readable(plan, name)]
    others = [name for name in BY_NAME if name not in reads and name not in usual and _readable(plan, name)]
    first = [*reads, *usual]
    first.sort(key=lambda name: _rank(name, reads))
    for name in [*first, *others]:
        one = metric(name)
        yield Dial(measure=one.measure, title=name, bounds=tuple(_bounds(plan, name)))


def _rank(name: str, reads: list[str]) -> int:
    if name == "traffic.share":
        return -1
    return reads.index(name) if name in reads else len(reads) + (ORDER.index(name) if name in ORDER else len(ORDER))


def _readable(plan: Plan, name: str) -> bool:
    """Whether a flight of this plan has numbers for it."""
    if next(plan.document.unreadable((), name), None) is not None:
        return False
    return not name.startswith(("drift.psi.score", "drift.ks.score", "estimate.")) or name in plan.reads


def _bounds(plan: Plan, name: str) -> Iterator[Bound]:
    for gate in plan.gates:
        if name not in gate.reads or gate.dry_run:
            continue
        for key in ("max", "fail_above", "min", "fail_below"):
            if (value := _number(gate, key)) is not None:
                yield Bound(value=value, words="limit")
        if (moving := _moving(gate, name)) is not None:
            yield moving
    yield from _alerting(plan, name)


def _moving(gate: Any, name: str) -> Bound | None:
    """The limit of a gate that compares: the incumbent's value, and its margin."""
    margin = getattr(gate, "limit", None)
    if not isinstance(margin, Margin):
        return None
    over = margin.amount if metric(name).lower_is_better else -margin.amount
    words = change(over, relative=margin.relative, unit=_unit(name))
    return Bound(value=over, words=words, over_incumbent="times" if margin.relative else "plus")


def _alerting(plan: Plan, name: str) -> Iterator[Bound]:
    for alert in (*plan.document.alerts, *plan.document.plan.halts):
        expression = getattr(alert, "expr", None)
        for vector, bound in expression.condition.vectors() if expression is not None else ():
            if vector.metric == name and bound is not None and vector.function not in ("events", "hits"):
                yield Bound(value=bound.value, words="alert")
