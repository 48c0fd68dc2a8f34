"""Retries against a published fixed point, and against what their budget pays for."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from sandbox.base.telemetry import Ints
from sandbox.world.services.kernel import PoolState
from sandbox.world.services.mesh import Endings, MeshOfPools, Offers, Requests
from sandbox.world.services.mesh_kernel import BUCKET
from sandbox.world.services.retries import Retries
from sandbox.world.services.service import Service

BACKOFF = 20_000_000
"""The shortest back-off there is, in ns."""


def served(
    *, arrived: Ints, demand: Ints, slots: int, room: int, timeout: int, attempts: int, budget: float | None = None,
    errs: bool = False,
) -> tuple[Endings, int]:
    """The fates of requests to one pool, and how many retries there were."""
    pool = PoolState(slots=0, room=room, timeout=timeout)
    pool.open_slots(slots, ready_at=0)
    retries = Retries.model_construct(attempts=attempts, backoff=BACKOFF, budget=budget)
    service: Any = Service.model_construct(queue=room, timeout=timeout, retries=retries)
    mesh = MeshOfPools([service], [pool], mean_service_s=[1e-3], fallback=[-1])
    luck = np.random.default_rng(len(arrived)).random((attempts, len(arrived)), dtype=np.float32)

    def offers_of(key: Ints, asked: Ints) -> Offers:
        offers = Offers.blank(1, len(key))
        offers.demand[0, 0] = demand[key]
        offers.fails[:] = errs
        for number in range(1, attempts):
            offers.wait[number, 0] = retries.wait(number, luck[number, key])
        return offers

    nobody = np.zeros(len(arrived), dtype=np.bool_)
    endings = mesh.serve(2**60, Requests(
        at=arrived, key=np.arange(len(arrived)), pool=np.zeros(len(arrived), dtype=np.int64), urgent=nobody,
        shadow=nobody,
    ), offers_of=offers_of)
    return endings, mesh.news(0)[0]


def test_an_empty_bucket_makes_failures_final() -> None:
    n = 1_000
    endings, retried = served(
        arrived=np.arange(n, dtype=np.int64) * 10_000_000, demand=np.full(n, 1_000, dtype=np.int64), slots=4, room=10,
        timeout=10**9, attempts=2, budget=0.1, errs=True,
    )
    assert (endings.status == 3).all()
    assert retried == pytest.approx(BUCKET + 0.1 * n, abs=BUCKET * 0.2 + 2), "a full bucket and what was put in"


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
    endings, retried = served(
        arrived=np.cumsum(chance.exponential(service / offered_load, n)).astype(np.int64),
        demand=chance.exponential(service, n).astype(np.int64) + 1, slots=slots, room=0, timeout=2**50,
        attempts=attempts,
    )
    # The back-off is ten services and more: what an attempt meets has forgotten the one before. Correlated states make
    # the error of a share of n about the root of the load times that of independent ones.
    error = 4 * math.sqrt(offered_load * blocked(load) / n)
    assert (n + retried) / n == pytest.approx(load / offered_load, rel=error)
    lost = float((endings.status == 1).mean())
    assert lost == pytest.approx(blocked(load) ** attempts, abs=2 * error * blocked(load) ** (attempts - 1))
