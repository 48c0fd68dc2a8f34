"""Requests as the record keeps them, one column each; truth and telemetry side by side, for afterwards only."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sandbox.base.telemetry import Codes, Flags, Floats, Ints, Users


@dataclass(frozen=True, slots=True)
class RequestRows:
    """Requests whose fate is known, in order of arrival.

    seq (n,) number; at (n,) ns; user (n,) index; segment, group, arm, status (n,) codes; latency (n,) ns; score (n,);
    decision, label (n,) flags; label_at (n,) ns, -1 where it never comes; harm (n,) rank: 0 none, 1 wrong, 2 late,
    3 failed; step (n,); features (n, d) or None.
    """

    seq: Ints
    at: Ints
    user: Users
    segment: Codes
    group: Codes
    arm: Codes
    step: np.ndarray[tuple[int], np.dtype[np.int16]]
    status: Codes
    latency: Ints
    score: Floats
    decision: Flags
    label: Flags
    label_at: Ints
    harm: Codes
    features: Floats | None

    def __len__(self) -> int:
        return len(self.seq)

    def only(self, rows: Flags) -> "RequestRows":
        """Some of the rows (n,)."""
        columns: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(self, **{name: column[rows] for name, column in columns.items() if column is not None})
