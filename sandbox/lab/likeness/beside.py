"""The recording and its likeness beside each other: the same statistic of both, part by part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import Recording
from sandbox.base.units import NS_PER_SECOND
from sandbox.lab.likeness.likeness import SCORED
from sandbox.lab.likeness.truth import auc_of
from sandbox.run.rig import world_spec
from sandbox.scenario.plan import Plan
from sandbox.world.block import Block
from sandbox.world.synthetic_day import SyntheticDay
from sandbox.world.traffic.replay import Replay

MOST_ROWS = 200_000
"""So many requests are drawn of the likeness, at most."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One statistic: what it is, of the recording, of the likeness, and how far apart the two distributions are, if it
    speaks of one (Kolmogorov, Smirnov: the largest distance of the distribution functions)."""

    part: str
    what: str
    recorded: float
    likeness: float
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class _Columns:
    """What both have, (n,) each; None where the recording does not say. user codes, missing the part of a request's
    features, times in seconds."""

    at: npt.NDArray[np.float64]
    user: npt.NDArray[np.int32] | None
    segment: npt.NDArray[np.uint8]
    group: npt.NDArray[np.uint8]
    label: npt.NDArray[np.float64]
    missing: npt.NDArray[np.float64]
    score: npt.NDArray[np.floating] | None
    latency: npt.NDArray[np.float64] | None
    waited: npt.NDArray[np.float64]


def beside(recording: Recording, plan: Plan) -> tuple[Beside, ...]:
    """Every statistic of a recording beside that of a plan's world."""
    one = _of_recording(recording)
    traffic = plan.document.traffic
    assert not isinstance(traffic, Replay)
    rows, rate, span = min(len(recording), MOST_ROWS), traffic.mean_rate, np.array([_span(one.at)])
    drawn = replace(world_spec(plan, seed=1, recording=None), duration=round(2 * rows / rate * NS_PER_SECOND))
    two = _of_world(SyntheticDay(drawn), rows=rows)
    expected = float(traffic.expected(span)[0] / span[0])
    return tuple(_rows(one, two, segments=recording.segments, groups=recording.groups, rate=expected))


def _of_recording(recording: Recording) -> _Columns:
    known = recording.label >= 0
    latency = recording.latencies.get(SCORED)
    return _Columns(
        at=recording.at / NS_PER_SECOND, user=None if recording.user_names is None else recording.user,
        segment=recording.segment, group=recording.group, label=np.where(known, recording.label == 1, np.nan),
        missing=np.isnan(recording.features).mean(axis=1), score=recording.scores.get(SCORED),
        latency=None if latency is None else latency / NS_PER_SECOND,
        waited=(recording.label_at - recording.at)[known] / NS_PER_SECOND,
    )


def _of_world(day: SyntheticDay, *, rows: int) -> _Columns:
    blocks = list[Block]()
    while sum(map(len, blocks)) < rows and len(blocks) * day.block_ns < day.duration:
        blocks.append(day.block(len(blocks)))

    def column(read: Callable[[Block], Any]) -> Any:
        return np.concatenate([read(block) for block in blocks])[:rows]

    at, due = column(lambda block: block.at), column(lambda block: block.label_at)
    return _Columns(
        at=at / NS_PER_SECOND, user=column(lambda block: block.user), segment=column(lambda block: block.segment),
        group=column(lambda block: block.group), missing=column(_missing),
        label=np.where(due >= 0, column(lambda block: block.label), np.nan),
        score=column(lambda block: block.opinion(0).score),
        latency=column(lambda block: block.demand(0)) / NS_PER_SECOND, waited=(due - at)[due >= 0] / NS_PER_SECOND,
    )


def _missing(block: Block) -> npt.NDArray[np.float64]:
    assert block.served is not None
    return np.asarray(np.isnan(block.served).mean(axis=1), dtype=np.float64)


def _rows(
    one: _Columns, two: _Columns, *, segments: tuple[str, ...], groups: tuple[str, ...], rate: float
) -> Iterator[Beside]:
    yield Beside("traffic", "requests a second", _rate(one.at), rate)
    gaps = _ks(_gaps(one), _gaps(two))
    yield Beside("traffic", "spread of gaps (1 for Poisson)", _spread(one.at), _spread(two.at), gaps)
    if one.user is not None:
        assert two.user is not None
        yield Beside("users", "share of the busiest tenth", _busiest(one.user), _busiest(two.user))
    for part, names, mine, theirs in (
        ("segments", segments, one.segment, two.segment), ("groups", groups, one.group, two.group),
    ):
        for place, name in enumerate(names if len(names) > 1 else ()):
            here, there = mine == place, theirs == place
            yield Beside(part, f"{name}: share of requests", float(here.mean()), float(there.mean()))
            if not np.isnan(one.label[here]).all():
                yield Beside(part, f"{name}: true labels", _mean(one.label[here]), _mean(two.label[there]))
    yield Beside("features", "missing", float(one.missing.mean()), float(two.missing.mean()))
    yield from _told(one, two)


def _told(one: _Columns, two: _Columns) -> Iterator[Beside]:
    """What labels, scores and latencies say."""
    if not np.isnan(one.label).all():
        yield Beside("labels", "known", *(float(1.0 - np.isnan(both.label).mean()) for both in (one, two)))
        yield Beside("labels", "true", _mean(one.label), _mean(two.label))
        if one.waited.size and one.waited.any():
            apart = _ks(one.waited, two.waited)
            yield Beside("labels", "delay, median s", float(np.median(one.waited)), float(np.median(two.waited)), apart)
        if one.score is not None and two.score is not None:
            yield Beside("incumbent", "AUC", _auc(one), _auc(two))
            yield Beside("incumbent", "Brier", _brier(one), _brier(two), _ks(one.score, two.score))
    if one.latency is not None and two.latency is not None:
        apart = _ks(one.latency, two.latency)
        for q in (0.5, 0.95, 0.99):
            here, there = float(np.quantile(one.latency, q)), float(np.quantile(two.latency, q))
            yield Beside("incumbent", f"latency, p{100 * q:g} s", here, there, apart)


def _rate(at: npt.NDArray[np.float64]) -> float:
    return (len(at) - 1) / _span(at)


def _span(at: npt.NDArray[np.float64]) -> float:
    return max(float(at[-1] - at[0]), 1e-9)


def _gaps(columns: _Columns) -> npt.NDArray[np.float64]:
    gaps = np.diff(columns.at)
    mean = float(gaps.mean()) if gaps.size else 1.0
    return gaps / (mean or 1.0)


def _spread(at: npt.NDArray[np.float64]) -> float:
    gaps = np.diff(at)
    return float(gaps.std() / gaps.mean()) if gaps.size and gaps.mean() else 0.0


def _busiest(user: npt.NDArray[np.int32]) -> float:
    counts = np.sort(np.unique(user, return_counts=True)[1])[::-1]
    return float(counts[: max(1, len(counts) // 10)].sum() / counts.sum())


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if values.size and not np.isnan(values).all() else float("nan")


def _brier(columns: _Columns) -> float:
    assert columns.score is not None
    return _mean((columns.score - columns.label) ** 2)


def _auc(columns: _Columns) -> float:
    assert columns.score is not None
    known = ~np.isnan(columns.label)
    return auc_of(columns.score[known], columns.label[known] == 1)


def _ks(one: npt.NDArray[np.floating], two: npt.NDArray[np.floating]) -> float:
    from scipy.stats import ks_2samp

    return float(ks_2samp(one, two, method="asymp").statistic) if len(one) and len(two) else float("nan")
