"""A test that cannot see what it looks for before the step ends."""

import math
from collections.abc import Iterator

from sandbox.base.units import NS_PER_SECOND, format_duration, format_share
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.comparing import Comparing
from sandbox.decide.gates.fairness import Fairness
from sandbox.scenario.lint.fair_power import fair_waits
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.gate_without_data import about
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path

BRIER_SPREAD = 1.3
"""A squared distance of score and label varies about 1.3 times as much as its mean is large."""


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Comparisons that an equal candidate would wait for longer than the step lasts; requests count as independent."""
    for index, gate in enumerate(prospect.document.gates):
        if not isinstance(gate, (Comparing, Fairness)) or gate.dry_run:
            continue
        if isinstance(gate, Better) and (why := _too_good(prospect, gate)):
            yield ("gates", index), why, "ask for less"
            continue
        times = fair_waits(prospect, gate) if isinstance(gate, Fairness) else waits(prospect, gate)
        late = [(step, wait) for step, wait in times if wait > _lasts(prospect, step)]
        if late:
            step, wait = max(late, key=lambda pair: pair[1])
            title = prospect.steps[step].title
            because = (
                f"at {title} it takes at least {about(wait)} to see {_sought(gate)}, and the step bakes "
                f"{format_duration(prospect.document.ramp.bake_of(step))}"
            )
            do = "bake longer, begin with a larger share, widen the margin, or name later steps"
            yield ("gates", index), because, do


def _lasts(prospect: Prospect, step: int) -> float:
    ramp = prospect.document.ramp
    return 2.0 * ramp.bake_of(step) + (ramp.patience or 0)


def waits(prospect: Prospect, gate: Comparing) -> Iterator[tuple[int, float]]:
    """Steps, and about how long in ns each must last until half of all equal candidates have passed."""
    found, effect = prospect.read(gate.metric), _effect(prospect, gate)
    variance = _variance(prospect, gate.metric)
    if found is None or effect is None or not variance or not effect:
        return
    lag = prospect.document.labels.horizon if found.matured else 0
    part = prospect.document.labels.coverage if found.matured else 1.0
    needed = sharpness(gate.alpha / _sharing(prospect), fixed=gate.test != "always-valid")
    for step in range(len(prospect.steps)):
        rates = prospect.rates(step)
        if rates is None or not prospect.asks(gate, step) or not min(rates):
            continue
        each = sum(1.0 / rate for rate in rates)
        yield step, lag + variance * each / part * (needed / effect) ** 2 * NS_PER_SECOND


def _sharing(prospect: Prospect) -> int:
    gates = prospect.document.gates
    return sum(isinstance(gate, Comparing) and not gate.dry_run for gate in gates) if (
        prospect.document.judgement.correction != "none"
    ) else 1


def _effect(prospect: Prospect, gate: Comparing) -> float | None:
    """The difference that must show, in the metric's unit."""
    if isinstance(gate, Better):
        stated = [one for one in prospect.document.plan.success if one.metric == gate.metric]
        if not stated:
            return None
        from sandbox.base.units import parse_margin

        margin = parse_margin(stated[0].smallest_effect)
    else:
        margin = gate.limit
    if not margin.relative:
        return abs(margin.amount)
    level = _level(prospect, gate.metric)
    return None if level is None else abs(margin.amount) * level


def _level(prospect: Prospect, name: str) -> float | None:
    if name == "quality.brier":
        rate = prospect.document.population.base_rate
        return 0.75 * rate * (1.0 - rate) if prospect.rate is not None else None
    return prospect.base(name)


def _variance(prospect: Prospect, name: str) -> float | None:
    level = _level(prospect, name)
    if level is None:
        return None
    return (BRIER_SPREAD * level) ** 2 if name == "quality.brier" else level * (1.0 - level)


def _too_good(prospect: Prospect, gate: Better) -> str:
    """Why no candidate can be that much better."""
    found = prospect.read(gate.metric)
    if found is None or found.unit not in ("share", "seconds") or not gate.by.relative:
        return ""
    if found.lower_is_better and gate.by.amount >= 1.0:
        return f"{gate.metric} cannot be lower by {gate.by.text}, so this never passes"
    return ""


def _sought(gate: Comparing | Fairness) -> str:
    if isinstance(gate, Fairness):
        return f"that gaps between groups are within {format_share(gate.worse)} of the incumbent's"
    if isinstance(gate, Better):
        return "the smallest effect that matters"
    return f"that an equal one is within {gate.limit.text}"


def sharpness(alpha: float, *, fixed: bool) -> float:
    """How many standard errors the effect must be so that half of all tests have shown it.

    Always-valid: where the one-sided normal mixture at its tuned time reaches 1 / alpha (Howard et al. 2021).
    """
    if fixed:
        from statistics import NormalDist

        return NormalDist().inv_cdf(1.0 - alpha)
    low, high = 0.0, 100.0
    for _ in range(60):
        k = 0.5 * (low + high)
        v = 0.7 * k * k
        log_e = 0.5 * math.log(4.0 / (v + 1.0)) + 0.7 * k**4 / (2.0 * (v + 1.0))
        low, high = (k, high) if log_e < -math.log(alpha) else (low, k)
    return high


RULE = Rule("gate-without-power", "a test that cannot see what it looks for before the step ends", look)
