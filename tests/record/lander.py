"""Lands runs until it is told how many, or killed; says each one once it is safe. Started by the tests."""

import sys
from pathlib import Path

import duckdb  # noqa: F401  imported before it says that it is ready, so that a kill finds it at work
import polars  # noqa: F401

from sandbox.record.store import Store
from tests.record.factory import make_flight, make_rows


def main(path, *, seed, count):
    store = Store(Path(path))
    print("ready", flush=True)
    for number in range(count):
        flight = make_flight(seed=seed * 1_000 + number)
        with store.begin(flight.header.name, seed=flight.header.seed) as landing:
            landing.write_requests(make_rows(2_000, seed=seed))
            run = landing.land(flight)
        print(run, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], seed=int(sys.argv[2]), count=int(sys.argv[3]))
