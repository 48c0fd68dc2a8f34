"""A recording as drifts of who comes have it: one outcome stays away, requests come twice; no row is altered."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import Recording
from sandbox.base.telemetry import Ints
from sandbox.world.bending import amount_of, luck_with
from sandbox.world.calling import ModelError
from sandbox.world.drift.duplicated import Duplicated
from sandbox.world.drift.prior import Prior
from sandbox.world.spec import WorldSpec

Floats = npt.NDArray[np.float64]


def recast(spec: WorldSpec, recording: Recording) -> Recording:
    """The recording after every drift of the plan that has requests stay away or come twice; raises ModelError."""
    rate: Floats | None = None
    for index, drift in enumerate(spec.drift):
        if not isinstance(drift, Prior | Duplicated):
            continue
        amount = amount_of(spec, index, drift, number=0, at=recording.at, segment=recording.segment)
        if amount is None:
            continue
        luck = luck_with(spec, index, 0)
        if isinstance(drift, Duplicated):
            rows, when = drift.again(recording.at, amount, luck, end=spec.duration)
            recording, source = _with_copies(recording, rows, when)
            rate = rate if rate is None else rate[source]
            continue
        rate = _recorded_rate(recording) if rate is None else rate
        target = rate + amount * (drift.base_rate - rate)
        rows = np.flatnonzero(_comes(recording.label, rate, target, luck.random(len(recording))))
        if not rows.size:
            raise ModelError("drift of kind prior: nobody would come any more; move the base rate less")
        recording, rate = recording.taken(rows), target[rows]
    return recording


def _recorded_rate(recording: Recording) -> Floats:
    """(n,) how often recorded labels are true, over the whole recording."""
    known = recording.label[recording.label >= 0]
    rate = float((known == 1).mean()) if known.size else 0.0
    if not 0.0 < rate < 1.0:
        raise ModelError("drift of kind prior: recorded labels are all alike, so no other rate can be made of them")
    return np.full(len(recording), rate)


def _comes(label: npt.NDArray[np.int8], rate: Floats, target: Floats, luck: Floats) -> npt.NDArray[np.bool_]:
    """Who comes where the odds of a true label are moved: of each outcome as many stay away as must, at random."""
    odds = target / (1.0 - target) * (1.0 - rate) / rate
    kept = np.where(label == 1, np.minimum(1.0, odds), np.where(label == 0, np.minimum(1.0, 1.0 / odds), 1.0))
    return np.asarray(luck < kept)


def _with_copies(recording: Recording, rows: Ints, when: Ints) -> tuple[Recording, Ints]:
    """The recording with copies of rows (m,) that come at `when` (m,) ns, and of which row each is."""
    at = np.concatenate([recording.at, when])
    order = np.argsort(at, kind="stable")
    source = np.concatenate([np.arange(len(recording)), rows])[order]
    again, at = recording.taken(source), at[order]
    label_at = np.where(again.label_at < 0, -1, np.maximum(again.label_at, at))
    return replace(again, at=at, label_at=label_at), source
