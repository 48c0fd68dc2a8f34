"""The compiled server against closed forms of queueing theory.

Each estimate comes from one long path cut into 64 batches, the first 5% dropped, and may lie 4 standard errors of the
batch means from the formula, and no further than a cap that grows with the time a busy queue takes to forget, about
1 / (1 - sqrt(rho))² services: 64 servers at 0.9 forget only 90 times in two million requests.
"""

import math

import numpy as np
import pytest

from sandbox.world.services.kernel import PoolState, serve

SECOND = 10**9
FOREVER = 10**16
N = 600_000
BATCHES = 64


def day(*, seed: int, rate: float, slots: int, demand: np.ndarray, room: int = 10**6, timeout: int = FOREVER):
    """Waits (n,) s of those who started, NaN for others, and statuses (n,)."""
    draw = np.random.default_rng(seed)
    n = len(demand)
    arrived = np.cumsum(draw.exponential(SECOND / rate, n)).astype(np.int64)
    pool = PoolState(slots=0, room=room, timeout=timeout)
    pool.open_slots(slots, ready_at=0)
    out = serve(
        pool, int(arrived[-1]) + 10**15, arrived=arrived, demand=(demand * SECOND).astype(np.int64),
        fails=np.zeros(n, dtype=np.bool_), key=np.arange(n),
    )
    start, status = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.uint8)
    start[out.key], status[out.key] = out.start, out.status
    return np.where(start >= 0, (start - arrived) / SECOND, np.nan), status


def close(values: np.ndarray, expected: float, *, cap: float) -> None:
    kept = values[len(values) // 20 :]
    means = np.array([np.nanmean(batch) for batch in np.array_split(kept, BATCHES)])
    error = means.std(ddof=1) / math.sqrt(BATCHES)
    assert abs(means.mean() - expected) < 4 * error, (means.mean(), expected, error)
    assert abs(np.nanmean(kept) / expected - 1) < cap, (np.nanmean(kept), expected)


def erlang_b(slots: int, load: float) -> float:
    blocked = 1.0
    for c in range(1, slots + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def erlang_c(slots: int, load: float) -> float:
    blocked = erlang_b(slots, load)
    return slots * blocked / (slots - load * (1 - blocked))


def exponential(seed: int, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed + 10_000).exponential(1.0, n)


@pytest.mark.parametrize(("slots", "rho", "published", "cap"), [
    (1, 0.5, 1.0, 0.03), (1, 0.8, 4.0, 0.05), (2, 0.8, 1.777778, 0.05), (8, 0.8, 0.286028, 0.05),
    (8, 0.95, 2.110422, 0.15), (64, 0.9, 0.048541, 0.20),
])
def test_mean_wait_of_exponential_servers_is_erlang_c(slots: int, rho: float, published: float, cap: float) -> None:
    expected = erlang_c(slots, slots * rho) / (slots * (1 - rho))
    assert expected == pytest.approx(published, rel=1e-4)
    demand = exponential(slots, 2_000_000 if slots == 64 else N)
    wait, _ = day(seed=slots * 100 + int(100 * rho), rate=slots * rho, slots=slots, demand=demand)
    close(wait, expected, cap=cap)


def test_the_probability_and_the_tail_of_waiting_are_erlang_c() -> None:
    wait, _ = day(seed=77, rate=6.4, slots=8, demand=exponential(77))
    waits = erlang_c(8, 6.4)
    assert waits == pytest.approx(0.457645, abs=1e-6)
    close((wait > 0).astype(float), waits, cap=0.03)
    close((wait > 1).astype(float), waits * math.exp(-8 * 0.2 * 1.0), cap=0.05)


@pytest.mark.parametrize(("name", "rho", "squared_cv", "published"), [
    ("deterministic", 0.5, 0.0, 0.5), ("deterministic", 0.8, 0.0, 2.0), ("lognormal", 0.7, 1.718282, 3.171329),
    ("gamma", 0.8, 0.25, 2.5), ("hyperexponential", 0.7, 4.0, 5.833333),
])
def test_mean_wait_of_one_server_is_pollaczek_khinchine(
    name: str, rho: float, squared_cv: float, published: float
) -> None:
    expected = rho * (1 + squared_cv) / (2 * (1 - rho))
    assert expected == pytest.approx(published, rel=1e-5)
    draw = np.random.default_rng(sum(map(ord, name)) + int(100 * rho))
    if name == "deterministic":
        demand = np.ones(N)
    elif name == "lognormal":
        demand = np.exp(draw.normal(-0.5, 1.0, N))
    elif name == "gamma":
        demand = draw.gamma(4, 0.25, N)
    else:
        p = 0.5 * (1 + math.sqrt((squared_cv - 1) / (squared_cv + 1)))
        demand = draw.exponential(1.0, N) * np.where(draw.random(N) < p, 1 / (2 * p), 1 / (2 * (1 - p)))
    wait, _ = day(seed=900 + int(100 * rho), rate=rho, slots=1, demand=demand)
    close(wait, expected, cap=0.10)


@pytest.mark.parametrize(("slots", "load", "published"), [(10, 5, 0.018385), (10, 10, 0.214582), (8, 6.4, 0.144394)])
def test_loss_without_a_queue_is_erlang_b(slots: int, load: float, published: float) -> None:
    assert erlang_b(slots, load) == pytest.approx(published, abs=1e-6)
    _, status = day(seed=slots * 7 + int(load), rate=load, slots=slots, demand=exponential(int(load)), room=0)
    close((status == 1).astype(float), erlang_b(slots, load), cap=0.04)


def test_loss_with_a_bounded_queue_is_m_m_c_k() -> None:
    slots, places, load = 8, 16, 7.2
    weights = [load**k / math.factorial(k) for k in range(slots)]
    weights += [load**slots / math.factorial(slots) * (load / slots) ** (k - slots) for k in range(slots, places + 1)]
    shares = [weight / sum(weights) for weight in weights]
    assert shares[-1] == pytest.approx(0.041470, abs=1e-6)
    waiting = sum((k - slots) * shares[k] for k in range(slots, places + 1))
    wait, status = day(seed=5, rate=load, slots=slots, demand=exponential(5), room=places - slots)
    close((status == 1).astype(float), shares[-1], cap=0.06)
    close(wait, waiting / (load * (1 - shares[-1])), cap=0.04)
    assert waiting / (load * (1 - shares[-1])) == pytest.approx(0.282868, abs=1e-6)


def test_clients_that_give_up_follow_the_virtual_wait_of_m_m_1_with_a_deadline() -> None:
    # M/M/1 whose clients leave the queue after a fixed patience (Barrer, Operations Research 5, 1957): the virtual wait
    # has density proportional to exp(-(mu - lambda) v) up to the patience and exp(-mu (v - patience)) beyond it.
    rate, patience = 0.9, 3.0
    below = rate * (1 - math.exp(-(1 - rate) * patience)) / (1 - rate)
    beyond = rate * math.exp(-(1 - rate) * patience)
    lost = beyond / (1 + below + beyond)
    wait, _ = day(seed=11, rate=rate, slots=1, demand=exponential(11), timeout=int(patience * SECOND))
    close(np.isnan(wait).astype(float), lost, cap=0.04)
