"""A thousand flights of `good-at-one-percent` on two cores: two simulated hours around a peak, 299 requests a second.

How long two workers take, how much faster they are than one, whether a worker's memory grows with the flights it has
flown, and what plain SimPy would take for the same requests, measured on a part.

    python -m benchmarks.many [FLIGHTS]
"""

import resource
import sys
import time
from pathlib import Path

from benchmarks.naive import naive
from sandbox.lab.engines import Processes, results
from sandbox.lab.fleet import Mission, flown_mission, lost
from sandbox.lab.result import Result

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "good-at-one-percent.toml"
NAIVE = 200_000
"""Requests that plain SimPy serves to be measured."""


def measured(mission: Mission) -> tuple[Result, float]:
    """A flight, and the most memory its worker has held so far, in MB."""
    result = flown_mission(mission)
    return result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def gone(mission: Mission, because: str) -> tuple[Result, float]:
    """A flight whose worker died."""
    return lost(mission, because), 0.0


def flown(flights: int, *, jobs: int) -> tuple[float, list[tuple[Result, float]]]:
    """Seconds by the wall for so many flights with so many workers, theirs to start included; and what they told."""
    text = SCENARIO.read_text()
    missions = [
        Mission(text=text, folder=SCENARIO.parent, name=SCENARIO.stem, setting="", candidate="as written", seed=seed)
        for seed in range(flights)
    ]
    began = time.perf_counter()
    done = list(results(measured, missions, Processes(jobs), lost=gone))
    return time.perf_counter() - began, done


def main(flights: int) -> None:
    """Print the table."""
    part = max(20, flights // 5)
    alone, _ = flown(part, jobs=1)
    pair, _ = flown(part, jobs=2)
    took, done = flown(flights, jobs=2)
    assert not any(result.failure for result, _ in done)
    requests = sum(result.requests for result, _ in done)
    peaks = [peak for _, peak in done]
    early, late = max(peaks[: flights // 10]), max(peaks)
    rate = naive(NAIVE, seed=1)
    print(f"| {flights:,} flights of {SCENARIO.stem}, {requests / 1e6:,.0f} M requests | |\n|---|--:|")
    print(f"| two workers, wall | {took:,.0f} s ({flights / took:.2f} flights a second) |")
    print(f"| two workers over one, {part:,} flights each | {alone / pair:.2f} times |")
    print(f"| a worker's peak memory after a tenth of the flights, after all | {early:,.0f} MB, {late:,.0f} MB |")
    print(f"| plain SimPy for the same, one core, from {NAIVE:,} requests | {requests / rate / 3600:,.1f} hours |")
    print(f"| of two cores, times as fast | {requests / rate / 2 / took:,.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
