"""A run flown again to see where it differs, and what one of its requests was, kept or not."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.lab.flights import prepare
from sandbox.lab.keeping import narrowed
from sandbox.lab.repeat import flown_again
from sandbox.run.pieces import Watcher
from sandbox.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Retraced:
    """The digest of the flight that was flown again, the first entry that differs, and the request asked for."""

    digest: str
    differs_at: int | None
    request: dict[str, Any] | None


def retrace(flight: Flight, plan: Plan, *, seq: int | None = None, watch: Watcher | None = None) -> Retraced:
    """Fly a run again; `seq` is the number of a request to keep, with its features."""
    kept: list[RequestRows] = []

    def keep(rows: RequestRows) -> None:
        mask = np.asarray(rows.seq == seq)
        if mask.any():
            kept.append(narrowed(rows, mask))

    document = plan.document
    featured = replace(plan, document=document.model_copy(
        update={"record": document.record.model_copy(update={"features": True})}
    ))
    again = flown_again(
        flight, prepare(featured if seq is not None else plan), keep=None if seq is None else keep, watch=watch
    )
    names = document.feature_names
    return Retraced(again.digest, _first_difference(flight, again), _row(kept[0], names) if kept else None)


def _first_difference(flight: Flight, again: Flight) -> int | None:
    """The first entry of the journal that is another; None where all are the same."""
    for number, (one, other) in enumerate(zip(flight.journal, again.journal, strict=False)):
        if one.as_json() != other.as_json():
            return number
    shortest = min(len(flight.journal), len(again.journal))
    return None if len(flight.journal) == len(again.journal) else shortest


def _row(rows: RequestRows, names: tuple[str, ...]) -> dict[str, Any]:
    row = {column.name: getattr(rows, column.name) for column in fields(rows)}
    features = row.pop("features")
    values = {} if features is None else {f"f_{name}": float(features[0, at]) for at, name in enumerate(names)}
    return {name: column[0].item() for name, column in row.items()} | values
