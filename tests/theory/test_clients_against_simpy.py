"""Clients that ask again meet the pool as in plain SimPy, request by request, however time is cut."""

import math
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from sandbox.world.services.clients import BUCKET, Clients, Offered
from sandbox.world.services.kernel import PoolState
from sandbox.world.services.limbo import Limbo
from sandbox.world.services.retries import Retries

WORDS = ("answered", "rejected", "timed out", "errored")
BACKOFF = 20_000_000
"""The shortest back-off there is, in ns; times below are in the same unit."""

Fate = tuple[str, int]


def luck(key: int, attempt: int, salt: int) -> float:
    """A fixed uniform for each attempt of each request."""
    return float(np.random.default_rng([key, attempt, salt]).random())


class PlainClients:
    """Slots, a queue, and for every request a process that asks, waits, and asks again."""

    def __init__(self, day: dict[str, Any]) -> None:
        self.day, self.env = day, simpy.Environment(initial_time=0)
        self.pool = simpy.Resource(self.env, capacity=day["slots"])
        self.waiting, self.tokens = 0, BUCKET
        self.fates: dict[int, Fate] = {}
        self.attempts = 0

    def request(self, key: int, arrived: int) -> Any:
        yield self.env.timeout(arrived)
        for attempt in range(self.day["attempts"]):
            if self.day["budget"] is not None and attempt == 0:
                self.tokens = min(BUCKET, self.tokens + self.day["budget"])
            self.attempts += 1
            word = yield self.env.process(self.attempt(key, attempt))
            self.fates[key] = (word, int(self.env.now))
            if word == "answered" or attempt + 1 == self.day["attempts"]:
                return
            if self.day["budget"] is not None:
                if self.tokens < 1.0:
                    return
                self.tokens -= 1.0
            longest = BACKOFF * 2.0**attempt
            yield self.env.timeout(int(longest * (1.0 + np.float64(np.float32(luck(key, attempt + 1, 2))))))

    def attempt(self, key: int, attempt: int) -> Any:
        if self.pool.count == self.pool.capacity and self.waiting >= self.day["room"]:
            return "rejected"
        deadline = self.env.timeout(self.day["timeout"])
        claim = self.pool.request()
        self.waiting += not claim.triggered
        if not claim.triggered:
            yield claim | deadline
            self.waiting -= 1
        if not claim.triggered:
            claim.cancel()
            return "timed out"
        work = self.env.process(self.serve(claim, key, attempt))
        yield work | deadline
        if not work.triggered:
            return "timed out"
        return "errored" if luck(key, attempt, 1) < self.day["errors"] else "answered"

    def serve(self, claim: Any, key: int, attempt: int) -> Any:
        yield self.env.timeout(int(self.day["demand"][key]))
        self.pool.release(claim)


def plain(day: dict[str, Any]) -> tuple[dict[int, Fate], int]:
    world = PlainClients(day)
    for key, arrived in enumerate(day["arrived"].tolist()):
        world.env.process(world.request(key, arrived))
    world.env.run()
    return world.fates, world.attempts


def ours(day: dict[str, Any], cuts: list[int]) -> tuple[dict[int, Fate], int]:
    pool = PoolState(slots=0, room=day["room"], timeout=day["timeout"])
    pool.open_slots(day["slots"], ready_at=0)
    spec = Retries.model_construct(attempts=day["attempts"], backoff=BACKOFF, budget=day["budget"])

    def each(salt: int, key: np.ndarray, attempt: np.ndarray) -> np.ndarray:
        return np.array([luck(int(k), int(a), salt) for k, a in zip(key, attempt, strict=True)], dtype=np.float64)

    def offer(key: np.ndarray, attempt: np.ndarray) -> Offered:
        fails = each(1, key, attempt) < day["errors"]
        return Offered(day["demand"][key], fails, np.zeros(len(key), dtype=np.bool_))

    clients = Clients(
        spec, pool, Limbo(day["timeout"]), jitter=lambda key, attempt: each(2, key, attempt).astype(np.float32)
    )
    fates: dict[int, Fate] = {}
    low = 0
    for stop in [*sorted(set(cuts)), 2**61]:
        high = int(np.searchsorted(day["arrived"], stop))
        keys = np.arange(low, high, dtype=np.int64)
        out = clients.serve(stop, at=day["arrived"][low:high], key=keys, offer=offer)
        for key, status, published in zip(out.key.tolist(), out.status.tolist(), out.published.tolist(), strict=True):
            assert key not in fates, "a fate is final once"
            fates[key] = (WORDS[status], published)
        assert high == len(fates) + pool.in_flight + clients.waiting, "offered is final, in flight or backing off"
        low = high
    return fates, len(day["arrived"]) + clients.retried


@st.composite
def days(draw: Any) -> tuple[dict[str, Any], list[int]]:
    """A crowded day on a fine clock: two things at one instant are too rare to need a rule."""
    seed = draw(st.integers(0, 2**32 - 1))
    chance = np.random.default_rng(seed)
    n = draw(st.integers(1, 60))
    pressure = draw(st.sampled_from([0.5, 1.0, 3.0]))
    slots = draw(st.integers(1, 4))
    demand = chance.integers(1_000, 40_000_000, n)
    arrived = np.cumsum(chance.exponential(20_000_000 / slots / pressure, n)).astype(np.int64)
    day = {
        "arrived": arrived, "demand": demand, "slots": slots, "room": draw(st.integers(0, 6)),
        "timeout": draw(st.sampled_from([15_000_000, 50_000_000, 300_000_000])),
        "attempts": draw(st.integers(2, 4)), "errors": draw(st.sampled_from([0.0, 0.3])),
        "budget": draw(st.sampled_from([None, 0.1, 0.9])),
    }
    return day, chance.integers(0, int(arrived[-1]) * 2 + 1, draw(st.integers(0, 6))).tolist()


@settings(max_examples=200, deadline=None)
@given(days())
def test_every_request_has_the_fate_it_has_in_plain_simpy(case: tuple[dict[str, Any], list[int]]) -> None:
    day, cuts = case
    assert ours(day, cuts) == plain(day)


def test_an_empty_bucket_makes_failures_final() -> None:
    n = 1_000
    day = {
        "arrived": np.arange(n, dtype=np.int64) * 10_000_000, "demand": np.full(n, 1_000, dtype=np.int64), "slots": 4,
        "room": 10, "timeout": 10**9, "attempts": 2, "errors": 1.0, "budget": 0.1,
    }
    _, attempts = ours(day, [])
    assert attempts - n == pytest.approx(BUCKET + 0.1 * n, abs=BUCKET * 0.2 + 2), "a full bucket and what was put in"


@pytest.mark.parametrize("attempts", [2, 4])
def test_retries_of_a_loss_system_settle_at_the_fixed_point(attempts: int) -> None:
    """M/M/c/c with retries after long, scattered back-offs: attempts are about Poisson at lambda (1 + p + …), where p
    is Erlang's loss at that load (Cohen 1957; Falin, Templeton: Retrial queues, 1997, section 1.2)."""
    chance = np.random.default_rng(7)
    n, slots, offered_load = 60_000, 8, 6.5
    service = 2_000_000.0

    def blocked(load: float) -> float:
        terms = [load**k / math.factorial(k) for k in range(slots + 1)]
        return terms[-1] / sum(terms)

    def total(load: float) -> float:
        p = blocked(load)
        return offered_load * sum(p**k for k in range(attempts)) - load

    load = brentq(total, offered_load, offered_load * attempts)
    day = {
        "arrived": np.cumsum(chance.exponential(service / offered_load, n)).astype(np.int64),
        "demand": chance.exponential(service, n).astype(np.int64) + 1, "slots": slots, "room": 0, "timeout": 2**50,
        "attempts": attempts, "errors": 0.0, "budget": None,
    }
    fates, tried = ours(day, [])
    # The back-off is ten services and more: what an attempt meets has forgotten the one before. Correlated states make
    # the error of a share of n about the root of the load times that of independent ones.
    error = 4 * math.sqrt(offered_load * blocked(load) / n)
    assert tried / n == pytest.approx(load / offered_load, rel=error)
    lost = sum(word == "rejected" for word, _ in fates.values()) / n
    assert lost == pytest.approx(blocked(load) ** attempts, abs=2 * error * blocked(load) ** (attempts - 1))
