"""Words for numbers: an end of an interval that is nowhere is said, not printed."""

import math

import pytest

from sandbox.lab.intervals import NONE, Estimate
from sandbox.lab.wording import estimated, plain, time

MINUTE = 60e9


@pytest.mark.parametrize(("estimate", "word", "said"), [
    (NONE, time, "—"),
    (Estimate(4 * MINUTE, 2 * MINUTE, 6 * MINUTE, 9), time, "4m (2m to 6m)"),
    (Estimate(4 * MINUTE, -math.inf, math.inf, 3), time, "4m (too few to bound)"),
    (Estimate(math.inf, -math.inf, math.inf, 3), time, "never (too few to bound)"),
    (Estimate(math.inf, math.inf, math.inf, 30), time, "never"),
    (Estimate(4 * MINUTE, 2 * MINUTE, math.inf, 9), time, "4m (2m or more)"),
    (Estimate(7.0, -math.inf, 9.0, 9), plain, "7 (9 or less)"),
    (Estimate(7.0, 0.0, math.inf, 1), plain, "7 (too few to bound)"),
])
def test_an_end_that_is_nowhere_is_put_in_words(estimate, word, said):
    assert estimated(estimate, word) == said
