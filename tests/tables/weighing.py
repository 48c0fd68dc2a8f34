"""Evidence of comparisons reckoned anew, and what a gate that compares is handed.

Means: the one-sided normal mixture of Howard, Ramdas, McAuliffe and Sekhon (Annals of Statistics 49(2), 2021,
proposition 5). Events: likelihood ratios of Lindon and Malek (NeurIPS 2022), mixed over a grid, from scipy's binomial.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from sandbox.base.reading import ByUser, Evidence, Look, Measure, Reading, Unit
from sandbox.base.verdict import Judgement
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.no_worse import NoWorse

BUCKETS = 64


# What is reckoned here anew.


def e_of_means(value: float, error: float, *, bound: float, above: bool, scale: float) -> tuple[float, float]:
    """Against "within" and against "beyond": 2 sqrt(1 / (V + 1)) exp(S² / 2(V + 1)) Phi(S / sqrt(V + 1))."""
    v = 0.7 * (scale / error) ** 2
    s = (value - bound) / error * math.sqrt(v) * (1 if above else -1)
    beyond, within = (
        2 * math.sqrt(1 / (v + 1)) * math.exp(one**2 / (2 * (v + 1))) * stats.norm.cdf(one / math.sqrt(v + 1))
        for one in (s, -s)
    )
    return float(beyond), float(within)


def e_of_events(looks: list[tuple[int, int, float]], *, bound: float, above: bool) -> tuple[float, float]:
    """Of looks (events on the incumbent, on the candidate, share): how much likelier the ratio is beyond the bound."""
    log_ratio = np.linspace(0.02, 2.0, 40)
    weight = np.exp(-log_ratio / 0.5)
    found = []
    for sign in (1, -1) if above else (-1, 1):
        likelier = np.ones(40)
        for old, new, share in looks:
            odds = share / (1 - share) * (1 + bound)
            moved = odds * np.exp(sign * log_ratio)
            alone = stats.binom.pmf(new, old + new, odds / (1 + odds))
            likelier *= stats.binom.pmf(new, old + new, moved / (1 + moved)) / alone
        found.append(float((weight / weight.sum() * likelier).sum()))
    return found[0], found[1]


def error_of_shares(
    n: tuple[int, int], hits: tuple[int, int], *, times: float, relative: bool
) -> float:
    """The error of a difference, or of a ratio, of two independent shares, each softened as Agresti and Coull do."""
    soft = [(k + 1) / (m + 2) for k, m in zip(hits, n, strict=True)]
    old, new = (p * (1 - p) / m for p, m in zip(soft, n, strict=True))
    error = math.sqrt(new + times**2 * old)
    return error / (hits[0] / n[0]) if relative else error


def p_of(e: float) -> str:
    p = min(1.0, 1 / e)
    return f"{p:.2g}" if p >= 1e-6 else "<1e-6"


def half_of(error: float, n: int, alpha: float) -> float:
    """Half of the one-sided asymptotic confidence sequence, tightest at 5,000 (Waudby-Smith et al. 2024)."""
    rho2 = (-2 * math.log(2 * alpha) + math.log(1 - 2 * math.log(2 * alpha))) / 5_000
    root = math.sqrt(n * rho2 + 1)
    return error * math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * math.log(1 + root / (2 * alpha)))


# What a gate is handed.


@dataclass(frozen=True)
class Seen:
    """One window: requests and hits of the incumbent and the candidate; users' first hits; the share set; the step."""

    n: tuple[int, int]
    hits: tuple[int, int]
    firsts: tuple[int, int] = (-1, -1)
    share: float = 0.1
    step: int = 0
    strata: int = 1

    @property
    def readings(self) -> tuple[Reading, Reading]:
        each = np.full(BUCKETS, 1 / BUCKETS)
        users = (ByUser(n * each, k * each, f, self.strata) for n, k, f in self._arms)
        old, new = (
            Reading(value=k / n, n=n, hits=k, error=math.sqrt(k) / n, by_user=one)
            for (n, k, _), one in zip(self._arms, users, strict=True)
        )
        return old, new

    @property
    def _arms(self) -> list[tuple[int, int, int]]:
        return list(zip(self.n, self.hits, self.firsts, strict=True))

    def look(self, metric: str) -> Look:
        shares = (1 - self.share, self.share)
        return Look(start=0, end=1, step=self.step, share=shares, readings={metric: self.readings})


def evidence(
    pair: tuple[Reading, Reading], *, looks: tuple[Look, ...] = (), lower: bool = True, unit: Unit = "share",
    step: int = 0, at: int = 10, metric: str = "errors.rate", matured: bool = False,
) -> Evidence:
    measure = Measure(name=metric, unit=unit, lower_is_better=lower, matured=matured)
    return Evidence(
        at=100 * step + at, arm=1, step=step, share=0.1, step_started=100 * step, bake_ends=100 * step + 20,
        merged={metric: pair}, measures={metric: measure}, looks=looks,
    )


def seen(*windows: Seen, step: int = 0, lower: bool = True, metric: str = "errors.rate") -> Evidence:
    """The windows of a flight so far, of which those of this step are merged."""
    mine = [one for one in windows if one.step == step]
    both = Seen(
        tuple(sum(one.n[arm] for one in mine) for arm in (0, 1)),  # type: ignore[arg-type]
        tuple(sum(one.hits[arm] for one in mine) for arm in (0, 1)),  # type: ignore[arg-type]
        strata=windows[0].strata,
    )
    looks = tuple(one.look(metric) for one in windows)
    return evidence(both.readings, looks=looks, step=step, lower=lower, metric=metric)


def no_worse(**keys: Any) -> NoWorse:
    return NoWorse.model_validate({"name": "x", "metric": "errors.rate", "margin": "20%"} | keys)


def better(**keys: Any) -> Better:
    return Better.model_validate({"name": "x", "metric": "errors.rate"} | keys)


def asked(gate: NoWorse | Better, at: Evidence) -> Judgement:
    return gate.step(gate.begin(), at)[1]


def turned(gate: NoWorse | Better, at: Evidence, e: float) -> tuple[Judgement, Judgement]:
    """What it says with an alpha that this e-value just reaches, and with one that it just misses."""
    return tuple(  # type: ignore[return-value]
        asked(gate.model_copy(update={"alpha": (1 + off) / e}), at) for off in (1e-7, -1e-7)
    )


def brier(
    means: tuple[float, float], *, n: tuple[int, int] = (6_400, 6_400), spread: tuple[float, float] = (0.0, 0.0),
    error: tuple[float, float] = (2e-3, 2e-3), full: int = BUCKETS, users: bool = True,
) -> tuple[Reading, Reading]:
    """Mean scores of arms whose buckets of users differ by `spread` up and down; only `full` buckets have anybody."""
    sign = np.where(np.arange(BUCKETS) % 2, 1.0, -1.0)
    there = (np.arange(BUCKETS) < full) / full
    pair = [
        Reading(
            value=mean, n=size, error=one,
            by_user=ByUser(size * there, size * there * (mean + apart * sign)) if users else None,
        )
        for mean, size, one, apart in zip(means, n, error, spread, strict=True)
    ]
    return pair[0], pair[1]


def score(pair: tuple[Reading, Reading], **keys: Any) -> Evidence:
    name = "quality.brier"
    look = Look(start=0, end=1, step=keys.get("step", 0), share=(0.5, 0.5), readings={name: pair})
    return evidence(pair, looks=(look,), metric=name, unit="index", **keys)
