"""While a cockpit is open garbage is swept up in small pieces, and afterwards all is as it was."""

import gc
import sys
import weakref

import pytest

from tests.tui.desk import desk, feed_of, until
from tui.interpreter import FEW, MANY, set_aside, sweep, take_back


@pytest.fixture
def usual():
    before = gc.get_threshold(), sys.getswitchinterval()
    yield before
    take_back()


class Ring:
    """What only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_became_garbage_is_swept_up_and_what_was_there_is_not_looked_at(usual) -> None:
    there = weakref.ref(Ring())
    set_aside()
    fresh = weakref.ref(Ring())
    for _ in range(FEW):
        gc.collect(1)
    sweep()
    assert fresh() is None
    assert there() is not None
    take_back()
    gc.collect()
    assert there() is None
    assert (gc.get_threshold(), sys.getswitchinterval()) == usual
    assert gc.get_freeze_count() == 0


def test_what_a_long_flight_wrote_is_set_aside_too(usual) -> None:
    set_aside()
    before = gc.get_freeze_count()
    written = [Ring() for _ in range(MANY)]
    for _ in range(FEW):
        gc.collect(1)
    sweep()
    assert gc.get_freeze_count() - before > len(written)


async def test_a_cockpit_that_is_left_leaves_the_interpreter_as_it_was(usual) -> None:
    take_back()
    before = gc.get_threshold(), sys.getswitchinterval()
    app = desk(feed_of())
    async with app.run_test() as pilot:
        await until(pilot, gc.get_freeze_count, what="that anything is set aside")
        assert (gc.get_threshold(), sys.getswitchinterval()) != before
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
    assert gc.get_freeze_count() == 0
