"""The search of settings by trial: what to try next comes from Optuna, what a trial comes to from whoever asks.

Akiba, Sano, Yanase, Ohta, Koyama: Optuna: a next-generation hyperparameter optimization framework, KDD 2019. Trials
come one after the other and depend on the seed and on what the earlier ones came to, and on nothing else.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sandbox.lab.ranges import Range, Settings
from sandbox.lab.variants import Setting

RANDOM_PART = 3
"""One trial in so many is drawn anywhere, the first ones; the others where earlier ones were good."""


class OptimiserError(Exception):
    """There is nothing to search with; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a trial came to: values that should be small, and by how much it breaks a constraint (allowed up to 0)."""

    values: tuple[float, ...]
    beyond: float = 0.0


def search(
    ranges: Sequence[Range], tried: Callable[[Settings], Worth | None], *, values: int, trials: int, seed: int
) -> None:
    """Try so many settings, or every one there is where these are no more; a trial that could not be made is None.

    Raises OptimiserError.
    """
    if all(one.choices for one in ranges) and math.prod(len(one.choices) for one in ranges) <= trials:
        for settings in product(*(one.ends for one in ranges)):
            tried(settings)
        return
    try:
        import optuna
    except ImportError:
        raise OptimiserError('settings are searched by Optuna; pip install "greenroom[tune]"') from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(1, trials // RANDOM_PART))
    study = optuna.create_study(directions=["minimize"] * values, sampler=sampler)
    distributions = {one.key: _distribution(optuna, one) for one in ranges}
    for _ in range(trials):
        trial = study.ask(distributions)
        worth = tried(tuple(_said(one, trial.params[one.key]) for one in ranges))
        if worth is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        trial.set_constraint("beyond", worth.beyond)
        study.tell(trial, worth.values)


def _distribution(optuna: Any, one: Range) -> Any:
    if one.choices:
        return optuna.distributions.CategoricalDistribution(one.choices)
    if one.kind == "whole":
        return optuna.distributions.IntDistribution(int(one.low), int(one.high), log=one.logarithmic)
    return optuna.distributions.FloatDistribution(one.low, one.high, log=one.logarithmic)


def _said(one: Range, value: float | str) -> Setting:
    return Setting(one.key, value) if isinstance(value, str) else one.said(value)
