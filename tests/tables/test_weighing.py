"""Whole judgements of the gates that compare, each boundary from both sides, by evidence that is reckoned here anew.

Means: the one-sided normal mixture of Howard, Ramdas, McAuliffe and Sekhon (Annals of Statistics 49(2), 2021,
proposition 5). Events: likelihood ratios of Lindon and Malek (NeurIPS 2022), mixed over a grid, from scipy's binomial.
An e-value is turned on from both sides by an alpha just above its reciprocal, and just below.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sandbox.base.reading import NOTHING, ByUser, Evidence, Look, Measure, Reading, Unit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.no_worse import NoWorse

PASS, FAIL, OPEN, NONE, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR
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


# Events and means together


N = (9_000, 1_000)

TOGETHER: list[tuple[str, dict[str, Any], Seen, tuple[int, int, float]]] = [
    # What counts as events, and the share in which equal rates would put them on the candidate.
    ("users' first events", {}, Seen(N, (180, 31), (150, 28)), (150, 28, 0.1)),
    ("events where first ones were not counted", {}, Seen(N, (180, 31)), (180, 31, 0.1)),
    ("events of requests", {"unit": "request"}, Seen(N, (180, 31), (150, 28)), (180, 31, 0.1)),
    ("a share of a quarter", {}, Seen((3_000, 1_000), (60, 31), (50, 28), share=0.25), (50, 28, 0.25)),
    ("a shadow by what was answered", {}, Seen((6_000, 3_000), (120, 80), (90, 70), share=0.0), (120, 80, 1 / 3)),
]


@pytest.mark.parametrize(("says", "keys", "window", "events"), TOGETHER, ids=[row[0] for row in TOGETHER])
def test_where_events_fell_and_how_shares_differ_are_averaged(
    says: str, keys: dict[str, Any], window: Seen, events: tuple[int, int, float]
) -> None:
    old, new = (k / n for k, n in zip(window.hits, window.n, strict=True))
    value = new / old - 1
    error = error_of_shares(window.n, window.hits, times=max(new / old, 1.2), relative=True)
    means = e_of_means(value, error, bound=0.2, above=True, scale=0.2)
    counted = e_of_events([events], bound=0.2, above=True)
    beyond = (means[0] + counted[0]) / 2
    ratio = events[1] * (1 - events[2]) / (events[0] * events[2]) - 1
    quoted = value if means[0] >= counted[0] else ratio
    unit = keys.get("unit", "user")
    # One step is half of the flight's evidence; the other half is the 1 that later steps begin with.
    mixed = beyond / 2 + 1 / 2
    failed, waits = turned(no_worse(**keys), seen(window), mixed)
    assert failed.verdict is FAIL
    assert failed.because == f"+{100 * quoted:.3g}% > +20%, p {p_of(mixed)} by {unit}"
    assert (failed.value, failed.bound, failed.n) == (pytest.approx(quoted), 0.2, sum(window.n))
    assert failed.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    within = (means[1] + counted[1]) / 2
    shown = value if means[1] >= counted[1] else ratio
    assert waits.verdict is OPEN
    assert waits.because == (
        f"+{100 * shown:.3g}%, not yet surely ≤ +20% (p {p_of(within)}) nor > (p {p_of(mixed)}) by {unit}"
    )
    assert (waits.value, waits.bound) == (pytest.approx(shown), 0.2)


def test_a_candidate_is_surely_within_by_this_step_alone() -> None:
    window = Seen((20_000, 20_000), (400, 380), (350, 330), share=0.5)
    error = error_of_shares(window.n, window.hits, times=1.2, relative=True)
    means = e_of_means(-0.05, error, bound=0.2, above=True, scale=0.2)
    events = e_of_events([(350, 330, 0.5)], bound=0.2, above=True)
    within = (means[1] + events[1]) / 2
    passed, waits = turned(no_worse(), seen(window), within)
    assert (passed.verdict, waits.verdict) == (PASS, OPEN)
    quoted = -0.05 if means[1] >= events[1] else 330 / 350 - 1
    assert passed.because == f"−{100 * abs(quoted):.3g}% ≤ +20%, p {p_of(within)} by user"
    assert passed.value == pytest.approx(quoted)
    # The evidence that it is beyond goes with a PASS all the same, for those who add it up.
    beyond = (means[0] + events[0]) / 4 + 1 / 2
    assert passed.log_evidence == pytest.approx(math.log(beyond), rel=1e-9)


def test_windows_at_different_shares_are_each_held_against_their_own() -> None:
    windows = (Seen((900, 100), (30, 6), (30, 6), share=0.1), Seen((500, 500), (20, 22), (20, 22), share=0.5))
    events = e_of_events([(30, 6, 0.1), (20, 22, 0.5)], bound=0.0, above=True)
    # Cochran's weights: 90 and 250. Means per window are compared, then added up; by equal buckets nothing clusters.
    w, n = (90.0, 250.0), ((900, 100), (500, 500))
    old = (w[0] * 30 / 900 + w[1] * 20 / 500) / sum(w)
    new = (w[0] * 6 / 100 + w[1] * 22 / 500) / sum(w)
    soft = [(k + 1) / (m + 2) for k, m in ((50, 1_400), (28, 600))]
    spread = [sum(one**2 / size[arm] for one, size in zip(w, n, strict=True)) for arm in (0, 1)]
    squared = spread[1] * soft[1] * (1 - soft[1]) + (new / old) ** 2 * spread[0] * soft[0] * (1 - soft[0])
    error = math.sqrt(squared) / sum(w) / old
    means = e_of_means(new / old - 1, error, bound=0.0, above=True, scale=0.05)
    mixed = (means[0] + events[0]) / 4 + 1 / 2
    said = asked(no_worse(margin="0%", minimum=1), seen(*windows))
    assert said.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    # The ratio of rates from events: one arm's times the other's share, window by window.
    expected_new, expected_old = 6 * 0.9 + 22 * 0.5, 30 * 0.1 + 20 * 0.5
    within = max((means[1], new / old - 1), (events[1], expected_new / expected_old - 1))
    assert said.value == pytest.approx(within[1])


def test_fewer_than_twenty_events_say_nothing_by_their_means() -> None:
    for hits, ready in ((19, False), (20, True)):
        window = Seen((5_000, 5_000), (5, hits - 5), (5, hits - 5), share=0.5)
        value = (hits - 5) / 5 - 1
        events = e_of_events([(5, hits - 5, 0.5)], bound=0.0, above=True)
        error = error_of_shares(window.n, window.hits, times=value + 1, relative=True)
        means = e_of_means(value, error, bound=0.0, above=True, scale=0.05)[0] if ready else 0.0
        said = asked(no_worse(margin="0%"), seen(window))
        assert said.log_evidence == pytest.approx(math.log((means + events[0]) / 4 + 1 / 2), rel=1e-9)


def test_where_nothing_happened_there_is_no_event_yet() -> None:
    said = asked(no_worse(), seen(Seen((900, 100), (0, 0), (0, 0))))
    assert (said.verdict, said.because, said.value, said.n) == (NONE, "no event yet", None, 1_000)
    # No means are compared where the incumbent has no event, and events all on one arm have a ratio without bound.
    said = asked(no_worse(alpha="0.1%"), seen(Seen((9_000, 1_000), (0, 3), (0, 3))))
    events = e_of_events([(0, 3, 0.1)], bound=0.2, above=True)
    assert said.log_evidence == pytest.approx(math.log(events[0] / 4 + 1 / 2), rel=1e-9)
    assert said.verdict is OPEN
    assert said.value is None


def test_whose_segments_have_shares_of_their_own_are_compared_by_means_alone() -> None:
    window = Seen((9_000, 9_000), (180, 260), (150, 240), share=0.5, strata=2)
    value = 260 / 180 - 1
    said = asked(no_worse(), seen(window))
    # Two strata of 32 buckets, alike in all: each has half of everything, and both together their mean.
    soft = [(k + 1) / (n + 2) for k, n in zip(window.hits, window.n, strict=True)]
    error = math.sqrt(soft[1] * (1 - soft[1]) / 9_000 + (value + 1) ** 2 * soft[0] * (1 - soft[0]) / 9_000) / 0.02
    means = e_of_means(value, error, bound=0.2, above=True, scale=0.2)
    assert said.log_evidence == pytest.approx(math.log(means[0] / 2 + 1 / 2), rel=1e-9)


# Means alone


def means_of(value: float, *, margin: float, hits: tuple[int, int], n: tuple[int, int], above: bool) -> list[float]:
    error = error_of_shares(n, hits, times=1.0, relative=False)
    scale = abs(margin) or 0.05 * hits[0] / n[0]
    bound = margin if above else -margin
    beyond, within = e_of_means(value, error, bound=bound, above=above, scale=scale)
    return [beyond / 2 + 1 / 2, within]


@pytest.mark.parametrize(("margin", "amount"), [("1pp", 0.01), ("0pp", 0.0)])
def test_a_margin_in_points_turns_on_means_alone(margin: str, amount: float) -> None:
    n, hits = (50_000, 5_000), (1_000, 190)
    mixed, within = means_of(0.018, margin=amount, hits=hits, n=n, above=True)
    failed, waits = turned(no_worse(margin=margin), seen(Seen(n, hits, hits)), mixed)
    assert (failed.verdict, failed.because) == (FAIL, f"+1.8pp > +{100 * amount:.3g}pp, p {p_of(mixed)} by user")
    assert (failed.value, failed.bound) == (pytest.approx(0.018), amount)
    assert waits.verdict is OPEN
    assert waits.because == (
        f"+1.8pp, not yet surely ≤ +{100 * amount:.3g}pp (p {p_of(within)}) nor > (p {p_of(mixed)}) by user"
    )


@pytest.mark.parametrize(("kind", "limit"), [("no-worse", -0.01), ("better", 0.01)])
def test_where_more_is_better_the_signs_turn(kind: str, limit: float) -> None:
    n, hits, name = (50_000, 50_000), (40_000, 39_000), "quality.accuracy"
    gate = no_worse(metric=name, margin="1pp") if kind == "no-worse" else better(metric=name, by="1pp")
    shown = "+1pp" if limit > 0 else "−1pp"
    mixed, _ = means_of(-0.02, margin=-limit, hits=hits, n=n, above=False)
    failed, waits = turned(gate, seen(Seen(n, hits, hits), lower=False, metric=name), mixed)
    assert (failed.verdict, failed.because) == (FAIL, f"−2pp < {shown}, p {p_of(mixed)} by user")
    # Told as how much worse it is: 2 points, where 1 is allowed, or 1 less than nothing.
    assert (failed.value, failed.bound) == (pytest.approx(0.02), pytest.approx(-limit))
    assert waits.verdict is OPEN
    assert f"not yet surely ≥ {shown} (p 1) nor < (p {p_of(mixed)})" in waits.because
    hits = (39_000, 40_000)
    _, within = means_of(0.02, margin=-limit, hits=hits, n=n, above=False)
    passed, waits = turned(gate, seen(Seen(n, hits, hits), lower=False, metric=name), within)
    assert (passed.verdict, waits.verdict) == (PASS, OPEN)
    assert passed.because == f"+2pp ≥ {shown}, p {p_of(within)} by user"
    assert (passed.value, passed.bound) == (pytest.approx(-0.02), pytest.approx(-limit))


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


SCORES: list[tuple[str, tuple[float, float], tuple[float, float], str, float]] = [
    # Errors of 0.002 each; buckets that differ by d have an error of d / sqrt(63), and the candidate's at least the
    # incumbent's. Both are of one user, so their differences cancel where they go together.
    ("requests are all there is to be unsure of", (0.2, 0.212), (0.0, 0.0), "0", math.hypot(2e-3, 2e-3)),
    ("users differ on the candidate", (0.2, 0.25), (0.0, 0.04), "0", 0.04 / math.sqrt(63)),
    ("users differ alike on both arms", (0.2, 0.212), (0.04, 0.04), "0", math.hypot(2e-3, 2e-3)),
    ("users differ on the incumbent, so they may on the candidate", (0.2, 0.25), (0.04, 0.0), "0",
     0.04 * math.sqrt(2 / 63)),
    ("a margin of a fiftieth", (0.2, 0.24), (0.0, 0.0), "0.02", math.hypot(2e-3, 2e-3)),
]


@pytest.mark.parametrize(("says", "means", "spread", "margin", "error"), SCORES, ids=[row[0] for row in SCORES])
def test_a_mean_turns_by_the_errors_of_users(
    says: str, means: tuple[float, float], spread: tuple[float, float], margin: str, error: float
) -> None:
    value, bound = means[1] - means[0], float(margin)
    scale = bound or 0.05 * means[0]
    beyond, within = e_of_means(value, error, bound=bound, above=True, scale=scale)
    mixed = beyond / 2 + 1 / 2
    gate = no_worse(metric="quality.brier", margin=float(margin))
    failed, waits = turned(gate, score(brier(means, spread=spread)), mixed)
    assert (failed.verdict, waits.verdict) == (FAIL, OPEN)
    assert failed.because == f"+{value:.3g} > +{bound:g}, p {p_of(mixed)} by user"
    assert failed.log_evidence == pytest.approx(math.log(mixed), rel=1e-7)
    assert f"(p {p_of(within)}) nor > (p {p_of(mixed)})" in waits.because


def test_a_relative_margin_on_a_mean_has_the_error_of_a_ratio() -> None:
    for new, times in ((0.23, 1.15), (0.21, 1.1)):
        error = math.sqrt(2e-3**2 + times**2 * 2e-3**2) / 0.2
        beyond, _ = e_of_means(new / 0.2 - 1, error, bound=0.1, above=True, scale=0.1)
        said = asked(no_worse(metric="quality.brier", margin="10%"), score(brier((0.2, new))))
        assert said.log_evidence == pytest.approx(math.log(beyond / 2 + 1 / 2), rel=1e-9)


def test_by_request_users_are_one() -> None:
    error = math.hypot(2e-3, 2e-3)
    beyond, _ = e_of_means(0.012, error, bound=0.0, above=True, scale=0.01)
    at = score(brier((0.2, 0.212), spread=(0.0, 0.04)))
    said = asked(no_worse(metric="quality.brier", margin=0.0, unit="request"), at)
    assert said.log_evidence == pytest.approx(math.log(beyond / 2 + 1 / 2), rel=1e-9)
    assert said.because.endswith("by request")


@pytest.mark.parametrize(("full", "verdict"), [(9, NONE), (10, FAIL)])
def test_ten_equal_buckets_of_users_are_just_enough(full: int, verdict: Verdict) -> None:
    at = score(brier((0.2, 0.4), full=full))
    said = asked(no_worse(metric="quality.brier", margin=0.0), at)
    assert said.verdict is verdict
    if verdict is NONE:
        assert said.because == f"too few users: they weigh like {full:.1f} equal groups, 10 are needed"
        assert said.value == pytest.approx(0.2)
    assert asked(no_worse(metric="quality.brier", margin=0.0, unit="request"), at).verdict is FAIL


@pytest.mark.parametrize(("new", "verdict"), [(0.21, FAIL), (0.20, PASS), (0.19, PASS)])
def test_without_any_doubt_the_bound_itself_decides(new: float, verdict: Verdict) -> None:
    said = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, new), error=(0.0, 0.0))))
    assert said.verdict is verdict
    assert said.because.endswith("p <1e-6 by user")


def test_an_error_that_nobody_knows_is_none_of_the_mean() -> None:
    known = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, 0.212), spread=(0.01, 0.04),
                                                                             error=(math.nan, 2e-3))))
    same = asked(no_worse(metric="quality.brier", margin=0.0), score(brier((0.2, 0.212), spread=(0.01, 0.04),
                                                                            error=(0.0, 2e-3))))
    assert known.log_evidence == same.log_evidence


# Step after step


def test_what_began_later_is_not_drowned_by_what_was_before() -> None:
    windows = (
        Seen((9_000, 1_000), (180, 20), (180, 20), share=0.1, step=0),
        Seen((5_000, 5_000), (100, 135), (100, 135), share=0.5, step=1),
    )
    gate = no_worse(margin="0%")
    state, _ = gate.step(gate.begin(), seen(windows[0]))
    said = gate.step(state, evidence(windows[1].readings, looks=(windows[1].look("errors.rate"),), step=1))[1]

    def weighed(*mine: Seen) -> tuple[float, float]:
        w = [one.n[0] * one.n[1] / sum(one.n) for one in mine]
        rates = [[one.hits[arm] / one.n[arm] for one in mine] for arm in (0, 1)]
        old, new = (float(np.average(one, weights=w)) for one in rates)
        soft = [
            (sum(one.hits[arm] for one in mine) + 1) / (sum(one.n[arm] for one in mine) + 2) for arm in (0, 1)
        ]
        spread = [sum(one**2 / window.n[arm] for one, window in zip(w, mine, strict=True)) for arm in (0, 1)]
        squared = spread[1] * soft[1] * (1 - soft[1]) + max(1.0, new / old) ** 2 * spread[0] * soft[0] * (1 - soft[0])
        error = math.sqrt(squared) / sum(w) / old
        means = e_of_means(new / old - 1, error, bound=0.0, above=True, scale=0.05)
        events = e_of_events([(*one.firsts, one.share) for one in mine], bound=0.0, above=True)
        return (means[0] + events[0]) / 2, (means[1] + events[1]) / 2

    since_first, since_second = weighed(*windows), weighed(windows[1])
    # 1/2 since the first step, 1/6 since the second, and 1/3 for all that may yet begin.
    mixed = since_first[0] / 2 + since_second[0] / 6 + 1 / 3
    assert said.log_evidence == pytest.approx(math.log(mixed), rel=1e-9)
    # That it is within is asked of this step alone.
    assert f"(p {p_of(since_second[1])})" in said.because


def test_the_strand_that_says_most_is_quoted() -> None:
    early = Seen((5_000, 5_000), (100, 100), (100, 100), share=0.5, step=0)
    late = Seen((5_000, 5_000), (100, 300), (100, 300), share=0.5, step=1)
    gate = no_worse(margin="0%")
    state, _ = gate.step(gate.begin(), seen(early))
    said = gate.step(state, evidence(late.readings, looks=(late.look("errors.rate"),), step=1))[1]
    assert said.verdict is FAIL
    assert said.because.startswith("+200% > +0%"), "since the second step, not +100% since the first"
    state, _ = gate.step(gate.begin(), seen(Seen((5_000, 5_000), (100, 300), (100, 300), share=0.5, step=0)))
    calm = Seen((5_000, 5_000), (100, 100), (100, 100), share=0.5, step=1)
    said = gate.step(state, evidence(calm.readings, looks=(calm.look("errors.rate"),), step=1))[1]
    assert said.because.startswith("+100% > +0%"), "since the first"


def test_a_failure_does_not_fade_within_its_step() -> None:
    bad = Seen((5_000, 5_000), (100, 200), (100, 200), share=0.5)
    good = Seen((500_000, 500_000), (10_000, 9_000), (10_000, 9_000), share=0.5)
    gate = no_worse(margin="20%")
    state, said = gate.step(gate.begin(), seen(bad))
    assert said.verdict is FAIL
    state, said = gate.step(state, seen(good))
    assert said.verdict is FAIL
    assert "; was beyond it earlier in this step by user" in said.because
    later = Seen(good.n, good.hits, good.firsts, share=0.5, step=1)
    said = gate.step(state, evidence(later.readings, looks=(later.look("errors.rate"),), step=1))[1]
    assert said.verdict is PASS


# Intervals: looks that are fixed, and what is no mean


def test_a_fixed_look_waits_for_the_end_of_the_bake_and_takes_the_normal_quantile() -> None:
    window = Seen((9_000, 9_000), (180, 240), (150, 200), share=0.5)
    gate = no_worse(test="fixed")
    waits = asked(gate, evidence(window.readings, at=19))
    assert (waits.verdict, waits.because, waits.n) == (OPEN, "waits for the end of the bake", 18_000)
    value = 240 / 180 - 1
    error = error_of_shares(window.n, window.hits, times=240 / 180, relative=True)
    z = (value - 0.2) / error
    for alpha, verdict, word in (
        (stats.norm.sf(z * 0.9999), FAIL, ">"), (stats.norm.sf(z * 1.0001), OPEN, "straddles"),
    ):
        said = asked(gate.model_copy(update={"alpha": alpha}), evidence(window.readings, at=20))
        half = stats.norm.isf(alpha) * error
        assert said.verdict is verdict
        assert said.because == f"+{100 * value:.3g}% ± {100 * half:.3g}% {word} +20% by user"
        assert (said.value, said.log_evidence) == (pytest.approx(value), None)
    good = Seen((9_000, 9_000), (180, 150), (150, 120), share=0.5)
    error = error_of_shares(good.n, good.hits, times=1.2, relative=True)
    z = (0.2 - (150 / 180 - 1)) / error
    for off, verdict, word in ((0.9999, PASS, "≤"), (1.0001, OPEN, "straddles")):
        alpha = stats.norm.sf(z * off)
        said = asked(gate.model_copy(update={"alpha": alpha}), evidence(good.readings, at=20))
        assert said.verdict is verdict
        assert said.because == f"−16.7% ± {100 * stats.norm.isf(alpha) * error:.3g}% {word} +20% by user"


def half_of(error: float, n: int, alpha: float) -> float:
    """Half of the one-sided asymptotic confidence sequence, tightest at 5,000 (Waudby-Smith et al. 2024)."""
    rho2 = (-2 * math.log(2 * alpha) + math.log(1 - 2 * math.log(2 * alpha))) / 5_000
    root = math.sqrt(n * rho2 + 1)
    return error * math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * math.log(1 + root / (2 * alpha)))


@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("relative", [True, False])
def test_a_percentile_turns_at_its_interval(relative: bool, step: int) -> None:
    old, n, name = 0.1, (4_000, 2_000), "latency.p95"
    bound = 0.2 if relative else 0.02
    gate = no_worse(metric=name, margin="20%" if relative else "20ms")
    for off, verdict in ((0.999, OPEN), (1.001, FAIL), (-0.999, OPEN), (-1.001, PASS)):
        new = 0.12
        for _ in range(60):  # where value - bound is `off` halves of the interval, whose width moves with the value
            errors = 0.001, 0.002
            error = math.hypot(errors[1] / old, new / old * errors[0] / old) if relative else math.hypot(*errors)
            half = half_of(error, 6_000, 0.05 / ((step + 1) * (step + 2)))
            new = (1 + bound + off * half) * old if relative else old + bound + off * half
        pair = (Reading(value=old, n=n[0], error=errors[0]), Reading(value=new, n=n[1], error=errors[1]))
        said = asked(gate, evidence(pair, metric=name, unit="seconds", step=step))
        assert said.verdict is verdict
        value = new / old - 1 if relative else new - old
        shown = f"+{100 * value:.3g}% ± {100 * half:.3g}%" if relative else f"+{1e3 * value:.3g}ms ± {1e3 * half:.3g}ms"
        word = {FAIL: ">", PASS: "≤", OPEN: "straddles"}[verdict]
        assert said.because == f"{shown} {word} {'+20%' if relative else '+20ms'} by request"
        assert (said.value, said.n, said.log_evidence) == (pytest.approx(value), 6_000, None)


def test_a_percentile_whose_error_nobody_knows_is_no_data() -> None:
    known, unknown = Reading(value=0.1, n=4_000, error=1e-3), Reading(value=0.1, n=150)
    for pair in ((known, unknown), (unknown, known)):
        said = asked(no_worse(metric="latency.p95"), evidence(pair, metric="latency.p95", unit="seconds"))
        assert (said.verdict, said.because, said.value) == (NONE, "n 150 is too few to know the error", None)


# What cannot be judged


def test_an_incumbent_at_zero_has_no_relative_margin_but_events_do_not_mind() -> None:
    gate = no_worse(metric="quality.brier", margin="20%")
    said = asked(gate, score(brier((0.0, 0.2))))
    assert (said.verdict, said.n) == (ERROR, 12_800)
    assert said.because == (
        "the incumbent's value is 0: a relative margin has no meaning; state the margin in the metric's unit"
    )
    assert asked(no_worse(), seen(Seen((900, 900), (0, 40), (0, 40), share=0.5))).verdict is FAIL
    fixed = asked(no_worse(test="fixed"), evidence(Seen((900, 900), (0, 40)).readings, at=20))
    assert fixed.verdict is ERROR


@pytest.mark.parametrize(("n", "matured", "because"), [
    ((99, 100), False, "incumbent n 99 < 100"), ((100, 99), False, "candidate n 99 < 100"),
    ((99, 98), True, "incumbent n 98 < 100"), ((0, 0), True, "no label has matured yet"),
    ((0, 0), False, "incumbent n 0 < 100"), ((1_000, 0), True, "candidate n 0 < 100"),
])
def test_too_few_of_either_arm_is_no_data(n: tuple[int, int], matured: bool, because: str) -> None:
    pair = tuple(Reading(value=0.5, n=size, error=0.01) if size else NOTHING for size in n)
    at = evidence(pair, matured=matured, metric="latency.p95", unit="seconds")  # type: ignore[arg-type]
    said = asked(no_worse(metric="latency.p95"), at)
    assert (said.verdict, said.because, said.n, said.value) == (NONE, because, sum(n), None)


def test_a_hundred_of_each_arm_are_just_enough() -> None:
    pair = Reading(value=0.5, n=100, error=1e-4), Reading(value=0.9, n=100, error=1e-4)
    assert asked(no_worse(metric="latency.p95"), evidence(pair, metric="latency.p95", unit="seconds")).verdict is FAIL


def test_by_user_those_are_counted_whose_arm_was_drawn() -> None:
    drawn = Seen((9_000, 1_000), (180, 31), (150, 28))
    pair = tuple(
        Reading(value=one.value, n=one.n + 5_000, hits=one.hits, error=one.error, by_user=one.by_user)
        for one in drawn.readings
    )
    at = evidence(pair, looks=(drawn.look("errors.rate"),))  # type: ignore[arg-type]
    assert asked(no_worse(), at).n == 10_000
    assert asked(no_worse(unit="request"), at).n == 20_000
