"""What a gate reads of the last stretch is of the last stretch, also where nothing new comes."""

import numpy as np

from sandbox.base.window import Layout, Sparse, Window
from sandbox.observe.metrics.kinds import metric
from sandbox.run.sight import Sight

MINUTE = 60 * 10**9
LAYOUT = Layout(("incumbent", "candidate"), ("all",), ("all",), ("f1",))


def window(minute: int, *, late: int = 0, answers: int = 100) -> Window:
    counts = np.zeros(LAYOUT.size, dtype=np.int64)
    LAYOUT.part(counts, "status")[1, 0, 0, 0, 0] = answers
    end = (minute + 1) * MINUTE
    return Window(
        index=minute, start=end - MINUTE, end=end, visible_at=end + late, step=0, share=(0.5, 0.5), matured=False,
        counts=Sparse.of(counts),
    )


def answers(sight: Sight) -> int:
    return sight.read((0.5, 0.5))[1].n


def sight_of(stretch: int | None) -> Sight:
    return Sight(LAYOUT, metric("errors.rate"), None, stretch)


def test_as_long_as_windows_come_the_last_stretch_is_read() -> None:
    sight = sight_of(3 * MINUTE)
    for minute in range(10):
        sight.see(window(minute, late=2 * MINUTE))
        sight.forget((minute + 3) * MINUTE)
        assert answers(sight) == 100 * min(3, minute + 1)


def test_where_windows_stop_what_is_old_is_forgotten_minute_by_minute() -> None:
    sight = sight_of(3 * MINUTE)
    for minute in range(5):
        sight.see(window(minute, late=2 * MINUTE))
    left = []
    for now in range(7, 12):
        sight.forget(now * MINUTE)
        left.append(answers(sight))
    assert left == [300, 200, 100, 0, 0]
    sight.see(window(20))
    assert answers(sight) == 100


def test_what_is_read_since_the_step_began_is_never_old() -> None:
    sight = sight_of(None)
    sight.see(window(0))
    sight.forget(1_000 * MINUTE)
    assert answers(sight) == 100
