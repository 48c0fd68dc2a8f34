"""`[fleet]`: devices that sync now and then, each at a moment of its own; in between nothing gets there or back.

A device answers by the routing table that was in force when it last synced, and what it did is told when it syncs next:
to whoever looks, it happened then.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.streams import stream
from sandbox.base.telemetry import Answers, Arrivals, Ints, Labels, Telemetry, Users, joined, only
from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.routing import Asking, Routed, Router

Heard = tuple[int, int, int]
"""The version of a table, and when half of the devices and all of them have heard of it, in ns."""

FOREVER_AGO = -(2**62)
Told = TypeVar("Told", Arrivals, Answers, Labels)

TICKS_HELD_TOGETHER = 16
"""What gets through within so many ticks waits in one heap."""

MOST_MISSED = 64
"""So many syncs in a row no device misses."""


class FleetTable(Spec):
    """Every user is a device: a new share reaches it when it syncs, and so does a rollback; so does its telemetry.

    The shares that were set are those of devices that have heard of them; the others answer by an older table, and are
    not counted as drawn by this one. Windows hold what was received in them, not what happened. Devices do not yet tell
    what users say of how they were served: `[experience]` and `[fleet]` do not go together.

    ```toml
    [fleet]
    sync = "6h"
    missed = "20%"
    ```
    """

    sync: Duration = Field(default=6 * 3_600 * NS_PER_SECOND, gt=0)
    """From one sync of a device to its next."""
    missed: Share = Field(default=0.0, le=0.95)
    """How many syncs fail, each on its own; then the device waits for the next."""


class Fleet:
    """When each device of a fleet syncs."""

    def __init__(self, table: FleetTable, *, seed: int, users: int) -> None:
        self._sync, self._missed = table.sync, table.missed
        self._phase = (stream(seed, "fleet.phase").random(users) * table.sync).astype(np.int64)
        self._salt = stream(seed, "fleet.missed").integers(0, 2**64, dtype=np.uint64)

    def last(self, user: Users, at: Ints) -> Ints:
        """(n,) ns of the last sync of each user's device up to (n,) ns; that may lie before the flight."""
        return self._met(user, (at - self._phase[user]) // self._sync, step=-1)

    def next(self, user: Users, at: Ints) -> Ints:
        """(n,) ns of the next sync of each user's device, from (n,) ns on."""
        return self._met(user, -((self._phase[user] - at) // self._sync), step=1)

    def hears(self, at: int) -> tuple[int, int]:
        """When half of the devices, and when all of them, have heard of what was said at an instant, in ns."""
        everybody = np.arange(len(self._phase), dtype=np.int32)
        heard = np.sort(self.next(everybody, np.full(len(everybody), at)))
        return int(heard[(len(heard) - 1) // 2]), int(heard[-1])

    def _met(self, user: Users, turn: Ints, *, step: int) -> Ints:
        if self._missed:
            turn = turn.copy()
            for _ in range(MOST_MISSED):
                missing = np.flatnonzero(self._luck(user, turn) < self._missed)
                if not missing.size:
                    break
                turn[missing] += step
        return self._phase[user] + turn * self._sync

    def _luck(self, user: Users, turn: Ints) -> npt.NDArray[np.float64]:
        """(n,) uniform: the luck of each device at a turn, whichever block asks (Steele, Lea, Flood 2014: SplitMix)."""
        word = user.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + turn.astype(np.uint64) + self._salt
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            word = (word ^ (word >> np.uint64(shift))) * np.uint64(factor)
        return (word ^ (word >> np.uint64(31))).astype(np.float64) / 2.0**64


class Config:
    """The tables that devices have heard of: each goes by the last that was in force when it synced."""

    def __init__(self, fleet: Fleet, router: Router) -> None:
        self._fleet = fleet
        self._since, self._routers = [FOREVER_AGO], [router]

    def offer(self, router: Router, *, now: int) -> None:
        """Whoever syncs from now on goes by this table."""
        self._since.append(now)
        self._routers.append(router)

    def routed(self, asking: Asking, at: Ints) -> Routed:
        """Who is answered by whom, of requests at (n,) ns; a share draws those only who have the newest table."""
        heard = np.searchsorted(self._since, self._fleet.last(asking.user, at), side="right") - 1
        n, arms, newest = len(at), len(self._routers[0].table.shadow), len(self._routers) - 1
        arm, shadow = np.zeros(n, dtype=np.uint8), np.zeros((n, arms), dtype=np.bool_)
        step, split = np.zeros(n, dtype=np.int16), np.zeros(n, dtype=np.bool_)
        for number in np.unique(heard).tolist():
            rows = heard == number
            part = self._routers[number].routed(asking.only(rows))
            arm[rows], shadow[rows], step[rows] = part.arm, part.shadow, part.step
            split[rows] = number == newest if part.split is None else part.split & (number == newest)
        return Routed(arm, shadow, step, split)


class Depot:
    """What devices have to tell, until they sync."""

    def __init__(self, fleet: Fleet, *, tick: int) -> None:
        self._fleet = fleet
        self._received = 0
        self._arrivals = _Held[Arrivals](TICKS_HELD_TOGETHER * tick)
        self._answers = _Held[Answers](TICKS_HELD_TOGETHER * tick)
        self._labels = _Held[Labels](TICKS_HELD_TOGETHER * tick)

    def carry(self, told: Telemetry) -> Telemetry:
        """What gets through in a stretch, given what happened in it; stamped with when it did."""
        for seen in told.arrivals:
            at = self._fleet.next(seen.user, seen.at)
            self._arrivals.put(at, seen.at, replace(seen, at=at))
        for ended in told.answers:
            end = ended.arrived + ended.latency
            at = self._fleet.next(ended.user, end)
            self._answers.put(at, end, replace(ended, arrived=self._fleet.next(ended.user, ended.arrived)))
        for known in told.labels:
            arrived = self._fleet.next(known.user, known.arrived)
            due = np.maximum(known.due, arrived)
            self._labels.put(due, known.due, replace(known, arrived=arrived, due=due))
        arrivals = tuple(self._numbered(one) for one in self._arrivals.take(told.end))
        answers, labels = tuple(self._answers.take(told.end)), tuple(self._labels.take(told.end))
        return replace(told, arrivals=arrivals, answers=answers, labels=labels)

    def _numbered(self, arrivals: Arrivals) -> Arrivals:
        """Arrivals numbered as they were received: a sample by number must not depend on how time was cut."""
        first, self._received = self._received, self._received + len(arrivals.at)
        return replace(arrivals, first_seq=first)


class _Held(Generic[Told]):
    """Rows by the stretch in which they get through; in it by that instant, then by when they happened, then by arm."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._waiting: dict[int, list[tuple[Ints, Ints, Told]]] = defaultdict(list)

    def put(self, release: Ints, happened: Ints, columns: Told) -> None:
        """Rows (n,) that happened at (n,) ns and get through at release (n,) ns."""
        stretch = release // self._width
        order = np.argsort(stretch, kind="stable")
        edges = np.flatnonzero(np.diff(stretch[order], prepend=-1))
        for rows in np.split(order, edges[1:]) if len(order) else ():
            part = release[rows], happened[rows], only(columns, rows)
            self._waiting[int(stretch[rows[0]])].append(part)

    def take(self, before: int) -> list[Told]:
        """Those that get through before an instant, and forget them."""
        through = list[Told]()
        for number in sorted(one for one in self._waiting if one * self._width < before):
            parts = self._waiting.pop(number)
            release, happened = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
            columns = joined([part[2] for part in parts])
            now = release < before
            rows = np.flatnonzero(now)
            if rows.size:
                order = np.lexsort((columns.arm[rows], happened[rows], release[rows]))
                through.append(only(columns, rows[order]))
            if rows.size < len(release):
                self._waiting[number].append((release[~now], happened[~now], only(columns, ~now)))
        return through
