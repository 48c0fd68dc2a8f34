"""A limit that chance crosses."""

import math
from collections.abc import Iterator

from sandbox.decide.gates.threshold import Threshold
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect, upper_tail
from sandbox.scenario.locate import Path

OFTEN = 0.05
"""An equal candidate that fails more often than this at its first measurements is sent home by chance."""

REFERENCE = 20_000
"""About how many requests a drift is measured against."""

PSI_BINS = 10

LOOKS = 6
"""How often a step may double what it had at the first look: beyond that chance has no more to say."""


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Limits that a candidate which keeps them crosses by chance at some look of a step, most likely the first."""
    for index, gate in enumerate(prospect.document.gates):
        if not isinstance(gate, Threshold) or gate.dry_run or gate.failure_limit < 0:
            continue
        n = _at_first(prospect, gate)
        often = max((_in_a_step(prospect, gate, base, n) for base in _bases(prospect, gate)), default=0.0)
        if often > OFTEN:
            because = f"with {n:,.0f} observations at the first look, chance alone crosses it in {often:.0%} of steps"
            yield ("gates", index), because, 'raise "minimum" or "failure_limit", or compare with the incumbent'


def _at_first(prospect: Prospect, gate: Threshold) -> float:
    """How many observations a first look has: what one window holds, or as many as it judges on.

    A stretch that `over` names begins empty with every step, so no more is sure.
    """
    lag = prospect.document.labels.horizon if (found := prospect.read(gate.metric)) and found.matured else 0
    steps = [step for step in range(len(prospect.steps)) if prospect.asks(gate, step)]
    first = max(prospect.tick, gate.initial_delay) + lag
    seen = [prospect.observed(gate.metric, step, first) for step in steps]
    return max(float(gate.minimum), min((one for one in seen if one is not None), default=0.0), 1.0)


def _bases(prospect: Prospect, gate: Threshold) -> Iterator[float]:
    """What the metric may come to where nothing is wrong: as the incumbent is, and as the file says the model is."""
    if gate.metric.startswith("drift.psi"):
        yield 0.0
        return
    for model in dict.fromkeys(("incumbent", gate.model)):
        if base := prospect.base(gate.metric, model):
            yield base


def _in_a_step(prospect: Prospect, gate: Threshold, base: float, n: float) -> float:
    """How often some look of a step is beyond: what has doubled since the last one is taken to be a new look."""
    kept = 1.0
    for doubled in range(LOOKS):
        kept *= 1.0 - _crosses(prospect, gate, base, n * 2.0**doubled)
    return 1.0 - kept


def _crosses(prospect: Prospect, gate: Threshold, base: float, n: float) -> float:
    """How often all the first measurements that it takes to fail are beyond the limits; 0 of what is beyond anyway."""
    low, high = gate.failing
    if gate.metric.startswith("drift.psi"):
        among = len(prospect.document.feature_names) if gate.metric == "drift.psi" else 1
        return 1.0 - (1.0 - _psi_above(high, n)) ** among if high is not None else 0.0
    if (high is not None and base > high) or (low is not None and base < low):
        return 0.0
    spread = math.sqrt(base * (1.0 - base) / n)
    once = 0.0
    if high is not None:
        once += upper_tail((high - base) / spread)
    if low is not None:
        once += upper_tail((base - low) / spread)
    return float(once ** (gate.failure_limit + 1))


def _psi_above(limit: float, n: float) -> float:
    """How often a population stability index exceeds a limit where nothing moved (Wilson, Hilferty 1931, for chi²)."""
    free = PSI_BINS - 1
    ratio = limit / ((1.0 / n + 1.0 / REFERENCE) * free)
    third = 2.0 / (9.0 * free)
    return upper_tail((ratio ** (1.0 / 3.0) - (1.0 - third)) / math.sqrt(third))


RULE = Rule("threshold-in-the-noise", "a limit that chance alone crosses", look)
