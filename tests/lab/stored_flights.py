"""Stored flights whose truth is known: all there are of a small world, which studies draw from.

    python -m tests.lab.stored_flights 1000 > tests/lab/stored_flights.csv
"""

import csv
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sandbox.lab.engines import Processes
from sandbox.lab.fleet import Mission, fly_fleet
from sandbox.lab.result import Result

STORED = Path(__file__).with_suffix(".csv")
WORLD = """
format = 1
[scenario]
title = "A gate that wavers"
duration = "12m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[[faults]]
kind = "errors"
model = "candidate"
rate = "5%"
at = "2m"
[ramp]
steps = ["10%", "30%", "100%"]
bake = "3m"
[[gates]]
kind = "no-worse"
metric = "errors.rate"
margin = "2pp"
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a flight; the delay is infinite where it never came."""

    rolled_back: bool
    net: float
    users: float
    delay: float


def flown(count: int) -> list[Stored]:
    """Flights of the world, flown now."""
    missions = [
        Mission(text=WORLD, folder=Path(), name="wavers", setting="", candidate="as written", seed=seed)
        for seed in range(count)
    ]
    done = sorted(fly_fleet(missions, Processes(2)), key=lambda one: one.seed)
    return [_stored(one) for one in done]


def _stored(one: Result) -> Stored:
    assert not one.failure
    delay = math.inf if one.delay is None else one.delay / 1e9
    return Stored(one.sent_back, float(one.net), float(one.users), delay)


def stored() -> list[Stored]:
    """The flights that are kept beside this file."""
    with STORED.open() as file:
        return [
            Stored(row["rolled_back"] == "1", float(row["net"]), float(row["users"]), float(row["delay"]))
            for row in csv.DictReader(file)
        ]


def covered(flights: Sequence[Stored], *, studies: int, size: int, seed: int) -> dict[str, float]:
    """How often the stated 95% intervals of studies drawn from flights hold what is true of all of them."""
    from sandbox.lab.intervals import mean, quantile, share

    rng = np.random.default_rng(seed)
    columns = {name: np.array([getattr(one, name) for one in flights], dtype=float) for name in (
        "rolled_back", "net", "users", "delay",
    )}
    truth = {
        "rolled back": columns["rolled_back"].mean(), "net, mean": columns["net"].mean(),
        "users, mean": columns["users"].mean(),
        "net, 19 of 20": np.quantile(columns["net"], 0.95, method="inverted_cdf"),
        "delay, median": np.quantile(columns["delay"], 0.5, method="inverted_cdf"),
        "delay, nine of ten": np.quantile(columns["delay"], 0.9, method="inverted_cdf"),
    }
    held = dict.fromkeys(truth, 0)
    for _ in range(studies):
        drawn = rng.integers(len(flights), size=size)
        mine = {name: values[drawn].tolist() for name, values in columns.items()}
        found = {
            "rolled back": share(round(sum(mine["rolled_back"])), size), "net, mean": mean(mine["net"]),
            "users, mean": mean(mine["users"]), "net, 19 of 20": quantile(mine["net"], 0.95),
            "delay, median": quantile(mine["delay"], 0.5), "delay, nine of ten": quantile(mine["delay"], 0.9),
        }
        for name, one in found.items():
            held[name] += bool(one.low <= truth[name] <= one.high)
    return {name: count / studies for name, count in held.items()}


def ever_left(flights: Sequence[Stored], *, studies: int, most: int, every: int, seed: int) -> dict[str, float]:
    """How often a sequence, looked at after every so many flights as --precision does, ever leaves what is true."""
    from sandbox.lab.intervals import mean, share

    rng = np.random.default_rng(seed)
    rolled = np.array([one.rolled_back for one in flights], dtype=float)
    net = np.array([one.net for one in flights])
    left = {"rolled back": 0, "net, mean": 0, "rolled back, by intervals for one look": 0}
    for _ in range(studies):
        drawn = rng.integers(len(flights), size=most)
        looks = range(every, most + 1, every)
        hits = rolled[drawn].cumsum()
        out = dict.fromkeys(left, False)
        for n in looks:
            count = round(hits[n - 1])
            always, once = share(count, n, sequential=True), share(count, n)
            means = mean(net[drawn[:n]].tolist(), sequential=True)
            out["rolled back"] |= not always.low <= rolled.mean() <= always.high
            out["rolled back, by intervals for one look"] |= not once.low <= rolled.mean() <= once.high
            out["net, mean"] |= not means.low <= net.mean() <= means.high
        for name, gone in out.items():
            left[name] += gone
    return {name: count / studies for name, count in left.items()}


def main() -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("rolled_back", "net", "users", "delay"))
    for one in flown(int(sys.argv[1])):
        writer.writerow((int(one.rolled_back), f"{one.net:g}", f"{one.users:g}", f"{one.delay:g}"))


if __name__ == "__main__":
    main()
