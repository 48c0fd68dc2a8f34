"""What each cell of a window's vector counts, in words: the axes of every part of a layout."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import canonical, fingerprint
from sandbox.base.status import STATUSES
from sandbox.base.window import Layout

AXES: dict[str, tuple[str, ...]] = {
    "offered": ("arm", "shadow", "segment", "group"),
    "status": ("arm", "shadow", "segment", "group", "status"),
    "latency": ("arm", "shadow", "segment", "bin"),
    "latency_ns": ("arm", "shadow", "segment"),
    "cost": ("arm", "shadow"),
    "score": ("arm", "shadow", "bin"),
    "users": ("arm",),
    "feature": ("arm", "feature", "bin"),
    "feature_rows": ("arm",),
    "age_ns": ("arm",),
    "age_rows": ("arm",),
    "busy_ns": ("arm",),
    "slot_ns": ("arm",),
    "labels_seen": ("arm", "shadow"),
    "confusion": ("arm", "shadow", "segment", "group", "label", "decision"),
    "calibration_n": ("arm", "shadow", "bin"),
    "calibration_score": ("arm", "shadow", "bin"),
    "calibration_positive": ("arm", "shadow", "bin"),
    "brier": ("arm", "shadow", "bin"),
    "routed": ("arm", "shadow", "segment", "group"),
    "slower": ("arm", "shadow", "bin"),
    "first_event": ("arm", "bin"),
    "first_wrong": ("arm",),
    "user_sums": ("arm", "shadow", "bin"),
    "user_labels": ("arm", "shadow", "bin"),
}
"""The axes of each part; what has more, such as the users' buckets and their columns, runs on along the last, `bin`.

The bins of "brier" are sum and sum of squares."""

COLUMNS = ("arm", "shadow", "segment", "group", "feature", "status", "label", "decision", "bin")


def layout_key(layout: Layout) -> str:
    """A short name for a layout, the same for equal ones."""
    names: dict[str, Any] = {
        "arms": layout.arms, "segments": layout.segments, "groups": layout.groups, "features": layout.features
    }
    if layout.schema > 1:
        names |= {"limits": layout.limits, "schema": layout.schema}
    return fingerprint(canonical(names))[:16]


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
