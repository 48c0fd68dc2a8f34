"""How long a fairness gate must wait until it can see that an equal candidate is as fair as the incumbent."""

import math
from collections.abc import Iterator

from sandbox.base.units import NS_PER_SECOND
from sandbox.decide.gates.fairness import Fairness
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.normal_mixture import half_width
from sandbox.scenario.lint.prospect import Prospect

SPREAD = 0.09
"""The variance of a rate of 10% or 90%: of others it is more, so that no wait is made longer than it is."""
LONGEST = 400 * 86_400 * NS_PER_SECOND
"""Who would have to wait longer waits for ever."""


def fair_waits(prospect: Prospect, gate: Fairness) -> Iterator[tuple[int, float]]:
    """Steps, and how long in ns each must last at least until the gap is surely within `worse` of the incumbent's."""
    document = prospect.document
    base, shares = document.population.base_rate, [one.share for one in document.groups]
    if prospect.rate is None or not gate.worse or len(shares) < 2:
        return
    case = min(base, 1.0 - base)
    for step in range(len(prospect.steps)):
        rates = prospect.rates(step)
        if rates is None or not min(rates) or not prospect.asks(gate, step):
            continue
        alpha = of_step(gate.alpha, step) / (2 * len(gate.reads))
        seconds = 60.0
        while seconds * NS_PER_SECOND < LONGEST and _half(rates, shares, case, seconds, alpha) > gate.worse:
            seconds *= 1.1
        yield step, document.labels.horizon + seconds / document.labels.coverage * NS_PER_SECOND


def _half(rates: tuple[float, float], shares: list[float], case: float, seconds: float, alpha: float) -> float:
    cases = [rate * share * case * seconds for rate in rates for share in shares]
    return half_width(math.sqrt(sum(SPREAD / n for n in cases)), n=max(2, int(sum(cases))), alpha=alpha)
