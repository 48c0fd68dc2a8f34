"""A ramp with sticky users, simulated as window counts: what comparing gates are handed, without a flight around it.

Users ask as often as a lognormal says and err as a beta says; a hash fixes for all time at which share each joins the
candidate. Base rates may drift for both arms alike; the candidate's may be `ratio` times as high.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sandbox.base.reading import ByUser, Evidence, Look, Measure, Reading
from sandbox.base.verdict import Judgement, Verdict

BUCKETS = 64
MINUTE = 60 * 10**9

MEASURES = {
    "errors.rate": Measure(name="errors.rate", unit="share", lower_is_better=True),
    "quality.brier": Measure(name="quality.brier", unit="index", lower_is_better=True),
    "traffic.users": Measure(name="traffic.users", unit="share", lower_is_better=False),
    "traffic.share": Measure(name="traffic.share", unit="share", lower_is_better=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """shares of the steps; looks a step; requests a look; who the users are; what moves."""

    shares: tuple[float, ...] = (0.01, 0.05, 0.25, 0.5)
    looks: int = 24
    requests: int = 2_500
    users: int = 20_000
    activity: float = 1.0
    clumped: float | None = None
    base: float = 0.02
    drift: float = 0.0
    """How many times as high the base rate is at the end, less one."""
    ratio: float = 1.0
    mismatch: float = 1.0
    """How many times its share the candidate really gets."""


@dataclass(slots=True)
class _Sums:
    n: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    firsts: np.ndarray


def _reading(sums: _Sums, arm: int, *, share: bool) -> Reading:
    n, total = float(sums.n[arm].sum()), float(sums.total[arm].sum())
    if not n:
        return Reading(value=float("nan"), n=0, hits=0 if share else -1)
    spread = ByUser(sums.n[arm], sums.total[arm], int(sums.firsts[arm]) if share else -1)
    if share:
        soft = (total + 1) / (n + 2)
        error = (soft * (1 - soft) / (n + 2)) ** 0.5
    else:
        error = (max(0.0, float(sums.squares[arm]) / n - (total / n) ** 2) / n) ** 0.5
    return Reading(value=total / n, n=int(n), error=error, hits=int(total) if share else -1, by_user=spread)


def _counted(hits: np.ndarray) -> tuple[Reading, ...]:
    total = int(hits.sum())
    return tuple(
        Reading(value=hit / total if total else float("nan"), n=total, hits=int(hit), error=0.0) for hit in hits
    )


def evidence_of(ramp: Ramp, *, seed: int) -> Iterator[Evidence]:
    """What a gate is handed, look by look."""
    draw = np.random.default_rng(seed)
    activity = draw.lognormal(0.0, ramp.activity, ramp.users)
    activity *= ramp.requests / activity.sum()
    propensity = np.full(ramp.users, ramp.base)
    if ramp.clumped is not None:
        propensity = draw.beta(ramp.base * ramp.clumped, (1 - ramp.base) * ramp.clumped, ramp.users)
    taste = draw.normal(0.0, 0.05, ramp.users)
    unit, had, joined = draw.random(ramp.users), np.zeros(ramp.users, bool), np.full(ramp.users, -1)
    whole = ramp.looks * len(ramp.shares)
    for index in range(whole):
        step, place = divmod(index, ramp.looks)
        share = ramp.shares[step]
        if place == 0:
            merged: dict[str, _Sums] = {}
            people, asked_in_all = np.zeros(2), np.zeros(2)
        arm = (unit < share * ramp.mismatch).astype(int)
        asked = draw.poisson(activity)
        moved = 1.0 + ramp.drift * index / (whole - 1)
        chance = np.minimum(1.0, propensity * moved * np.where(arm, ramp.ratio, 1.0))
        erred = draw.binomial(asked, chance)
        first = (erred > 0) & ~had
        had |= first
        new = (asked > 0) & (joined != step)
        joined[new] = step
        loss = 0.12 * moved * np.where(arm, ramp.ratio, 1.0)
        scored = draw.normal(asked * (loss + taste), 0.15 * np.sqrt(asked))
        here = {}
        for name, total, firsts in (("errors.rate", erred, first), ("quality.brier", scored, first)):
            key = arm * BUCKETS + np.arange(ramp.users) % BUCKETS
            square = np.bincount(arm, asked * (0.15**2 + (loss + taste) ** 2), 2)
            here[name] = _Sums(
                np.bincount(key, asked, 2 * BUCKETS).reshape(2, -1),
                np.bincount(key, total, 2 * BUCKETS).reshape(2, -1), square, np.bincount(arm, firsts, 2),
            )
            before = merged.get(name)
            merged[name] = here[name] if before is None else _Sums(
                *(getattr(before, part) + getattr(here[name], part) for part in _Sums.__slots__)
            )
        fresh, requests = np.bincount(arm, new, 2), np.bincount(arm, asked, 2)
        people += fresh
        asked_in_all += requests
        shares = (1.0 - share, share)
        start = index * 5 * MINUTE
        look = Look(
            start=start, end=start + 5 * MINUTE, step=step, share=shares,
            readings=_readings(here) | {"traffic.users": _counted(fresh), "traffic.share": _counted(requests)},
        )
        step_started = step * ramp.looks * 5 * MINUTE
        yield Evidence(
            at=look.end, arm=1, step=step, share=share, step_started=step_started,
            bake_ends=step_started + ramp.looks * 5 * MINUTE, measures=MEASURES, looks=(look,),
            merged=_readings(merged)
            | {"traffic.users": _counted(people), "traffic.share": _counted(asked_in_all)},
        )


def _readings(sums: dict[str, _Sums]) -> dict[str, tuple[Reading, ...]]:
    return {
        name: tuple(_reading(one, arm, share=name == "errors.rate") for arm in range(2)) for name, one in sums.items()
    }


def verdicts(gates: tuple, ramp: Ramp, *, seed: int) -> tuple[tuple[Verdict, ...], ...]:
    """Each gate's verdict at each look, a mismatch or failure at one look telling nothing to the others."""
    states = [gate.begin() for gate in gates]
    said: list[list[Verdict]] = [[] for _ in gates]
    for evidence in evidence_of(ramp, seed=seed):
        for place, gate in enumerate(gates):
            states[place], judgement = _asked(gate, states[place], evidence)
            said[place].append(judgement.verdict)
    return tuple(tuple(one) for one in said)


def _asked(gate, state, evidence: Evidence) -> tuple[object, Judgement]:
    return gate.step(state, replace(evidence))
