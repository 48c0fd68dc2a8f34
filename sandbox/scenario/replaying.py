"""A recording made thinner, or begun again and again."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import Recording
from sandbox.base.streams import stream

MOST_REQUESTS = 200_000_000
"""More requests than this a looped recording may not come to: they are held in memory."""

COLUMNS = ("at", "features", "user", "segment", "group", "label", "label_at")


def thinned(recording: Recording, part: float) -> Recording:
    """The requests of a part of the users, the same users every time; at least those of one."""
    if part >= 1.0:
        return recording
    luck = stream(0, "replay.thin").random(recording.users)
    chosen = luck < max(part, float(luck[np.unique(recording.user)].min()) + 1e-12)
    return _taken(recording, np.flatnonzero(chosen[recording.user]))


def looped(recording: Recording, *, until: int) -> Recording:
    """The recording begun again at its end until an instant in ns; raises OverflowError where that is too long.

    Its end is as long after its last request as requests are apart on average, so the rate stays.
    """
    n, last = len(recording), int(recording.at[-1])
    span = last + max(1, round(last / max(1, n - 1)))
    rounds = -(-until // span)
    if rounds <= 1:
        return recording
    if rounds * n > MOST_REQUESTS:
        raise OverflowError(f"{rounds:,} rounds of {n:,} requests")
    again = _taken(recording, np.tile(np.arange(n), rounds))
    later = np.repeat(np.arange(rounds, dtype=np.int64) * span, n)
    label_at = np.where(again.label_at < 0, again.label_at, again.label_at + later)
    whole = replace(again, at=again.at + later, label_at=label_at)
    return _taken(whole, np.flatnonzero(whole.at < until))


def _taken(recording: Recording, rows: npt.NDArray[np.int64]) -> Recording:
    taken: dict[str, Any] = {name: getattr(recording, name)[rows] for name in COLUMNS}
    scores = {name: column[rows] for name, column in recording.scores.items()}
    latencies = {name: column[rows] for name, column in recording.latencies.items()}
    return replace(recording, **taken, scores=scores, latencies=latencies)
