"""Which requests the record keeps: all, none, or those of a part of the users and every bad outcome beside them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sandbox.base.rows import RequestRows
from sandbox.base.status import Status
from sandbox.base.streams import stream_key

Kept = float | Literal["all", "none"]
Keep = Callable[[RequestRows], None]


def keeping(kept: Kept, *, seed: int, into: Keep) -> Keep | None:
    """What to hand to a session so that `into` gets the rows to keep; None where none are."""
    if kept == "none":
        return None
    if kept == "all":
        return into

    def keep(rows: RequestRows) -> None:
        mask = chosen(rows.user, share=float(kept), seed=seed)
        mask |= (rows.status != Status.ANSWERED) | (rows.harm > 0)
        if mask.any():
            into(narrowed(rows, mask))

    return keep


def chosen(user: npt.NDArray[np.int32], *, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """user (n,) index: (n,) whether a user is in the kept part; the same user always is or is not."""
    salt = np.uint64((stream_key("record") + seed) & 0xFFFF_FFFF_FFFF_FFFF)
    mixed = user.astype(np.uint64) + salt
    for shift, factor in ((30, 0xBF58_476D_1CE4_E5B9), (27, 0x94D0_49BB_1331_11EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    picked: npt.NDArray[np.bool_] = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53 < share
    return picked


def narrowed(rows: RequestRows, mask: npt.NDArray[np.bool_]) -> RequestRows:
    """The rows where the mask (n,) says so."""
    columns: dict[str, Any] = {column.name: getattr(rows, column.name) for column in fields(rows)}
    kept: dict[str, Any] = {name: None if values is None else values[mask] for name, values in columns.items()}
    return RequestRows(**kept)
