"""The slow, obvious mesh: a SimPy process for every request and for everything that happens to it, the oracle that the
compiled one is held to.

Integer nanoseconds, so fine that two things at one instant are rare unless one follows from the other; then answers
become known, slots fall free, those who wait leave, and arrivals come, in this order; of several that end together, in
a crash or a batch, those first that were asked less often, and then those that came first.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

CHANGE, CRASH, KNOWN, FREE, LEAVE, ARRIVE = range(1, 7)
BUCKET = 100.0
DEFAULT = -2


@dataclass
class Pool:
    """What holds for a pool; an option that is None is not used."""

    slots: int
    timeout: int
    room: int
    attempts: int = 1
    backoff: int = 20_000_000
    retry_budget: float | None = None
    fallback: int = -1
    hedge: int | None = None
    hedge_budget: float | None = None
    breaker: tuple[float, int, int, int] | None = None
    shed_extra: int | None = None
    shed_wait: int | None = None
    batch: int = 1
    batch_each: float = 0.0
    mean: int = 10_000_000
    changes: list[tuple[int, int, int]] = field(default_factory=list)
    crashes: list[tuple[int, float, int]] = field(default_factory=list)
    scaler: "Scaler | None" = None


@dataclass
class Scaler:
    """An autoscaler that looks until the day is over."""

    target: float
    every: int
    lag: int
    cool_down: int
    least: int
    most: int
    cold_start: int
    until: int


@dataclass
class Day:
    """Requests in order: when they arrive, whom they ask, and what would happen to each of their tries."""

    pools: list[Pool]
    arrived: Any
    asks: Any
    urgent: Any
    shadow: Any
    demand: Any
    """(2, pools, n)"""
    lost: Any
    """(2, pools, n)"""
    fails: Any
    """(16, pools, n)"""
    luck: Any
    """(8, pools, n) float32"""

    def wait(self, pool: int, number: int, key: int) -> int:
        longest = self.pools[pool].backoff * 2.0 ** (number - 1)
        return int(longest * (1.0 + np.float64(self.luck[number, pool, key])))


@dataclass(eq=False)
class Slot:
    free_at: int
    closed: bool = False
    serves: list["Try"] = field(default_factory=list)


@dataclass(eq=False)
class Try:
    deadline: int
    demand: int
    fails: bool
    urgent: bool
    outcome: simpy.Event
    era: int
    place: tuple[int, int]
    """How often its request was asked before, and the request."""
    over: bool = False
    known_at: int = -1


class PlainPool:
    def __init__(self, world: "PlainMesh", rules: Pool) -> None:
        self.world, self.env, self.rules = world, world.env, rules
        self.slots = [Slot(0) for _ in range(rules.slots)]
        self.queue: list[Try] = []
        self.turn, self.mean = 0, float(rules.mean)
        self.tokens = {"retry": BUCKET, "hedge": BUCKET}
        self.mode, self.era, self.opened, self.probing = "closed", 0, 0, 0
        self.seen: deque[bool] = deque()
        self.begun = 0
        if rules.scaler is not None:
            self.env.process(self.follow_load(rules.scaler))
        for change in rules.changes:
            self.env.process(self.resize(*change))
        for crash in rules.crashes:
            self.env.process(self.crash(*crash))

    # The breaker.

    def lets_through(self) -> bool:
        if self.rules.breaker is None:
            return True
        _, _, stays, probes = self.rules.breaker
        if self.mode == "open" and self.env.now >= self.opened + stays:
            self.become("half open")
        if self.mode == "half open" and self.probing < probes:
            self.probing += 1
            return True
        return self.mode == "closed"

    def become(self, mode: str) -> None:
        self.mode, self.probing = mode, 0
        self.era += 1
        self.seen.clear()

    def tell(self, one: Try, failed: bool) -> None:
        if self.rules.breaker is None or one.era != self.era:
            return
        trips, of, _, probes = self.rules.breaker
        self.seen.append(failed)
        size = of if self.mode == "closed" else probes
        if len(self.seen) > size:
            self.seen.popleft()
        if len(self.seen) == size:
            if sum(self.seen) >= trips * size:
                self.become("open")
                self.opened = int(self.env.now)
            elif self.mode == "half open":
                self.become("closed")

    def pays(self, what: str, budget: float | None) -> bool:
        if budget is not None:
            if self.tokens[what] < 1.0:
                return False
            self.tokens[what] -= 1.0
        return True

    # Slots and the queue.

    def idle(self) -> Slot | None:
        in_turn = self.slots[self.turn :] + self.slots[: self.turn]
        return next((slot for slot in in_turn if not slot.closed and slot.free_at <= self.env.now), None)

    def take(self, one: Try, *, extra: bool, lost: bool) -> bool:
        """Whether a try got in."""
        if lost:
            self.env.process(self.leave(one))
            return True
        slot = self.idle() if not self.queue else None
        if slot is not None:
            self.start(slot, [one], int(self.env.now) + one.demand)
            return True
        if self.sheds(extra) or len(self.queue) >= self.rules.room:
            self.tell(one, True)
            return False
        self.queue.append(one)
        self.env.process(self.leave(one))
        return True

    def sheds(self, extra: bool) -> bool:
        if extra and self.rules.shed_extra is not None and len(self.queue) >= self.rules.shed_extra:
            self.world.shed += 1
            return True
        if self.rules.shed_wait is None:
            return False
        at_once = sum(not slot.closed for slot in self.slots) * self.rules.batch
        if (len(self.queue) + 1) * self.mean > self.rules.shed_wait * at_once:
            self.world.shed += 1
            return True
        return False

    def start(self, slot: Slot, tries: list[Try], end: int) -> None:
        now = int(self.env.now)
        slot.free_at, slot.serves = end, tries
        self.turn = self.slots.index(slot) + 1
        self.begun += end - now
        self.mean += ((end - now) - self.mean) / 32.0
        for one in tries:
            one.known_at = min(end, one.deadline)
            word = "timed out" if end > one.deadline else "errored" if one.fails else "answered"
            self.env.process(self.known(one, word))
        self.env.process(self.fall_free(slot, end))

    def known(self, one: Try, word: str) -> Any:
        yield self.world.at(one.known_at, KNOWN, one.place)
        if not one.over:
            one.over = True
            self.tell(one, word != "answered")
            one.outcome.succeed(word)

    def leave(self, one: Try) -> Any:
        yield self.world.at(one.deadline, LEAVE, one.place)
        if one.known_at < 0 and not one.over:
            one.over = True
            if one in self.queue:
                self.queue.remove(one)
            self.tell(one, True)
            one.outcome.succeed("timed out")

    def withdraw(self, one: Try) -> None:
        if one in self.queue:
            self.queue.remove(one)
            one.over = True
            if self.mode == "half open" and one.era == self.era:
                self.probing -= 1

    def fall_free(self, slot: Slot, when: int) -> Any:
        yield self.world.at(when, FREE)
        if slot.free_at == when:
            self.call_next()

    def call_next(self) -> None:
        while (slot := self.idle()) is not None:
            present = [one for one in self.queue if one.deadline > self.env.now]
            batch = sorted(present, key=lambda one: not one.urgent)[: self.rules.batch]
            if not batch:
                return
            longest = max(one.demand for one in batch)
            takes = longest if len(batch) == 1 else int(longest * (1.0 + self.rules.batch_each * (len(batch) - 1)))
            for one in batch:
                self.queue.remove(one)
            self.start(slot, batch, int(self.env.now) + takes)

    def follow_load(self, rule: Scaler) -> Any:
        replicas, before, asked = self.rules.slots, 0, dict[int, int]()
        for now in range(rule.every, rule.until + 1, rule.every):
            yield self.world.at(now, CHANGE)
            busy, before = (self.begun - before) / rule.every, self.begun
            near = abs(busy / rule.target - replicas) <= 0.1 * replicas
            asked[now] = min(rule.most, max(rule.least, replicas if near else math.ceil(busy / rule.target)))
            lately = [wanted for when, wanted in asked.items() if when > now - rule.cool_down or when == now]
            replicas = max(lately if now >= rule.cool_down else [replicas, *lately])
            if now + rule.lag <= rule.until:
                self.env.process(self.resize(now + rule.lag, replicas, now + rule.lag + rule.cold_start))

    def resize(self, when: int, wanted: int, ready_at: int) -> Any:
        yield self.world.at(when, CHANGE)
        self.set_slots(wanted, ready_at)

    def set_slots(self, wanted: int, ready_at: int) -> None:
        live = [slot for slot in self.slots if not slot.closed]
        unused = [slot for slot in self.slots if slot.closed and all(one.over for one in slot.serves)]
        for number in range(wanted - len(live)):
            slot = unused[number] if number < len(unused) else Slot(0)
            if number >= len(unused):
                self.slots.append(slot)
            slot.free_at, slot.closed = ready_at, False
            self.env.process(self.fall_free(slot, ready_at))
        by_end = sorted(live, key=lambda slot: (slot.free_at, -self.slots.index(slot)))
        for slot in by_end[: max(0, len(live) - wanted)]:
            slot.closed = True

    def crash(self, when: int, part: float, restart: int) -> Any:
        yield self.world.at(when, CRASH)
        live = [slot for slot in self.slots if not slot.closed]
        for slot in live[: round(part * len(live))]:
            for one in slot.serves:
                if not one.over and one.known_at > when:
                    one.known_at = when
                    self.env.process(self.known(one, "errored"))
            slot.free_at = when + restart
            self.env.process(self.fall_free(slot, when + restart))


class PlainMesh:
    def __init__(self, day: Day) -> None:
        self.day, self.env = day, simpy.Environment(initial_time=0)
        self.retried = self.fell_back = self.hedged = self.refused = self.shed = 0
        self.pools = [PlainPool(self, rules) for rules in day.pools]
        self.fates: dict[int, tuple[str, int, int]] = {}
        for key in range(len(day.arrived)):
            self.env.process(self.client(key))

    def at(self, when: int, rank: int, place: tuple[int, int] = (0, 0)) -> simpy.Event:
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=(rank * 1_000 + place[0]) * 1_000_000 + place[1], delay=when - self.env.now)
        return event

    def client(self, key: int) -> Any:
        """One request from its arrival to its fate."""
        yield self.at(int(self.day.arrived[key]), ARRIVE, (0, key))
        place, stage = int(self.day.asks[key]), 0
        for what, budget in (("retry", "retry_budget"), ("hedge", "hedge_budget")):
            share = getattr(self.day.pools[place], budget)
            if share is not None:
                tokens = self.pools[place].tokens
                tokens[what] = min(BUCKET, tokens[what] + share)
        while True:
            word = yield from self.ask(key, place, stage)
            rules = self.day.pools[place]
            falls_back = word != "answered" and not self.day.shadow[key] and rules.fallback != -1
            self.fell_back += falls_back
            if falls_back and rules.fallback == DEFAULT:
                word, place = "answered", DEFAULT
            elif falls_back:
                place, stage = rules.fallback, stage + 1
                yield self.at(int(self.env.now), ARRIVE, (16 * stage, key))
                continue
            self.fates[key] = (word, int(self.env.now), place)
            return

    def ask(self, key: int, place: int, stage: int) -> Any:
        """All rounds at one pool."""
        pool, rules = self.pools[place], self.day.pools[place]
        for number in range(rules.attempts):
            self.retried += number > 0
            word = yield from self.round(key, pool, place, number, stage)
            if word == "answered" or number + 1 == rules.attempts or not pool.pays("retry", rules.retry_budget):
                return word
            yield self.at(
                int(self.env.now) + self.day.wait(place, number + 1, key), ARRIVE, (16 * stage + number + 1, key)
            )
        return word

    def round(self, key: int, pool: PlainPool, place: int, number: int, stage: int) -> Any:
        """A try, and perhaps a second one."""
        rules, began = pool.rules, int(self.env.now)
        deadline = began + rules.timeout
        first = self.attempt(key, pool, place, number, 0, stage, deadline)
        if first is None:
            return "rejected"
        going = [first]
        if rules.hedge is not None and rules.hedge < rules.timeout:
            late = self.at(began + rules.hedge, ARRIVE, (16 * stage + 8 + number, key))
            yield late | first.outcome
            if not first.outcome.triggered and pool.pays("hedge", rules.hedge_budget):
                self.hedged += 1
                second = self.attempt(key, pool, place, number, 1, stage, deadline)
                going += [] if second is None else [second]
        while True:
            yield simpy.AnyOf(self.env, [one.outcome for one in going])
            done = [one for one in going if one.outcome.triggered]
            going = [one for one in going if not one.outcome.triggered]
            if any(one.outcome.value == "answered" for one in done):
                for one in going:
                    pool.withdraw(one)
                return "answered"
            if not going:
                return done[-1].outcome.value

    def attempt(
        self, key: int, pool: PlainPool, place: int, number: int, second: int, stage: int, deadline: int
    ) -> Try | None:
        if not pool.lets_through():
            self.refused += 1
            return None
        one = Try(
            deadline=deadline, demand=int(self.day.demand[second, place, key]),
            fails=bool(self.day.fails[8 * second + number, place, key]), urgent=bool(self.day.urgent[key]),
            outcome=simpy.Event(self.env), era=pool.era, place=(16 * stage + 8 * second + number, key),
        )
        extra = second > 0 or number > 0 or stage > 0 or bool(self.day.shadow[key])
        got_in = pool.take(one, extra=extra, lost=bool(self.day.lost[second, place, key]))
        return one if got_in else None

    def run(self) -> dict[int, tuple[str, int, int]]:
        self.env.run()
        return self.fates
