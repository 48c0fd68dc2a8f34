"""Elementary effects: what each of several numbers does to a value, seen from many places at few evaluations.

Random walks go through the unit cube; every step changes one coordinate, so two neighbours tell one effect.

Morris: Factorial sampling plans for preliminary computational experiments, Technometrics 33 (1991); the mean of
absolute effects after Campolongo, Cariboni, Saltelli, Environmental Modelling & Software 22 (2007). SALib reckons both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEVELS = 4
"""Into how many levels a walk divides each coordinate."""


class ScreenError(Exception):
    """A screening that cannot be made; the message says what to install or change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a coordinate does: the mean absolute effect of going from its one end to the other, half the width of that
    mean's 95% interval, and the standard deviation of the effect, which is large where coordinates act together.
    """

    key: str
    absolute: float
    within: float
    spread: float


def walks(keys: Sequence[str], count: int, *, seed: int) -> list[tuple[float, ...]]:
    """The places of so many walks, one walk after the other; raises ScreenError where there is nothing to draw with."""
    if not count:
        return []
    drawn = _salib().sample.morris.sample(_problem(keys), count, num_levels=LEVELS, seed=seed)
    return [tuple(float(f"{one:.12g}") for one in place) for place in drawn]


def elementary_effects(
    keys: Sequence[str], places: Sequence[tuple[float, ...]], values: Sequence[float], *, seed: int
) -> list[Effect]:
    """The effects that values found on walks tell, the largest first; raises ScreenError."""
    import numpy as np

    told = _salib().analyze.morris.analyze(
        _problem(keys), np.array(places), np.array(values), num_levels=LEVELS, seed=seed
    )
    columns = zip(told["names"], told["mu_star"], told["mu_star_conf"], told["sigma"], strict=True)
    found = [
        Effect(key=key, absolute=float(mean), within=float(half), spread=float(spread))
        for key, mean, half, spread in columns
    ]
    return sorted(found, key=lambda one: -one.absolute)


def _problem(keys: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(keys), "names": list(keys), "bounds": [[0.0, 1.0]] * len(keys)}


def _salib() -> Any:
    try:
        import SALib.analyze.morris
        import SALib.sample.morris
    except ImportError:
        raise ScreenError(
            'screening all at once is done by SALib; pip install "greenroom[sensitivity]", or say --walks 0'
        ) from None
    return SALib
