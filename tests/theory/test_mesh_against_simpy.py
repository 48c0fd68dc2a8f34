"""Clients that ask again, twice, or somebody else fare in the compiled mesh as in plain SimPy, request by request, and
however time is cut."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.base.telemetry import Ints
from sandbox.world.scaling import Scaler as Scaling
from sandbox.world.services.autoscaling import Autoscale
from sandbox.world.services.batching import Batching
from sandbox.world.services.breaker import Breaker
from sandbox.world.services.hedge import Hedge
from sandbox.world.services.kernel import PoolState
from sandbox.world.services.mesh import MeshOfPools, Offers, Requests
from sandbox.world.services.retries import Retries
from sandbox.world.services.service import Service
from sandbox.world.services.shedding import Shedding
from sandbox.world.striking import kill

sys.path.insert(0, str(Path(__file__).parent))
from plain_mesh import Day, PlainMesh, Pool, Scaler

WORDS = ("answered", "rejected", "timed out", "errored")
MS = 1_000_000
END = 2**60
Fate = tuple[str, int, int]


def service_of(rules: Pool) -> Service:
    made = Service.model_construct(queue=rules.room, timeout=rules.timeout)
    retries = Retries.model_construct(attempts=rules.attempts, backoff=rules.backoff, budget=rules.retry_budget)
    shed = None
    if rules.shed_extra is not None or rules.shed_wait is not None:
        shed = Shedding.model_construct(wait=rules.shed_wait, extra=rules.shed_extra)
    breaker = rules.breaker and Breaker.model_construct(
        trips=rules.breaker[0], of=rules.breaker[1], stays=rules.breaker[2], probes=rules.breaker[3]
    )
    return made.model_copy(update={
        "retries": retries if rules.attempts > 1 else None,
        "hedge": None if rules.hedge is None else Hedge.model_construct(after=rules.hedge, budget=rules.hedge_budget),
        "breaker": breaker, "shed": shed,
        "batch": None if rules.batch == 1 else Batching.model_construct(size=rules.batch, each=rules.batch_each),
    })


def scaling_of(rules: Pool) -> Service:
    """The service of a pool that follows its load."""
    rule = rules.scaler
    assert rule is not None
    said = Autoscale.model_construct(
        target=rule.target, every=rule.every, lag=rule.lag, cool_down=rule.cool_down, most=rule.most, tolerance=0.1
    )
    return service_of(rules).model_copy(update={"autoscale": said, "least": rule.least, "replicas": rules.slots})


class Compiled:
    """The same day through the compiled mesh, advanced to every change, crash and cut."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.pools = []
        for rules in day.pools:
            pool = PoolState(slots=0, room=rules.room, timeout=rules.timeout)
            pool.open_slots(rules.slots, ready_at=0)
            self.pools.append(pool)
        self.services = [service_of(rules) for rules in day.pools]
        self.mesh = MeshOfPools(
            self.services, self.pools, mean_service_s=[rules.mean / 1e9 for rules in day.pools],
            fallback=[rules.fallback for rules in day.pools],
        )
        self.fates: dict[int, Fate] = {}
        self.low = 0

    def offers(self, key: Ints, pool: Ints) -> Offers:
        day, offers = self.day, Offers.blank(len(self.day.pools), len(key))
        offers.demand[:] = day.demand[:, :, key]
        offers.lost[:] = day.lost[:, :, key]
        offers.fails[:] = day.fails[:, :, key]
        for place, service in enumerate(self.services):
            for number in range(1, 8) if service.retries is not None else ():
                offers.wait[number, place] = service.retries.wait(number, day.luck[number, place, key])
        return offers

    def advance(self, stop: int) -> None:
        day, low = self.day, self.low
        high = int(np.searchsorted(day.arrived, stop))
        rows = slice(low, high)
        ended = self.mesh.serve(stop, Requests(
            at=day.arrived[rows], key=np.arange(low, high), pool=day.asks[rows], urgent=day.urgent[rows],
            shadow=day.shadow[rows],
        ), offers_of=self.offers)
        assert (np.diff(ended.published) >= 0).all(), "fates come in the order in which they became known"
        for key, status, published, by in zip(
            ended.key.tolist(), ended.status.tolist(), ended.published.tolist(), ended.by.tolist(), strict=True
        ):
            assert key not in self.fates, "a fate is final once"
            assert published < stop
            self.fates[key] = (WORDS[status], published, by)
        self.low = high

    def scale(self, place: int, scaler: Scaling, when: int) -> list[tuple[int, int, Any]]:
        """An autoscaler's look: when its pool changes, and how."""
        pool, rule = self.pools[place], self.day.pools[place].scaler
        scaler.begun, pool.busy_ns[0] = int(pool.busy_ns[0]), 0
        wanted, at = scaler.look(when), when + rule.lag
        deed = lambda: pool.open_slots(wanted, ready_at=at + rule.cold_start)  # noqa: E731
        return [(at, 0, deed)] if at <= rule.until else []

    def happens(self) -> list[tuple[int, int, Any]]:
        """What changes from outside: when, resizes before crashes, and what."""
        found = []
        for pool, rules in zip(self.pools, self.day.pools, strict=True):
            for when, wanted, ready_at in rules.changes:
                found.append((when, 0, lambda pool=pool, w=wanted, r=ready_at: pool.open_slots(w, ready_at=r)))
            for when, part, restart in rules.crashes:
                found.append((when, 1, lambda pool=pool, a=part, n=when, r=restart: kill(pool, a, now=n, restart=r)))
        return found

    def run(self, cuts: list[int]) -> dict[int, Fate]:
        happens, looks = self.happens(), list[tuple[int, int, Scaling]]()
        for place, rules in enumerate(self.day.pools):
            if (rule := rules.scaler) is not None:
                scaler = Scaling(scaling_of(rules), replicas=rules.slots)
                looks += [(when, place, scaler) for when in range(rule.every, rule.until + 1, rule.every)]
        stops = {when for when, _, _ in happens} | {when for when, _, _ in looks} | set(cuts)
        while stops:
            stop = min(stops)
            stops.remove(stop)
            self.advance(stop)
            for when, place, scaler in looks:
                if when == stop:
                    scaled = self.scale(place, scaler, when)
                    happens += scaled
                    stops |= {at for at, _, _ in scaled if at > stop}
            for _, _, deed in sorted((one for one in happens if one[0] == stop), key=lambda one: one[1]):
                deed()
        self.advance(END)
        return self.fates

    def counted(self) -> tuple[int, ...]:
        return tuple(np.sum([self.mesh.news(place) for place in range(len(self.pools))], axis=0).tolist())


@st.composite
def pools(draw: Any, place: int, end: int) -> Pool:
    """A small pool with any of the options."""
    slots = draw(st.integers(1, 4))
    timeout = draw(st.sampled_from([15, 50, 300])) * MS
    moments = st.integers(1, max(1, end))
    changes = [
        (when, draw(st.integers(1, 6)), when + draw(st.sampled_from([0, 7_000_003, 60_000_019])))
        for when in sorted(draw(st.sets(moments, max_size=3)))
    ]
    crashes = [
        (when, draw(st.sampled_from([0.3, 0.5, 1.0])), draw(st.sampled_from([1_000_003, 30_000_001])))
        for when in sorted(draw(st.sets(moments, max_size=2)))
    ]
    scaler = None
    if draw(st.sampled_from([False, False, True])):
        changes = []
        scaler = Scaler(
            target=draw(st.sampled_from([0.3, 0.6, 0.9])), every=draw(st.sampled_from([7, 31])) * MS + 1,
            lag=draw(st.sampled_from([0, 12_000_003])), cool_down=draw(st.sampled_from([1, 90])) * MS,
            least=draw(st.integers(1, 2)), most=draw(st.integers(3, 9)),
            cold_start=draw(st.sampled_from([0, 5_000_003])), until=end,
        )
    breaker = None
    if draw(st.booleans()):
        breaker = (
            draw(st.sampled_from([0.2, 0.5, 1.0])), draw(st.integers(1, 8)), draw(st.sampled_from([10, 80])) * MS,
            draw(st.integers(1, 3)),
        )
    return Pool(
        slots=slots, timeout=timeout, room=draw(st.integers(0, 6)), attempts=draw(st.sampled_from([1, 1, 2, 4])),
        retry_budget=draw(st.sampled_from([None, 0.1, 0.9])),
        fallback=draw(st.sampled_from([-1, -2] if place == 0 else [-1, -2, 0, 0, *([1] if place == 2 else [])])),
        hedge=draw(st.sampled_from([None, 3_000_001, 20_000_003])),
        hedge_budget=draw(st.sampled_from([None, 0.05, 0.5])), breaker=breaker,
        shed_extra=draw(st.sampled_from([None, None, 0, 2])),
        shed_wait=draw(st.sampled_from([None, None, 8 * MS, 30 * MS])),
        batch=draw(st.sampled_from([1, 1, 2, 5])), batch_each=draw(st.sampled_from([0.0, 0.25])), changes=changes,
        crashes=crashes, scaler=scaler,
    )


@st.composite
def days(draw: Any) -> tuple[Day, list[int]]:
    """A crowded day on a fine clock."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, count = draw(st.integers(1, 80)), draw(st.integers(1, 3))
    gap = draw(st.sampled_from([2, 6, 20])) * MS / count
    arrived = np.cumsum(chance.exponential(gap, n)).astype(np.int64) + np.arange(n)
    end = int(arrived[-1]) + 50 * MS
    errors, lost = draw(st.sampled_from([0.0, 0.3])), draw(st.sampled_from([0.0, 0.1]))
    day = Day(
        pools=[draw(pools(place, end)) for place in range(count)], arrived=arrived,
        asks=chance.integers(0, count, n), urgent=chance.random(n) < 0.3, shadow=chance.random(n) < 0.2,
        demand=chance.integers(1_000, 40 * MS, (2, count, n)), lost=chance.random((2, count, n)) < lost,
        fails=chance.random((16, count, n)) < errors, luck=chance.random((8, count, n), dtype=np.float32),
    )
    return day, chance.integers(0, 2 * end, draw(st.integers(0, 6))).tolist()


def check(case: tuple[Day, list[int]]) -> None:
    day, cuts = case
    plain, compiled = PlainMesh(day), Compiled(day)
    fates = plain.run()
    assert compiled.run(cuts) == fates
    assert len(fates) == len(day.arrived), "everybody has a fate"
    assert compiled.counted() == (plain.retried, plain.fell_back, plain.hedged, plain.refused, plain.shed)
    assert not compiled.mesh.waiting
    assert not any(pool.in_flight for pool in compiled.pools)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(days())
def test_every_request_has_the_fate_it_has_in_plain_simpy(case: tuple[Day, list[int]]) -> None:
    check(case)


@pytest.mark.proof
@settings(max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(days())
def test_every_request_of_many_days_has_the_fate_it_has_in_plain_simpy(case: tuple[Day, list[int]]) -> None:
    check(case)
