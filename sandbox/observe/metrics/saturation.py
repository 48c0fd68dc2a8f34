"""How busy the pools are."""

import math
from collections.abc import Callable

from sandbox.base.reading import NOTHING, Reading, Unit
from sandbox.observe.metrics.view import Metric, View


def busy(view: View) -> tuple[Reading, ...]:
    """Work begun over work the slots had room for, over the whole time: above 1 where more was begun than fits. n
    counts the requests that ended (Beyer, Jones, Petoff, Murphy: Site Reliability Engineering, chapter 6, 2016).
    """
    return tuple(
        Reading(value=work / room if room else math.nan, n=n, error=0.0)
        for work, room, n in zip(
            view.part("busy_ns").tolist(), view.part("slot_ns").tolist(), _ended(view), strict=True
        )
    )


def queue(view: View) -> tuple[Reading, ...]:
    """Requests that wait for a slot, read at the end of every tick as a scrape would, so that what came and went
    between is not seen; those who left and were not yet noticed count. n counts the requests that ended.
    """
    return _gauge(view, "waiting", 1.0)


def slots(view: View) -> tuple[Reading, ...]:
    """Slots the pool has, at work, idle or still starting, read at the end of every tick. n counts the requests that
    ended.
    """
    return _gauge(view, "slots", 1.0)


def cpu(view: View) -> tuple[Reading, ...]:
    """The part of the pool's slots that are not free, read at the end of every tick: one slot is one core, busy while
    it serves, even a client who left, and while it starts. n counts the requests that ended.
    """
    return _gauge(view, "cpu", 1e-3)


def memory(view: View) -> tuple[Reading, ...]:
    """Memory of one replica, read at the end of every tick: `services.NAME.memory` says its base and what each request
    adds that waits or is served. n counts the requests that ended.
    """
    return _gauge(view, "memory", 1e6)


def _gauge(view: View, name: str, scale: float) -> tuple[Reading, ...]:
    sums = view.part(f"gauge_{name}").tolist()
    readings = []
    for (total, squares), scrapes, n in zip(sums, view.part("scrapes").tolist(), _ended(view), strict=True):
        if not scrapes:
            readings.append(NOTHING)
            continue
        value = total / scrapes
        # One scrape says nothing about how much the next would differ.
        error = math.sqrt(max(0.0, squares / scrapes - value**2) / (scrapes - 1)) if scrapes > 1 else math.nan
        readings.append(Reading(value=scale * value, n=n, error=scale * error))
    return tuple(readings)


def _ended(view: View) -> list[int]:
    ended: list[int] = view.part("status").sum(axis=(1, 2, 3, 4)).tolist()
    return ended


def _metric(
    name: str, says: str, read: Callable[[View], tuple[Reading, ...]], unit: Unit, *, lower_is_better: bool = True
) -> Metric:
    return Metric(
        name=f"saturation.{name}", says=says, unit=unit, lower_is_better=lower_is_better, matured=False, read=read
    )


METRICS = (
    _metric("busy", "share of the pool's slots at work", busy, "share"),
    _metric("queue", "requests that wait for a slot", queue, "count"),
    _metric("slots", "slots the pool has", slots, "count", lower_is_better=False),
    _metric("cpu", "share of the pool's cores at work", cpu, "share"),
    _metric("memory", "memory of one replica", memory, "bytes"),
)
