"""What a gate of a controller's dialect sees at one instant, and a run of instants through one."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.base.reading import Evidence, Look, Measure, Reading
from sandbox.base.verdict import Judgement

SECOND = 10**9


def reading(value: float, *, n: int = 1_000) -> Reading:
    return Reading(value=value, n=n)


def evidence(
    merged: Mapping[str, tuple[Reading, Reading]], *, at: float, since: float = 0.0, bake_ends: float = 1e6,
    looks: tuple[Look, ...] = (),
) -> Evidence:
    measures = {
        name: Measure(name=name, unit="seconds" if "latency" in name else "index", lower_is_better=True)
        for name in merged
    }
    return Evidence(
        at=round(at * SECOND), arm=1, step=0, share=0.1, step_started=round(since * SECOND),
        bake_ends=round(bake_ends * SECOND), merged=merged, measures=measures, looks=looks,
    )


def run(gate: Any, seen: Iterable[Evidence]) -> list[Judgement]:
    state, said = gate.begin(), []
    for one in seen:
        state, judgement = gate.step(state, one)
        said.append(judgement)
    return said
