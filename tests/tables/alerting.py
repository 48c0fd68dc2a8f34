"""Scenes made by hand: series on a grid of minutes, and an alert looked at minute by minute."""

from collections.abc import Mapping, Sequence

from sandbox.base.reading import Unit
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.machine import State
from sandbox.decide.alerts.scene import Name, Scene
from sandbox.decide.alerts.series import Compat, Series
from sandbox.decide.alerts.watch import look, watch

MINUTE = 60 * 10**9
UNITS: Mapping[str, Unit] = {"errors.rate": "share", "latency.p99": "seconds"}


def gauge(values: Sequence[float | str | None], *, metric: str = "errors.rate") -> dict[Name, Series]:
    """One sample a minute from 0; None is a scrape that found nothing new, "stale" one that found the series gone."""
    series = Series()
    for minute, value in enumerate(values):
        if value == "stale":
            series.end(minute * MINUTE)
        elif isinstance(value, (int, float)):
            series.add(minute * MINUTE, float(value))
    return {Name(metric, "value", "candidate"): series}


def scene(series: Mapping[Name, Series], minute: int, *, compat: Compat = "prom3") -> Scene:
    known = {}
    for name, one in series.items():
        known[name] = Series()
        for at, value, stale in one.samples():
            if at <= minute * MINUTE:
                known[name].end(at) if stale else known[name].add(at, value)
    return Scene(
        at=minute * MINUTE, tick=MINUTE, series=known, arms=("incumbent", "candidate"), units=UNITS, compat=compat
    )


def states(
    alert: AnyAlert, values: Sequence[float | str | None], *, minutes: int | None = None, compat: Compat = "prom3"
) -> str:
    """What the alert is minute by minute: "." inactive, "p" pending, "F" firing."""
    series, now, said = gauge(values), watch(alert), ""
    for minute in range(len(values) if minutes is None else minutes):
        now, _ = look(now, scene(series, minute, compat=compat))
        found = {one.state for one in now.alerts.values()}
        said += "F" if State.FIRING in found else "p" if State.PENDING in found else "."
    return said
