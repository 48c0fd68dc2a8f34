"""What each cell of a window's vector counts, in words: the axes of every part of a layout."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import canonical, fingerprint
from sandbox.base.status import STATUSES
from sandbox.base.window import AGAIN, GAUGES, SCHEMA, Layout

AXES: dict[str, tuple[str, ...]] = {
    "offered": ("arm", "shadow", "segment", "group"),
    "status": ("arm", "shadow", "segment", "group", "status"),
    "latency": ("arm", "shadow", "segment", "bin"),
    "latency_ns": ("arm", "shadow", "segment"),
    "cost": ("arm", "shadow"),
    "score": ("arm", "shadow", "decision", "bin"),
    "yes": ("arm", "shadow", "segment", "group"),
    "users": ("arm",),
    "feature": ("arm", "feature", "bin"),
    "feature_rows": ("arm",),
    "contract": ("arm", "feature"),
    "age_ns": ("arm",),
    "age_rows": ("arm",),
    "age_square": ("arm", "bin"),
    "span_ns": ("bin",),
    "scrapes": ("arm",),
    **dict.fromkeys((f"gauge_{name}" for name in GAUGES), ("arm", "bin")),
    **dict.fromkeys(("retries", *AGAIN), ("arm",)),
    "busy_ns": ("arm",),
    "slot_ns": ("arm",),
    **dict.fromkeys(("labels_seen", "label_delay_ms", "label_delay_square"), ("arm", "shadow")),
    "confusion": ("arm", "shadow", "segment", "group", "label", "decision"),
    "calibration_n": ("arm", "shadow", "bin"),
    "calibration_score": ("arm", "shadow", "bin"),
    "calibration_positive": ("arm", "shadow", "bin"),
    "score_sum": ("arm", "shadow", "segment", "group"),
    "brier": ("arm", "shadow", "segment", "group", "bin"),
    "log_loss": ("arm", "shadow", "segment", "group", "bin"),
    "routed": ("arm", "shadow", "segment", "group"),
    "voices": ("arm", "segment", "group", "bin"),
    "gone": ("arm", "segment", "group"),
    "slower": ("arm", "shadow", "bin"),
    "first_event": ("arm", "bin"),
    "first_wrong": ("arm",),
    "user_sums": ("arm", "shadow", "bin"),
    "user_labels": ("arm", "shadow", "bin"),
    "grades": ("arm", "group", "label", "bin"),
}
"""The axes of each part; what has more, such as the users' buckets and their columns, runs on along the last, `bin`.

The bins of a loss or a gauge are its sum and its sum of squares, those of "voices" complaints and praise, those of
"age_square" whole squared seconds and millionths."""

COLUMNS = ("arm", "shadow", "segment", "group", "feature", "status", "label", "decision", "bin")


def layout_key(layout: Layout) -> str:
    """A short name for a layout, the same for equal ones."""
    names = {
        "arms": layout.arms, "segments": layout.segments, "groups": layout.groups, "features": layout.features,
        "limits": layout.limits, **({"grades": True} if layout.grades else {}),
        **({"again": True} if layout.again else {}), **({"leaving": True} if layout.leaving else {}),
    }
    return fingerprint(canonical({"schema": SCHEMA, **names}))[:16]


def cells(layout: Layout, *, matured: bool) -> dict[str, npt.NDArray[Any]]:
    """One row a cell: its number, its part, and its place on every axis, None where it has no such axis."""
    parts = layout.label_parts if matured else layout.parts
    size = layout.label_size if matured else layout.size
    table: dict[str, npt.NDArray[Any]] = {name: np.full(size, None, dtype=object) for name in ("part", *COLUMNS)}
    for part, (offset, shape) in parts.items():
        axes = AXES.get(part, ("bin",))
        shape = (*shape[: len(axes) - 1], int(np.prod(shape[len(axes) - 1 :])))
        here = slice(offset, offset + int(np.prod(shape)))
        table["part"][here] = part
        for axis, place in zip(axes, np.indices(shape), strict=True):
            table[axis][here] = _words(layout, axis, place.reshape(-1))
    return {"cell": np.arange(size, dtype=np.int32), **table}


def _words(layout: Layout, axis: str, place: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    names: dict[str, tuple[Any, ...]] = {
        "arm": layout.arms, "segment": layout.segments, "group": layout.groups, "feature": layout.features,
        "status": tuple(status.name.lower() for status in STATUSES), "shadow": (False, True), "label": (False, True),
        "decision": (False, True),
    }
    if axis == "bin":
        return place.astype(object)
    return np.array(names[axis], dtype=object)[place]
