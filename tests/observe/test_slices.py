"""How a metric names the part it is read for."""

import pytest

from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.slices import taken_apart, unknown


@pytest.mark.parametrize(("written", "armless", "arm"), [
    ("errors.rate", "errors.rate", None),
    ("errors.rate{}", None, None),
    ("errors.rate{segment=eu}", "errors.rate{segment=eu}", None),
    ('errors.rate{ group = "b", segment=eu }', "errors.rate{segment=eu,group=b}", None),
    ("errors.rate{arm=candidate}", "errors.rate", "candidate"),
    ("errors.rate{arm='candidate',segment=a b}", "errors.rate{segment=a b}", "candidate"),
])
def test_a_name_is_taken_apart(written: str, armless: str | None, arm: str | None) -> None:
    if armless is None:
        with pytest.raises(ValueError, match="does not read"):
            taken_apart(written)
        return
    named = taken_apart(written)
    assert (named.armless, named.labels.get("arm")) == (armless, arm)
    assert taken_apart(named.armless).armless == armless


@pytest.mark.parametrize(("written", "says"), [
    ("errors.rate{segment=eu", "is no metric"),
    ("errors.rate{segment}", "does not read"),
    ("errors.rate{segment=}", "does not read"),
    ("errors.rate{segmnt=eu}", "nearest: segment"),
    ("errors.rate{segment=eu,segment=us}", "stands here twice"),
    ("errors.rate{arm=candidate}", 'with "model"'),
    ("latency.p99{group=b}", "not kept by group, only by segment"),
    ("quality.auc{group=b}", 'not kept by group; remove "group=b"'),
    ("drift.psi{segment=eu}", "not kept by segment"),
])
def test_a_name_that_does_not_read_or_is_not_kept_says_what_to_do(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        metric(written)


def test_a_place_nobody_knows_is_named_with_the_nearest() -> None:
    named = taken_apart("errors.rate{segment=europ}")
    assert unknown(named, segments=("europe", "asia"), groups=()) == 'no segment "europ"; nearest: europe'
    assert unknown(taken_apart("errors.rate{group=x}"), segments=(), groups=()) == 'no group "x"; there is none'
    assert unknown(taken_apart("errors.rate{segment=asia}"), segments=("europe", "asia"), groups=()) is None
