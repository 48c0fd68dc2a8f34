"""How large pools are: as the share, the faults and the service of each arm have it."""

from functools import partial

import numpy as np

from sandbox.base.arms import INCUMBENT
from sandbox.base.routing import RoutingTable
from sandbox.base.telemetry import Again, PoolReading
from sandbox.world.agenda import Agenda
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.dying import Dying
from sandbox.world.imposed import Imposed
from sandbox.world.scaling import Scaler
from sandbox.world.services.kernel import PoolState
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import kill

STAYS = -1
"""In place of an arm: the incumbent's pool in the flight that stays on it."""


class Pools:
    """The pool of every arm, and the incumbent's in the flight that stays on it."""

    def __init__(self, spec: WorldSpec, *, imposed: Imposed, agenda: Agenda) -> None:
        self._spec, self._imposed, self._agenda = spec, imposed, agenda
        self.flown = [self._fresh(arm) for arm in range(len(spec.arms))]
        self.stayed = self._fresh(INCUMBENT)
        self._wanted = [pool.slots for pool in self.flown]
        self._stay_wanted = self.stayed.slots
        self._scalers = {arm: self._scaler(arm, pool) for arm, pool in enumerate(self.flown) if self._scales(arm)}
        self._stay_scaler = self._scaler(INCUMBENT, self.stayed) if self._scales(INCUMBENT) else None
        for arm, scaler in self._scalers.items():
            agenda.note(scaler.rule.every, partial(self._look, arm, now=scaler.rule.every))
        self._scalings = [0] * len(spec.arms)
        self._lent = [0] * len(spec.arms)
        windows = -(-spec.duration // spec.tick)
        self.work = np.zeros((windows, len(spec.arms)), dtype=np.int64)
        self.room = np.zeros((windows, len(spec.arms)), dtype=np.int64)
        self._begun, self._could = [0] * len(spec.arms), [0] * len(spec.arms)

    def _fresh(self, arm: int) -> PoolState:
        service = self._spec.services[arm]
        pool = PoolState(slots=0, room=service.queue, timeout=service.timeout)
        pool.open_slots(service.replicas_at(1.0 if arm == INCUMBENT else 0.0) * service.concurrency, ready_at=0)
        return pool

    def _scales(self, arm: int) -> bool:
        return self._spec.services[arm].autoscale is not None

    def _scaler(self, arm: int, pool: PoolState) -> Scaler:
        service = self._spec.services[arm]
        return Scaler(service, replicas=pool.slots // service.concurrency)

    # Their size.

    def follow(self, table: RoutingTable, *, now: int) -> None:
        """A table is in force: pools that follow their share grow or shrink, at once or as late as a fault has it."""
        for arm, service in enumerate(self._spec.services):
            if not service.follow_share:
                continue
            share = max(table.shares(segment)[arm] for segment in self._spec.segment_names) + table.shadow[arm]
            self.resize(arm, service.replicas_at(min(1.0, share)), now=now)

    def resize(self, arm: int, replicas: int, *, now: int) -> None:
        """The pool of an arm shall have so many replicas, at once or as late as a fault has it."""
        wanted = replicas * self._spec.services[arm].concurrency
        late = sum(fault.scaling_takes for fault in self._imposed.on(arm))
        self._scalings[arm] += 1
        if late:
            self._agenda.note(now + late, partial(self._scale, arm, wanted, self._scalings[arm], now=now + late))
        else:
            self._scale(arm, wanted, self._scalings[arm], now=now)

    def replicas(self, arm: int) -> int:
        """How many replicas the pool of an arm shall have."""
        return self._wanted[arm] // self._spec.services[arm].concurrency

    def lend(self, arm: int, replicas: int, *, now: int) -> None:
        """So many replicas of an arm's pool work at something else from now on; the pool has them back at 0."""
        self._lent[arm] = replicas * self._spec.services[arm].concurrency
        self._fit(arm, ready_at=now)

    def restart(self, arm: int, *, part: float, now: int) -> None:
        """A part of an arm's replicas starts anew: what they serve fails, and what wore them out begins anew."""
        kill(self.flown[arm], part, now=now, restart=self._spec.services[arm].cold_start)
        for fault in self._imposed.begin_anew(arm, part=part, now=now):
            if (dying := fault.dying) is not None:
                self.expect_death(fault, dying, after=dying.after, now=now)

    def _scale(self, arm: int, wanted: int, scaling: int, *, now: int) -> None:
        if scaling == self._scalings[arm]:
            self._wanted[arm] = wanted
            self._fit(arm, ready_at=now + (self._starts(arm) if now else 0))

    def _look(self, arm: int, *, now: int) -> None:
        """An autoscaler looks at its pool, and the incumbent's at that of the flight that stays, too."""
        scaler, concurrency = self._scalers[arm], self._spec.services[arm].concurrency
        takes = scaler.rule.lag + sum(fault.scaling_takes for fault in self._imposed.on(arm))
        sizes = [(arm, scaler.look(now) * concurrency)]
        if arm == INCUMBENT:
            assert self._stay_scaler is not None
            sizes.append((STAYS, self._stay_scaler.look(now) * concurrency))
        for whose, wanted in sizes:
            if takes:
                self._agenda.note(now + takes, partial(self._grow_to, whose, wanted, now=now + takes))
            else:
                self._grow_to(whose, wanted, now=now)
        self._agenda.note(now + scaler.rule.every, partial(self._look, arm, now=now + scaler.rule.every))

    def _grow_to(self, whose: int, wanted: int, *, now: int) -> None:
        if whose != STAYS:
            self._scale(whose, wanted, self._scalings[whose], now=now)
        elif wanted != self._stay_wanted:
            self._stay_wanted = wanted
            self.stayed.open_slots(self._imposed.slots(INCUMBENT, wanted), ready_at=now + self._starts(INCUMBENT))

    def _starts(self, arm: int) -> int:
        """How long a new replica takes before it serves."""
        return self._spec.services[arm].cold_start + sum(fault.start_takes for fault in self._imposed.on(arm))

    def _fit(self, arm: int, *, ready_at: int) -> None:
        slots = max(0, self._wanted[arm] - self._lent[arm])
        self.flown[arm].open_slots(self._imposed.slots(arm, slots), ready_at=ready_at)

    def refit(self, *, now: int) -> None:
        """A fault was imposed or lifted: every pool has the slots that those which lie on it leave."""
        for arm in range(len(self.flown)):
            self._fit(arm, ready_at=now)
        self.stayed.open_slots(self._imposed.slots(INCUMBENT, self._stay_wanted), ready_at=now)

    def expect_death(self, fault: Bout, dying: Dying, *, after: int, now: int) -> None:
        """Replicas will die of a fault, `after` ns from now."""
        since = self._imposed.since(fault)
        self._agenda.note(now + after, partial(self._die, fault, dying, since, now=now + after))

    def _die(self, fault: Bout, dying: Dying, since: int, *, now: int) -> None:
        if all(one is not fault for one in self._imposed.faults) or now >= fault.until:
            return
        if since != self._imposed.since(fault):
            return  # replicas were restarted meanwhile, and die at another time
        for arm, name in enumerate(self._spec.arms.names):
            pools = (self.flown[arm], self.stayed) if arm == INCUMBENT else (self.flown[arm],)
            for pool in pools if fault.strikes(name) else ():
                kill(pool, dying.part, now=now, restart=dying.restart)
        if dying.every is not None:
            self.expect_death(fault, dying, after=dying.every, now=now)

    # What they did.

    def begin_stretch(self) -> None:
        """Work is counted from here on."""
        for pool in self.flown:
            pool.busy_ns[0] = 0  # a total of the flight would not fit in 64 bits
        self.stayed.busy_ns[0] = 0

    def end_stretch(self, start: int, end: int) -> None:
        """Count the work begun in [start, end), and what could have been done."""
        window = start // self._spec.tick
        for arm, pool in enumerate(self.flown):
            done, could = int(pool.busy_ns[0]), pool.slots * (end - start)
            self.work[window, arm] += done
            self.room[window, arm] += could
            self._begun[arm] += done
            self._could[arm] += could
            if arm in self._scalers:
                self._scalers[arm].begun += done
        if self._stay_scaler is not None:
            self._stay_scaler.begun += int(self.stayed.busy_ns[0])

    def read(self, arm: int, now: int, *, scraped: bool, again: Again) -> PoolReading:
        """What the pool of an arm reports, of the time since it last did."""
        pool = self.flown[arm]
        slots, busy, waiting = pool.slots, pool.at_work(now), pool.waiting
        memory = self._spec.services[arm].memory_of(slots=slots, in_flight=busy + waiting)
        memory += self._imposed.leaked(arm, now)
        work, room = self._begun[arm], self._could[arm]
        self._begun[arm] = self._could[arm] = 0
        return PoolReading(
            arm=arm, slots=slots, busy=busy, waiting=waiting, memory=memory, work_ns=work, room_ns=room,
            scraped=scraped, again=again,
        )
