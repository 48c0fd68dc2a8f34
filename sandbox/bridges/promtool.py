"""A run's alerts as promtool's unit tests: what was scraped, and what was pending and firing at every evaluation.

`promtool test rules tests.yml` then says whether Prometheus would have alerted as the flight did. It needs promtool
2.42 or newer (keep_firing_for), 3.x for `compat = "prom3"`. promtool passes what is never expected to fire even if no
rule matches anything, so an export without a single active alert says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.base.flight import Flight
from sandbox.base.units import format_duration
from sandbox.bridges.promql import labels_of, number, quoted, rule_expression, series_name, why_not, widest
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.machine import Labels, State
from sandbox.decide.alerts.parse import Expression
from sandbox.decide.alerts.scene import Name
from sandbox.decide.alerts.series import LOOKBACK, Compat, Series
from sandbox.scenario.document import Document
from sandbox.scenario.read import read_text

CAP = 10_000
"""Samples that promtool loads for one query at most (prometheus/prometheus issue 17237)."""
MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One change of one alert at an evaluation."""

    at: int
    alert: str
    labels: Labels
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Alerts, what was scraped for them at every tick, and what they did; evaluated at 0, tick, ... up to `last`."""

    title: str
    tick: int
    last: int
    compat: Compat
    alerts: Sequence[AnyAlert]
    series: Mapping[Name, Series] = field(repr=False)
    turns: Sequence[Turned] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The text of rules.yml and tests.yml, and what a reader must know about them."""

    rules: str = field(repr=False)
    tests: str = field(repr=False)
    remarks: tuple[str, ...]


def export(case: Case) -> Exported:
    """The files for promtool; raises ValueError where nothing can be said in its words."""
    if case.tick % MILLISECOND:
        raise ValueError(f"a tick of {format_duration(case.tick)} is finer than promtool's milliseconds")
    shares = frozenset(name.metric for name in case.series if name.form == "hits")
    said: list[tuple[AnyAlert, str]] = []
    remarks = []
    for alert in case.alerts:
        expression = rule_expression(alert, tick=case.tick, compat=case.compat, shares=shares)
        if expression is None:
            remarks.append(f'"{alert.name}" is left out: {why_not(alert)}')
        elif (why := _too_much(alert, case)) is not None:
            remarks.append(f'"{alert.name}" is left out: {why}')
        else:
            said.append((alert, expression))
    if not said:
        raise ValueError("; ".join(["no alert can be said in PromQL", *remarks]))
    active = {turn.alert for turn in case.turns if turn.state is not State.INACTIVE}
    if not active & {alert.name for alert, _ in said}:
        remarks.append("none of its alerts was ever active: promtool would pass on rules that match nothing, too")
    remarks.append(_edges(case))
    return Exported(
        rules="\n".join(_rules(said)) + "\n", tests="\n".join(_tests(case, [alert for alert, _ in said])) + "\n",
        remarks=tuple(remarks),
    )


def _too_much(alert: AnyAlert, case: Case) -> str | None:
    if alert.kind == "hysteresis" and case.tick >= LOOKBACK:
        return "at a tick of 5m or more a rule cannot see its own last evaluation"
    conditions = [one for one in (getattr(alert, key, None) for key in ("expr", "while_")) if one is not None]
    wide = max((widest(one.condition) for one in conditions if isinstance(one, Expression)), default=0)
    if wide // case.tick > CAP:
        return f"a window of {format_duration(wide)} holds more than promtool's {CAP:,} samples"
    return None


# rules.yml


def _rules(said: Sequence[tuple[AnyAlert, str]]) -> Iterator[str]:
    yield from ("groups:", "- name: greenroom", "  rules:")
    for alert, expression in said:
        yield f"  - alert: {quoted(alert.name)}"
        yield f"    expr: {quoted(expression)}"
        if alert.for_:
            yield f"    for: {format_duration(alert.for_)}"
        if alert.keep_firing_for:
            yield f"    keep_firing_for: {format_duration(alert.keep_firing_for)}"
        yield f"    labels: {_yaml(alert.labels | {'severity': alert.severity})}"


def _yaml(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {quoted(value)}" for name, value in sorted(labels.items())) + "}"


# tests.yml


def _edges(case: Case) -> str:
    """Which promtool agrees, since a window's left edge is in it up to Prometheus 2 and not since 3."""
    mine, other = (3, 2) if case.compat == "prom3" else (2, 3)
    return f'windows are those of Prometheus {mine}; for promtool {other} fly with [alerting] compat = "prom{other}"'


def _tests(case: Case, alerts: Sequence[AnyAlert]) -> Iterator[str]:
    tick = format_duration(case.tick)
    yield f"# {_edges(case)}"
    yield from ("rule_files: [rules.yml]", f"evaluation_interval: {tick}", "tests:")
    yield from (f"- name: {quoted(case.title)}", f"  interval: {tick}", "  input_series:")
    for name, series in case.series.items():
        yield f"  - series: {quoted(series_name(name))}"
        yield f"    values: {quoted(' '.join(_values(series, case)))}"
    timeline = list(_timeline(case))
    yield "  alert_rule_test:"
    for at, active in timeline:
        for alert in alerts:
            firing = [
                f"{{exp_labels: {_yaml(_all_labels(alert, labels))}}}"
                for (name, labels), state in active.items()
                if name == alert.name and state is State.FIRING
            ]
            expected = f"exp_alerts: [{', '.join(firing)}]"
            yield f"  - {{eval_time: {format_duration(at)}, alertname: {quoted(alert.name)}, {expected}}}"
    yield "  promql_expr_test:"
    for at, active in timeline:
        for alert in alerts:
            samples = [
                f"{{labels: {quoted(f'ALERTS{_shown(alert, labels, state)}')}, value: 1}}"
                for (name, labels), state in active.items()
                if name == alert.name
            ]
            query = quoted(f"ALERTS{labels_of({'alertname': alert.name})}")
            yield f"  - {{expr: {query}, eval_time: {format_duration(at)}, exp_samples: [{', '.join(samples)}]}}"


def _all_labels(alert: AnyAlert, labels: Labels) -> dict[str, str]:
    return {**dict(labels), **alert.labels, "severity": alert.severity}


def _shown(alert: AnyAlert, labels: Labels, state: State) -> str:
    return labels_of({**_all_labels(alert, labels), "alertname": alert.name, "alertstate": state.value})


def _values(series: Series, case: Case) -> Iterator[str]:
    scraped = {at: (value, stale) for at, value, stale in series.samples()}
    for at in range(0, case.last + 1, case.tick):
        value, stale = scraped.get(at, (0.0, False))
        yield "_" if at not in scraped else "stale" if stale else number(value)


def _timeline(case: Case) -> Iterator[tuple[int, dict[tuple[str, Labels], State]]]:
    """What is pending or firing after each evaluation."""
    active: dict[tuple[str, Labels], State] = {}
    turns = iter([*case.turns, None])
    turn = next(turns)
    for at in range(0, case.last + 1, case.tick):
        while turn is not None and turn.at <= at:
            active.pop((turn.alert, turn.labels), None)
            if turn.state is not State.INACTIVE:
                active[turn.alert, turn.labels] = turn.state
            turn = next(turns)
        yield at, dict(active)


# A flight as a case.


def case_of(flight: Flight) -> Case:
    """What the alerts of a flight saw and did, from its journal; raises ValueError where it has none."""
    header = flight.header
    document = read_text(header.scenario_text, name=header.source or header.name)
    if not document.all_alerts:
        raise ValueError("the run has neither [[alerts]] nor [[slos]]; there is nothing to export")
    turns = [
        Turned(
            at=entry.at, alert=str(entry.facts["alert"]), labels=tuple(sorted(entry.facts["labels"].items())),
            state=State(entry.facts["state"]),
        )
        for entry in flight.journal
        if entry.kind == "alert"
    ]
    last = (header.duration - 1) // header.tick * header.tick
    return Case(
        title=re.sub(r"\s+", " ", header.title), tick=header.tick, last=last, compat=document.alerting.compat,
        alerts=document.all_alerts, series=_scraped(flight, document), turns=turns,
    )


def _scraped(flight: Flight, document: Document) -> dict[Name, Series]:
    totals: dict[Name, float] = {}
    series: dict[Name, Series] = {}
    for entry in flight.journal:
        if entry.kind != "scrape":
            continue
        for metric, arms in entry.facts["samples"].items():
            for arm, (value, events, hits) in zip(flight.header.layout.arms, arms, strict=True):
                series.setdefault(Name(metric, "value", arm), Series()).add(
                    entry.at, float("nan") if value is None else float(value)
                )
                for name, more in ((Name(metric, "events", arm), events), (Name(metric, "hits", arm), hits)):
                    if more is None:
                        continue
                    if name not in series:
                        series[name] = Series()
                        series[name].add(0, 0.0)
                    totals[name] = totals.get(name, 0.0) + more
                    series[name].add(entry.at, totals[name])
    return series
