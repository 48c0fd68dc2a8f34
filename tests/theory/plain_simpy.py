"""The slow, obvious server: a SimPy process for every request, the oracle that the compiled one is held to.

Integer nanoseconds. Ties at one instant: slots fall free, then those who wait start or leave, then arrivals.
"""

from dataclasses import dataclass, field

import simpy


@dataclass
class Slot:
    number: int
    free_at: int
    closed: bool = False


@dataclass
class Waiting:
    key: int
    arrived: int
    demand: int
    fails: bool
    called: simpy.Event


@dataclass
class PlainServer:
    """One pool; fates is key to (status word, when the client learnt it, when it started or -1)."""

    timeout: int
    room: int
    env: simpy.Environment = field(default_factory=lambda: simpy.Environment(initial_time=0))
    slots: list[Slot] = field(default_factory=list)
    queue: list[Waiting] = field(default_factory=list)
    fates: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    turn: int = 0

    FREE, TURN, ARRIVE = 10, 20, 30
    """Order at one instant; changes of the pool come before all of it."""

    def at(self, when: int, rank: int) -> simpy.Event:
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=rank, delay=when - self.env.now)
        return event

    def resize(self, when: int, wanted: int, ready_at: int):
        yield self.at(when, 1)
        live = [slot for slot in self.slots if not slot.closed]
        for _ in range(wanted - len(live)):
            slot = Slot(len(self.slots), ready_at)
            self.slots.append(slot)
            self.env.process(self.fall_free(ready_at))
        for slot in sorted(live, key=lambda slot: (slot.free_at, -slot.number))[: max(0, len(live) - wanted)]:
            slot.closed = True

    def fall_free(self, when: int):
        yield self.at(when, self.FREE)
        self.call_next(when)

    def idle(self, now: int) -> Slot | None:
        in_turn = self.slots[self.turn :] + self.slots[: self.turn]
        return next((slot for slot in in_turn if not slot.closed and slot.free_at <= now), None)

    def call_next(self, now: int) -> None:
        """Everybody whose deadline has come leaves; the first of the rest takes a free slot."""
        while self.queue:
            first = self.queue[0]
            if first.arrived + self.timeout <= now:
                self.queue.pop(0)
                self.fates[first.key] = ("timed out", first.arrived + self.timeout, -1)
                continue
            slot = self.idle(now)
            if slot is None:
                return
            self.queue.pop(0)
            self.start(slot, first, now)

    def start(self, slot: Slot, one: Waiting, now: int) -> None:
        end = now + one.demand
        slot.free_at = end
        self.turn = slot.number + 1
        deadline = one.arrived + self.timeout
        if end > deadline:
            self.fates[one.key] = ("timed out", deadline, now)
        else:
            self.fates[one.key] = ("errored" if one.fails else "answered", end, now)
        self.env.process(self.fall_free(end))

    def request(self, key: int, arrived: int, demand: int, fails: bool):
        yield self.at(arrived, self.ARRIVE)
        self.call_next(arrived)
        one = Waiting(key, arrived, demand, fails, simpy.Event(self.env))
        slot = self.idle(arrived) if not self.queue else None
        if slot is not None:
            self.start(slot, one, arrived)
        elif len(self.queue) < self.room:
            self.queue.append(one)
            yield self.at(arrived + self.timeout, self.TURN)
            if one in self.queue:
                self.call_next(arrived + self.timeout)
        else:
            self.fates[key] = ("rejected", arrived, -1)


def served(arrived, demand, fails, *, timeout: int, room: int, changes: list[tuple[int, int, int]]):
    """Fates of requests in a pool whose slots are changed at (when, wanted, ready at)."""
    server = PlainServer(timeout=timeout, room=room)
    for change in changes:
        server.env.process(server.resize(*change))
    for key, row in enumerate(zip(arrived, demand, fails, strict=True)):
        server.env.process(server.request(key, *row))
    server.env.run()
    return server.fates
