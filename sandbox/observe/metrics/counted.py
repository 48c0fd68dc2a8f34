"""What a metric is made of, whatever it reads: a count of requests, a mean over them, or neither."""

import warnings

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import Layout
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.latency import limit_of
from sandbox.observe.metrics.slices import taken_apart
from sandbox.observe.metrics.view import View

_NO_REWARD = ("traffic.", "data.", "labels.")
"""Rates of how requests were sent and told of, not of how they were answered."""


def is_rate(name: str) -> bool:
    """Whether a metric is the share of answered requests that something is true of."""
    return not name.startswith(_NO_REWARD) and _of_nothing(name).hits >= 0


def is_mean(name: str) -> bool:
    """Whether a metric is a mean of something that each request brings, so that windows can be compared one by one."""
    nothing = _of_nothing(name)
    return nothing.hits >= 0 or nothing.by_user is not None


def _of_nothing(name: str) -> Reading:
    """What a metric reads where nothing was counted: its form without its number."""
    base = taken_apart(name).base
    limit = limit_of(base)
    layout = Layout(("incumbent", "candidate"), ("all",), ("a", "b"), ("f1",), () if limit is None else (limit,))
    found = metric(base)
    counts = np.zeros(layout.label_size if found.matured else layout.size, dtype=np.int64)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return found.read(View(layout, counts, (0.5, 0.5), None))[1]
