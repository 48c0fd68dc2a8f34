"""What a plan assumes of its world and its candidate, and how far each may be out: from half of what the file says to
twice; of an AUC, whose best is 1, it is what it lacks of that.

Where the plan cannot be read with such a value, the range ends at the furthest with which it can.
"""

import re
from collections.abc import Iterator
from typing import Any

import tomli

from sandbox.base.units import format_duration, parse_duration
from sandbox.lab.ranges import Range, range_of
from sandbox.lab.variants import Setting, SettingError, changed
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError

ASSUMED = ("traffic", "population", "users", "drift", "faults", "labels", "experience")
"""The tables that say what the world is like, whatever flies in it."""

BELIEVED = ("auc", "latency")
"""What is believed of a candidate before it flies."""

ALWAYS = ("traffic.mean", "labels.delay", "models.{candidate}.auc", "models.{candidate}.latency.p50")
"""Assumed by every plan that has them, whether or not its file says them."""

CHOSEN = ("traffic.peak", "traffic.period", "traffic.speed", "labels.maturity")
"""Numbers that are known or chosen, and not assumed."""

ALONG = {"labels.delay": "labels.slowest", "latency.p50": "latency.p99"}
"""What is so many times as large moves what the file says of its tail as many times."""

DOWN, UP = (0.5, 0.75, 0.9), (2.0, 1.5, 1.1)
"""Times what the file says, the furthest first."""

_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s*(%|pp|/[smhd])?")


def assumptions(plan: Plan) -> tuple[Range, ...]:
    """Every number that the plan's file says of its world, and those that every plan assumes, each with its range."""
    raw: dict[str, Any] = tomli.loads(plan.text)
    written = {key: value for table in ASSUMED for key, value in _leaves(raw.get(table), table)}
    candidate = plan.document.ramp.model
    model = raw.get("models", {}).get(candidate, {})
    for part in BELIEVED:
        written |= dict(_leaves(model.get(part), f"models.{candidate}.{part}"))
    known = dict(_leaves(plan.filled_in, ""))
    always = {one.format(candidate=candidate) for one in ALWAYS}
    if plan.document.knows_label_times:
        always.remove("labels.delay")
    written |= {key: value for key, value in known.items() if key in always and key not in written}
    left = {*CHOSEN, *map(_along, written)}
    found = (_range(plan, key, value) for key, value in written.items() if key not in left)
    return tuple(one for one in found if one is not None)


def together(plan: Plan, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """Settings, and those that go along with them: the slowest label with the usual one, p99 with p50."""
    written, keys = dict(_leaves(tomli.loads(plan.text), "")), {one.key for one in settings}
    along: list[Setting] = []
    for one in settings:
        tail = _along(one.key)
        if tail in written and tail not in keys and (usual := magnitude(value_at(plan, one.key))):
            along += [Setting(tail, text) for text in _scaled(written[tail], (magnitude(one.value) / usual,))]
    return (*settings, *along)


def value_at(plan: Plan, key: str) -> str:
    """What a key is as the plan flies, as a file would say it; raises SettingError where it is nothing."""
    value = dict(_leaves(plan.filled_in, "")).get(key)
    if value is None:
        raise SettingError(f"{key}: the scenario has no such number; `greenroom show {plan.name}` has every key")
    return _said(value)


def magnitude(text: str) -> float:
    """The number in a quantity, durations in ns."""
    try:
        return float(parse_duration(text))
    except ValueError:
        match = _QUANTITY.fullmatch(text)
        return float(match[1]) if match else 0.0


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _leaves(one, f"{key}[{place}]")
    elif value is not None:
        yield key, value


def _along(key: str) -> str:
    """The key that moves with a key, nothing where none does."""
    return next((key.removesuffix(led) + tail for led, tail in ALONG.items() if key.endswith(led)), "")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.12g}" if isinstance(value, float) else str(value)


def _range(plan: Plan, key: str, value: Any) -> Range | None:
    """Around a value, as far as the plan can be read with it; None where it is no number, or nothing else is read."""
    if isinstance(value, bool):
        return None
    scaled = _nearer if key.endswith(".auc") else _scaled
    ends = [next((one for one in scaled(value, by) if _reads(plan, key, one)), None) for by in (DOWN, UP)]
    low, high = (_said(value) if one is None else one for one in ends)
    try:
        return range_of(key, (f"{low}..{high}",))
    except SettingError:
        return None


def _scaled(value: Any, by: tuple[float, ...]) -> Iterator[str]:
    """A quantity times each factor, in its own unit; less is towards minus infinity."""
    text = _said(value)
    try:
        duration = parse_duration(text)
    except ValueError:
        match = _QUANTITY.fullmatch(text)
        if match is None:
            return
        number, unit = float(match[1]), match[2] or ""
        factors = by if number >= 0 else tuple(1.0 / one for one in by)
        whole = isinstance(value, int)
        yield from (
            f"{max(1, round(number * one))}" if whole and number > 0 else f"{number * one:.6g}{unit}"
            for one in factors if number
        )
        return
    yield from (format_duration(round(duration * one)) for one in by if duration)


def _nearer(value: Any, by: tuple[float, ...]) -> Iterator[str]:
    """So many times as near to 1."""
    yield from (f"{1.0 - (1.0 - float(value)) / one:.4g}" for one in by)


def _reads(plan: Plan, key: str, text: str) -> bool:
    try:
        changed(plan, together(plan, (Setting(key, text),)))
    except (SettingError, ScenarioError):
        return False
    return True
