"""Elementary effects: against functions whose effects are known on paper."""

from itertools import pairwise

import pytest

from sandbox.lab.elementary import elementary_effects, walks

KEYS = ("a", "b", "c")


def effects_of(function, *, count=8):
    places = walks(KEYS, count, seed=1)
    return {one.key: one for one in elementary_effects(KEYS, places, [function(*one) for one in places], seed=1)}


def test_of_a_sum_every_effect_is_its_weight_and_does_not_spread():
    found = effects_of(lambda a, b, c: 3.0 * a - 2.0 * b)
    assert [one.key for one in found.values()] == ["a", "b", "c"]
    assert {key: one.absolute for key, one in found.items()} == pytest.approx({"a": 3.0, "b": 2.0, "c": 0.0}, abs=1e-9)
    assert all(one.spread == pytest.approx(0.0, abs=1e-9) for one in found.values())


def test_of_a_product_the_effect_of_one_is_the_other_and_spreads_as_that_does():
    """On four levels a coordinate is 0, 1/3, 2/3 or 1 alike often: a mean of 1/2 and a standard deviation of 0.373."""
    found = effects_of(lambda a, b, c: a * b, count=400)
    for key in ("a", "b"):
        assert found[key].absolute == pytest.approx(0.5, abs=4 * 0.373 / 20)
        assert found[key].spread == pytest.approx(0.373, abs=0.04)
        assert found[key].within == pytest.approx(1.96 * 0.373 / 20, rel=0.35)
    assert found["c"].absolute == 0.0


def test_a_step_changes_one_coordinate_and_walks_are_the_same_for_the_same_seed():
    places = walks(KEYS, 5, seed=7)
    assert len(places) == 5 * (len(KEYS) + 1)
    for begin in range(0, len(places), len(KEYS) + 1):
        walk = places[begin : begin + len(KEYS) + 1]
        changed = [sum(x != y for x, y in zip(one, other, strict=True)) for one, other in pairwise(walk)]
        assert changed == [1] * len(KEYS)
    assert places == walks(KEYS, 5, seed=7) != walks(KEYS, 5, seed=8)
