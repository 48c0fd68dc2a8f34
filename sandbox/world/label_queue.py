"""Labels on their way: kept until the instant at which they become known."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from sandbox.base.telemetry import Flags, Labels, gathered, only


class LabelQueue:
    """Answers whose labels are still to come, by the tick in which they come; memory is rate times delay.

    Rows stay where they were put until they are due: where labels come late, most ticks get a few rows of each put.
    """

    def __init__(self, tick: int) -> None:
        self._tick = tick
        self._due: dict[int, list[tuple[Labels, slice]]] = defaultdict(list)

    def put(self, arm: int, coming: tuple[Any, ...]) -> None:
        """Keep an arm's labels until they are due; `coming` as `kernel.labels_by_tick` sorts them."""
        first, edges, due, shadow, segment, group, user, arrived, score, decision, label = coming
        labels = Labels(
            arm=np.full(len(due), arm, dtype=np.uint8), shadow=shadow, segment=segment, group=group, user=user,
            arrived=arrived, due=due, score=score, decision=decision, label=label,
        )
        bounds = edges.tolist()
        for offset, (low, high) in enumerate(pairwise(bounds)):
            if low < high:
                self._due[int(first) + offset].append((labels, slice(low, high)))

    def take(self, before: int) -> tuple[Labels, ...]:
        """The labels that became known before an instant, and forget them."""
        known: list[tuple[Labels, slice]] = []
        for tick in sorted(number for number in self._due if number * self._tick < before):
            waiting = self._due.pop(tick)
            if (tick + 1) * self._tick <= before:
                known += waiting
                continue
            for labels, rows in waiting:
                now = labels.due[rows] < before
                known.append(_of(labels, rows, now))
                if not now.all():
                    self._due[tick].append(_of(labels, rows, ~now))
        return (gathered(known),) if known else ()

    def __len__(self) -> int:
        return sum(rows.stop - rows.start for waiting in self._due.values() for _, rows in waiting)


def _of(labels: Labels, rows: slice, chosen: Flags) -> tuple[Labels, slice]:
    return only(only(labels, rows), chosen), slice(0, int(chosen.sum()))
