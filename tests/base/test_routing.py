"""Lanes: every share is kept exactly, and a user on a candidate stays there as its share grows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.routing import Route, RoutingTable, blended, lanes, lowers
from sandbox.world.crowd import Crowd
from sandbox.world.routing import Router


def width_of(shares: tuple[float, ...]) -> list[float]:
    widths, before = [0.0] * len(shares), 0.0
    for edge, arm in lanes(shares):
        assert edge >= before - 1e-15
        widths[arm] += edge - before
        before = edge
    assert before == 1.0
    return widths


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_every_arm_gets_its_share_of_the_line(raw: list[float]) -> None:
    total = sum(raw) or 1.0
    shares = tuple(one / total for one in raw) if sum(raw) else (1.0, *[0.0] * (len(raw) - 1))
    assert width_of(shares) == pytest.approx(list(shares), abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.9999))
def test_a_user_on_the_candidate_stays_there_as_its_share_grows(a: float, b: float, unit: float) -> None:
    small, large = sorted((a, b))

    def arm_at(share: float) -> int:
        return next(arm for edge, arm in lanes((1.0 - share, share)) if unit < edge)

    assert arm_at(small) <= arm_at(large)


def crowd_of(n: int, *, opted_out: bool = False) -> Crowd:
    draw = np.random.default_rng(1)
    return Crowd(
        segment=np.zeros(n, np.uint8), group=np.zeros(n, np.uint8), unit=draw.random(n),
        opted_out=draw.random(n) < 0.3 if opted_out else None, slots=np.arange(n, dtype=np.int32),
    )


def test_who_opted_out_and_who_is_in_another_segment_stay_on_the_incumbent() -> None:
    crowd = crowd_of(10_000, opted_out=True)
    table = RoutingTable(1, 0, (Route((0.5, 0.5), ("eu",)), Route((1.0, 0.0))), (0.0, 0.0))
    router = Router.of(table, segments=("eu", "us"))
    user = np.arange(10_000, dtype=np.int32)
    segment = (user % 2).astype(np.uint8)
    arm = router.route(crowd, user=user, segment=segment)
    assert crowd.opted_out is not None
    assert not arm[crowd.opted_out].any()
    assert not arm[segment == 1].any()
    free = (segment == 0) & ~crowd.opted_out
    assert abs(arm[free].mean() - 0.5) < 4 * 0.5 / np.sqrt(free.sum())


def test_several_candidates_share_the_line_and_each_only_grows() -> None:
    crowd = crowd_of(20_000)
    user = np.arange(20_000, dtype=np.int32)
    segment = np.zeros(20_000, np.uint8)
    before = None
    for shares in ((0.9, 0.05, 0.05), (0.6, 0.2, 0.2), (0.3, 0.45, 0.25), (0.0, 0.5, 0.5)):
        router = Router.of(RoutingTable(1, 0, (Route(shares),), (0.0,) * 3), segments=("all",))
        arm = router.route(crowd, user=user, segment=segment)
        for index, share in enumerate(shares):
            assert abs((arm == index).mean() - share) < 4 * 0.5 / np.sqrt(20_000)
        if before is not None:
            assert (arm[before > 0] == before[before > 0]).all()
        before = arm


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        Route((0.5, 0.6))


def table_of(*routes: Route) -> RoutingTable:
    return RoutingTable(1, 0, routes, (0.0,) * len(routes[0].shares))


def test_a_table_lowers_where_any_segment_goes_back_to_the_incumbent() -> None:
    half, some = table_of(Route((0.5, 0.5))), table_of(Route((0.5, 0.5), ("eu",)), Route((1.0, 0.0)))
    none = table_of(Route((1.0, 0.0)))
    assert lowers(half, some)
    assert lowers(some, none)
    assert not lowers(some, half)
    assert not lowers(none, some)
    assert not lowers(half, half)


def test_of_a_share_that_is_lowered_a_part_stays_and_one_that_is_raised_is_raised() -> None:
    some = table_of(Route((0.5, 0.5), ("eu", "us")), Route((1.0, 0.0)))
    none = table_of(Route((1.0, 0.0)))
    assert blended(some, none, part=0.4) == (Route((0.8, 0.2), ("eu", "us")), Route((1.0, 0.0)))
    assert blended(table_of(Route((0.5, 0.5))), none, part=0.4) == (Route((0.8, 0.2)),)
    assert blended(none, some, part=0.4) == some.routes


def test_a_part_of_everything_that_stays_is_the_table_before() -> None:
    before, none = table_of(Route((0.5, 0.3, 0.2))), table_of(Route((1.0, 0.0, 0.0)))
    (route,) = blended(before, none, part=1.0)
    assert np.allclose(route.shares, before.routes[0].shares)
