"""Random series and random alerts, flown through the engine: what promtool is asked to agree with."""

from collections.abc import Iterator

import numpy as np

from sandbox.bridges.promtool import Case, Turned
from sandbox.decide.alerts.hysteresis import Hysteresis
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.m_of_n import MOfN
from sandbox.decide.alerts.rule import Rule
from sandbox.decide.alerts.scene import Form, Name, Scene
from sandbox.decide.alerts.series import Compat, Series
from sandbox.decide.alerts.watch import look, watch

SECOND = 10**9
ARMS = ("incumbent", "candidate")
SHARE, GAUGE = "errors.rate", "latency.p99"


def case(seed: int, *, compat: Compat) -> Case:
    """One random scenario, evaluated by the engine."""
    rng = np.random.default_rng(seed)
    tick = int(rng.choice([15, 30, 60])) * SECOND
    count = int(rng.integers(40, 90))
    series = _series(rng, tick, count)
    alerts = [_alert(rng, number, tick) for number in range(int(rng.integers(2, 5)))]
    return Case(
        title=f"fuzz {seed}", tick=tick, last=(count - 1) * tick, compat=compat, alerts=alerts, series=series,
        turns=list(_flown(alerts, series, tick=tick, count=count, compat=compat)),
    )


def _flown(
    alerts: list[AnyAlert], series: dict[Name, Series], *, tick: int, count: int, compat: Compat
) -> Iterator[Turned]:
    watches = [watch(alert) for alert in alerts]
    for at in range(0, count * tick, tick):
        seen = {name: _until(one, at) for name, one in series.items()}
        scene = Scene(at=at, tick=tick, series=seen, arms=ARMS, units={}, compat=compat)
        for number, before in enumerate(watches):
            watches[number], turns = look(before, scene)
            for turn in turns:
                yield Turned(at=at, alert=before.alert.name, labels=turn.labels, state=turn.state)


def _until(series: Series, at: int) -> Series:
    """What was scraped by an instant: the engine is handed nothing later."""
    known = Series()
    for when, value, stale in series.samples():
        if when <= at:
            known.end(when) if stale else known.add(when, value)
    return known


# Series.


def _series(rng: np.random.Generator, tick: int, count: int) -> dict[Name, Series]:
    found: dict[Name, Series] = {}
    for arm in ARMS:
        fates = _fates(rng, count)
        found[Name(GAUGE, "value", arm)] = _gauge(rng, tick, fates, step=0.01)
        fates = _fates(rng, count)
        found[Name(SHARE, "value", arm)] = _gauge(rng, tick, fates, step=0.005)
        for form, most in (("events", 40), ("hits", 3)):
            found[Name(SHARE, _form(form), arm)] = _counter(rng, tick, fates, most=most)
    return found


def _form(form: str) -> Form:
    return "events" if form == "events" else "hits"


def _fates(rng: np.random.Generator, count: int) -> list[str]:
    """For every scrape whether it came, failed, or found the series gone; gaps and ends come in runs."""
    fates, now = [], "came"
    for _ in range(count):
        if rng.random() < 0.15:
            now = str(rng.choice(["came", "came", "came", "gap", "gap", "gone"]))
        fates.append(now)
    return fates


def _gauge(rng: np.random.Generator, tick: int, fates: list[str], *, step: float) -> Series:
    series, level = Series(), 4
    for number, fate in enumerate(fates):
        level = int(np.clip(level + rng.integers(-2, 3), 0, 12))
        value = float("nan") if rng.random() < 0.03 else round(level * step, 6)
        _scrape(series, number * tick, value, fate, fates[number - 1] if number else "gone")
    return series


def _counter(rng: np.random.Generator, tick: int, fates: list[str], *, most: int) -> Series:
    series, total = Series(), int(rng.choice([0, 0, 500]))
    for number, fate in enumerate(fates):
        total = int(rng.integers(0, 3)) if rng.random() < 0.03 else total + int(rng.integers(0, most + 1))
        _scrape(series, number * tick, float(total), fate, fates[number - 1] if number else "gone")
    return series


def _scrape(series: Series, at: int, value: float, fate: str, before: str) -> None:
    if fate == "came":
        series.add(at, value)
    elif fate == "gone" and before != "gone":
        series.end(at)


# Alerts.


def _alert(rng: np.random.Generator, number: int, tick: int) -> AnyAlert:
    keys: dict[str, object] = {
        "name": f"alert {number}", "severity": str(rng.choice(["page", "ticket", "info"])),
        "for": _span(rng), "keep_firing_for": _span(rng),
    }
    if rng.random() < 0.3:
        keys["labels"] = {"team": 'ml "core"'}
    draw = rng.random()
    if draw < 0.15:
        n = int(rng.integers(1, 8))
        return MOfN.model_validate(keys | {"expr": _expression(rng, tick), "n": n, "m": int(rng.integers(1, n + 1))})
    if draw < 0.3:
        arm = str(rng.choice(["{arm=candidate}", ""]))
        keys |= {"expr": f"{SHARE}{arm} > 3%", "while": f"{SHARE}{arm} > {rng.choice([1, 2])}%"}
        return Hysteresis.model_validate(keys)
    return Rule.model_validate(keys | {"expr": _expression(rng, tick)})


def _span(rng: np.random.Generator) -> str:
    return f"{int(rng.choice([0, 0, 15, 30, 45, 60, 120, 180, 300]))}s"


def _expression(rng: np.random.Generator, tick: int) -> str:
    one = _one(rng, tick)
    draw = rng.random()
    if draw < 0.25:
        return f"{one} and {_one(rng, tick)}"
    return f"{one} or {_one(rng, tick)}" if draw < 0.4 else one


def _one(rng: np.random.Generator, tick: int) -> str:
    sign = str(rng.choice([">", ">=", "<", "<=", "==", "!="], p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05]))
    arm = str(rng.choice(["{arm=candidate}", "{arm=incumbent}", ""]))
    window = f"[{int(rng.choice([2, 3, 5, 10])) * tick // SECOND}s]"
    share, gauge = f"{rng.choice(['2', '2.5', '4', '8'])}%", f"{rng.choice([20, 40, 60, 90])}ms"
    return str(rng.choice([
        f"{SHARE}{arm} {sign} {share}", f"{GAUGE}{arm} {sign} {gauge}", f"{SHARE}{arm}{window} {sign} {share}",
        f"{rng.choice(['avg', 'max', 'min'])}({GAUGE}{arm}{window}) {sign} {gauge}",
        f"{GAUGE}{arm}{window} {sign} {gauge}",
        f"events({SHARE}{arm}{window}) {sign} {rng.choice([20, 60, 100])}", f"absent({GAUGE}{{arm=candidate}})",
        f"{SHARE}{{arm=candidate}} {sign} {rng.choice([1, 2])} * {SHARE}{{arm=incumbent}}",
        f"{SHARE}{{arm=candidate}}{window} {sign} 1.5 * {SHARE}{{arm=incumbent}}{window}",
    ], p=[0.2, 0.12, 0.2, 0.1, 0.08, 0.1, 0.06, 0.07, 0.07]))
