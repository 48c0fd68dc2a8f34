"""What one would write instead: the same service in plain SimPy, a process for every request.

Two pools behind a weighted split, lognormal service times, errors, clients that give up, bounded queues, and the counts
and latencies of each minute. It has no features, no models, no labels, no gates and no second day to compare with.

    python -m benchmarks.naive
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import simpy

RATE = 1_000.0
SLOTS = (60, 60)
MU, SIGMA = -3.5066, 0.4723
"""Of the logarithm of a service time in seconds: median 30 ms, 99th percentile 90 ms."""

TIMEOUT, QUEUE, ERRORS, SHARE = 2.0, 200, 0.005, 0.25


def naive(requests: int, *, seed: int) -> float:
    """Requests served in a CPU-second."""
    env = simpy.Environment()
    chance = random.Random(seed)
    pools = [simpy.Resource(env, capacity=slots) for slots in SLOTS]
    counts: Counter[tuple[int, int, str]] = Counter()
    latencies: dict[tuple[int, int], list[float]] = defaultdict(list)

    def request(arm: int) -> Iterator[Any]:
        arrived, pool = env.now, pools[arm]
        if len(pool.queue) >= QUEUE:
            counts[int(env.now // 60), arm, "rejected"] += 1
            return
        with pool.request() as turn:
            got = yield turn | env.timeout(TIMEOUT)
            if turn not in got:
                counts[int(env.now // 60), arm, "timed out"] += 1
                return
            yield env.timeout(chance.lognormvariate(MU, SIGMA))
        fate = "errored" if chance.random() < ERRORS else "answered"
        counts[int(env.now // 60), arm, fate] += 1
        latencies[int(env.now // 60), arm].append(env.now - arrived)

    def arrivals() -> Iterator[Any]:
        for _ in range(requests):
            yield env.timeout(chance.expovariate(RATE))
            env.process(request(int(chance.random() < SHARE)))

    env.process(arrivals())
    began = time.process_time()
    env.run()
    spent = time.process_time() - began
    assert sum(counts.values()) == requests
    return requests / spent


if __name__ == "__main__":
    print(f"{naive(200_000, seed=1):,.0f} requests a CPU-second")
