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


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Limits that an equal candidate crosses by chance at its first look, when it has as few requests as may be."""
    for index, gate in enumerate(prospect.document.gates):
        if not isinstance(gate, Threshold) or gate.dry_run:
            continue
        found = _often(prospect, gate)
        if found is not None and found[0] > OFTEN:
            often, n = found
            because = f"with {n:,.0f} observations chance alone crosses it in {often:.0%} of looks"
            yield ("gates", index), because, 'raise "minimum" or "failure_limit", or compare with the incumbent'


def _often(prospect: Prospect, gate: Threshold) -> tuple[float, float] | None:
    """How often an equal candidate fails at its first measurements, and on how many observations."""
    n, (low, high) = float(gate.minimum), gate.failing
    if gate.failure_limit < 0:
        return None
    if gate.over != "step":
        steps = [step for step in range(len(prospect.steps)) if prospect.asks(gate, step)]
        seen = [prospect.observed(gate.metric, step, gate.over) for step in steps]
        n = max(n, min((one for one in seen if one is not None), default=n))
    if gate.metric.startswith("drift.psi") and high is not None:
        among = len(prospect.document.feature_names) if gate.metric == "drift.psi" else 1
        once = _psi_above(high, n)
        return 1.0 - (1.0 - once) ** among, n
    base = prospect.base(gate.metric)
    if not base:
        return None
    spread = math.sqrt(base * (1.0 - base) / n)
    once = 0.0
    if high is not None:
        once += upper_tail((high - base) / spread)
    if low is not None:
        once += upper_tail((base - low) / spread)
    return once ** (gate.failure_limit + 1), n


def _psi_above(limit: float, n: float) -> float:
    """How often a population stability index exceeds a limit where nothing moved (Wilson, Hilferty 1931, for chi²)."""
    free = PSI_BINS - 1
    ratio = limit / ((1.0 / n + 1.0 / REFERENCE) * free)
    third = 2.0 / (9.0 * free)
    return upper_tail((ratio ** (1.0 / 3.0) - (1.0 - third)) / math.sqrt(third))


RULE = Rule("threshold-in-the-noise", "a limit that chance alone crosses", look)
