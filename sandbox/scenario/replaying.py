"""A recording made thinner, begun again and again, or put together anew from its own pieces."""

from dataclasses import replace

import numpy as np

from sandbox.base.recording import Recording
from sandbox.base.streams import stream

MOST_REQUESTS = 200_000_000
"""More requests than this a looped recording may not come to: they are held in memory."""

NEARBY = 3
"""From how many pieces before and after its own place another may come."""


def thinned(recording: Recording, part: float) -> Recording:
    """The requests of a part of the users, the same users every time; at least those of one."""
    if part >= 1.0:
        return recording
    luck = stream(0, "replay.thin").random(recording.users)
    chosen = luck < max(part, float(luck[np.unique(recording.user)].min()) + 1e-12)
    return recording.taken(np.flatnonzero(chosen[recording.user]))


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
    again = recording.taken(np.tile(np.arange(n), rounds))
    later = np.repeat(np.arange(rounds, dtype=np.int64) * span, n)
    label_at = np.where(again.label_at < 0, again.label_at, again.label_at + later)
    whole = replace(again, at=again.at + later, label_at=label_at)
    return whole.taken(np.flatnonzero(whole.at < until))


def resampled(recording: Recording, piece: int, *, seed: int) -> Recording:
    """The recording with each piece of so many ns replaced by one of those nearby, itself among them; what is left at
    the end stays.

    Paparoditis, Politis: Local block bootstrap, Comptes Rendus Mathématique 335 (2002): what changes slowly over the
    recording goes on doing so.
    """
    last = int(recording.at[-1])
    pieces = last // piece if piece else 0
    if pieces < 2:
        return recording
    own = np.arange(pieces)
    low, high = np.maximum(own - NEARBY, 0), np.minimum(own + NEARBY, pieces - 1)
    source = stream(seed, "replay.resample").integers(low, high + 1)
    edges = np.searchsorted(recording.at, np.arange(pieces + 1) * piece)
    taken = [np.arange(edges[one], edges[one + 1]) for one in source.tolist()]
    moved = ((own - source) * piece).tolist()
    later = [np.full(len(rows), by, dtype=np.int64) for by, rows in zip(moved, taken, strict=True)]
    rest = np.arange(edges[-1], len(recording))
    rows, shift = np.concatenate([*taken, rest]), np.concatenate([*later, np.zeros(len(rest), dtype=np.int64)])
    again = recording.taken(rows)
    label_at = np.where(again.label_at < 0, again.label_at, again.label_at + shift)
    return replace(again, at=again.at + shift, label_at=label_at)
