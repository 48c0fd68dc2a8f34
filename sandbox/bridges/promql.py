"""Our expressions as PromQL: names, numbers and windows as Prometheus writes them."""

import json
import re
from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.decide.alerts.expression import Absent, Both, Condition, Either, Threshold, Vector
from sandbox.decide.alerts.hysteresis import Hysteresis
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.m_of_n import MOfN
from sandbox.decide.alerts.rule import Rule
from sandbox.decide.alerts.scene import Form, Name
from sandbox.decide.alerts.series import Compat

_SUFFIX: dict[Form, str] = {"value": "", "hits": "_hits_total", "events": "_events_total"}


def series_name(name: Name) -> str:
    """A series as Prometheus names it: greenroom_errors_rate_hits_total{arm="candidate"}."""
    return f"{_metric(name.metric, name.form)}{labels_of({'arm': name.arm})}"


def labels_of(labels: dict[str, str]) -> str:
    """Labels in braces, in order of their names."""
    return "{" + ",".join(f"{name}={quoted(value)}" for name, value in sorted(labels.items())) + "}"


def quoted(text: str) -> str:
    """A text in quotes, as PromQL and YAML both read it."""
    return json.dumps(text, ensure_ascii=False)


def number(value: float) -> str:
    """The shortest text that reads back as the same number; promtool compares exactly."""
    if value != value:
        return "NaN"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _metric(metric: str, form: Form) -> str:
    return f"greenroom_{re.sub('[^A-Za-z0-9_]', '_', metric)}{_SUFFIX[form]}"


def rule_expression(alert: AnyAlert, *, tick: int, compat: Compat, shares: frozenset[str]) -> str | None:
    """The expression of an alerting rule that fires as the alert does; None where `why_not` says why.

    `shares` are the metrics that are scraped with counters of hits and events.
    """
    if why_not(alert):
        return None
    if isinstance(alert, Rule):
        return promql(alert.expr.condition, shares=shares)
    if isinstance(alert, MOfN):
        return _m_of_n(alert, tick=tick, compat=compat, shares=shares)
    if isinstance(alert, Hysteresis):
        added = ", ".join(["alertname", "alertstate", "severity", *sorted(alert.labels)])
        itself = f'ALERTS{{alertname={quoted(alert.name)},alertstate="firing"}}'
        raised, held = (promql(one.condition, shares=shares) for one in (alert.expr, alert.while_))
        return f"({raised}) or (({held}) and ignoring({added}) {itself})"
    return None


def why_not(alert: AnyAlert) -> str:
    """Why an alert has no rule that fires as it does; empty where it has one."""
    if isinstance(alert, MOfN) and any(isinstance(one, Absent) for one in _parts(alert.expr.condition)):
        return "a subquery also asks of times before the flight, when everything is absent"
    return "" if isinstance(alert, (Rule, MOfN, Hysteresis)) else f'PromQL cannot say kind "{alert.kind}"'


def _m_of_n(alert: MOfN, *, tick: int, compat: Compat, shares: frozenset[str]) -> str:
    inner = promql(alert.expr.condition, shares=shares)
    if alert.n == 1:
        return inner
    if any(isinstance(one, Either) for one in _parts(alert.expr.condition)):
        inner = f"({inner}) * 0"  # the sides differ in name, and a count goes by name
    width = alert.n * tick if compat == "prom3" else (alert.n - 1) * tick
    return f"count_over_time(({inner})[{format_duration(width)}:{format_duration(tick)}]) >= {alert.m}"


def _parts(condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, (Both, Either)):
        yield from _parts(condition.left)
        yield from _parts(condition.right)


def promql(condition: Condition, *, shares: frozenset[str]) -> str:
    """A condition in PromQL."""
    if isinstance(condition, Both):
        return f"({promql(condition.left, shares=shares)}) and ({promql(condition.right, shares=shares)})"
    if isinstance(condition, Either):
        return f"({promql(condition.left, shares=shares)}) or ({promql(condition.right, shares=shares)})"
    if isinstance(condition, Absent):
        return f"absent({_selector(condition.vector, 'value')})"
    left = _vector(condition.left, shares=shares)
    if isinstance(condition.right, Threshold):
        return f"{left} {condition.sign} {number(condition.right.value)}"
    right = _vector(condition.right, shares=shares)
    return f"{left} {condition.sign} ignoring(arm) group_left() ({number(condition.times)} * {right})"


def _selector(vector: Vector, form: Form) -> str:
    arm = labels_of({"arm": vector.arm}) if vector.arm else ""
    return f"{_metric(vector.metric, form)}{arm}"


def _vector(vector: Vector, *, shares: frozenset[str]) -> str:
    if not vector.width:
        return _selector(vector, "value")
    width = f"[{format_duration(vector.width)}]"
    if vector.function == "events":
        return f"increase({_selector(vector, 'events')}{width})"
    if not vector.function and vector.metric in shares:
        return f"(rate({_selector(vector, 'hits')}{width}) / rate({_selector(vector, 'events')}{width}))"
    return f"{vector.function or 'avg'}_over_time({_selector(vector, 'value')}{width})"


def widest(condition: Condition) -> int:
    """The widest window of a condition, in ns."""
    return max((vector.width for vector, _ in condition.vectors()), default=0)
