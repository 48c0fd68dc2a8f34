"""The world: everything that is true, advanced to an instant and never past it.

Two services run side by side on the same requests: the one that is flown, whose answers routing decides, and the one
that stays on the incumbent, which nobody sees and against which harm is counted.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.routing import Route, RoutingTable
from sandbox.base.rows import RequestRows
from sandbox.base.status import STATUSES, Status
from sandbox.base.telemetry import Answers, Arrivals, Codes, Flags, Ints, PoolReading, Telemetry
from sandbox.base.truth import Interval, Truth
from sandbox.world.agenda import Agenda
from sandbox.world.attempts import Attempts
from sandbox.world.block import KEY_BITS, ROW_MASK, SHADOW_BIT, SHADOW_LUCK, Block, Fate
from sandbox.world.drift.onset import first_effect
from sandbox.world.drift.spoil import Spoil
from sandbox.world.experience import Voices
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.dying import Dying
from sandbox.world.faults.hitch import Hitch
from sandbox.world.harm import HarmLedger
from sandbox.world.imposed import Imposed
from sandbox.world.kernel import labels_by_tick, publish, remember
from sandbox.world.label_queue import LabelQueue
from sandbox.world.machinery import Applied, Machinery
from sandbox.world.replay_day import ReplayDay
from sandbox.world.routing import Router
from sandbox.world.services.clients import Clients
from sandbox.world.services.kernel import Outcomes, PoolState, serve
from sandbox.world.services.limbo import Limbo
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside, answering, kill, offered
from sandbox.world.synthetic_day import SyntheticDay

NEVER_NS = 2**61
"""After everything."""


@dataclass(slots=True)
class _Open:
    """A block some of whose requests are still open, in either service."""

    block: Block
    flown: Fate
    stayed: Fate
    shadows: int


class World:
    """Requests, models, pools, faults and labels of one flight."""

    def __init__(self, spec: WorldSpec, *, keep: Callable[[RequestRows], None] | None = None) -> None:
        self.spec = spec
        self.day = ReplayDay(spec) if spec.recording is not None else SyntheticDay(spec)
        self.now = 0
        self._keep = keep
        self._next_block = 0
        self._open: deque[_Open] = deque()
        self._pools = [self._pool(arm) for arm in range(len(spec.arms))]
        self._stay_pool = self._pool(INCUMBENT)
        self._limbos = [Limbo(service.timeout) for service in spec.services]
        self._stay_limbo = Limbo(spec.services[INCUMBENT].timeout)
        self._wanted = [pool.slots for pool in self._pools]
        self._scalings = [0] * len(spec.arms)
        self._imposed = Imposed(spec, users=len(self.day.crowd))
        self._attempts = Attempts(spec, self._imposed, blocks=lambda: [one.block for one in self._open])
        self._clients = [
            self._clients_of(arm, pool, self._limbos[arm]) for arm, pool in enumerate(self._pools)
        ]
        self._stay_clients = self._clients_of(INCUMBENT, self._stay_pool, self._stay_limbo)
        self._agenda = Agenda()
        self._labels = LabelQueue(spec.tick)
        self._voices = None if spec.experience is None else Voices(spec.experience, slow_ns=spec.slow_ns)
        self._router = Router.of(idle_table(len(spec.arms)), segments=spec.segment_names)
        self._thresholds: list[tuple[int, npt.NDArray[np.float32], int]] = []
        self._switches: list[tuple[int, int, bool, int]] = []
        self._machinery = Machinery(self._router.table, self._agenda, self._apply)
        self._follow_shares()
        windows = -(-spec.duration // spec.tick)
        self._ledger = HarmLedger(
            windows=windows, arms=len(spec.arms), segments=len(spec.segment_names), groups=len(spec.group_names),
            users=len(self.day.crowd), slow_ns=spec.slow_ns,
        )
        self._work = np.zeros((windows, len(spec.arms)), dtype=np.int64)
        self._room = np.zeros((windows, len(spec.arms)), dtype=np.int64)
        self._statuses = np.zeros((len(spec.arms), len(STATUSES)), dtype=np.int64)

    def _pool(self, arm: int) -> PoolState:
        service = self.spec.services[arm]
        assert service.replicas is not None
        pool = PoolState(slots=0, room=service.queue, timeout=service.timeout)
        pool.open_slots(service.replicas_at(1.0 if arm == INCUMBENT else 0.0) * service.concurrency, ready_at=0)
        return pool

    # What may be changed, between two advances.

    def set_routing(self, table: RoutingTable) -> None:
        """Have a routing table applied, from now on unless a fault stands in between; pools that follow are resized."""
        self._machinery.want(table, self._imposed.faults, now=self.now)

    def set_thresholds(self, arm: int, thresholds: dict[str, float]) -> None:
        """From now on the arm decides yes from these scores for these groups, whoever arrives."""
        scores = np.full(len(self.spec.group_names), np.nan, dtype=np.float32)
        for group, score in thresholds.items():
            scores[self.spec.group_names.index(group)] = score
        self._thresholds.append((arm, scores, self.now))
        for one in self._open:
            one.block.decide_from(arm, scores, since=self.now)

    def scale(self, arm: int, replicas: int) -> None:
        """From now on the arm's pool shall have so many replicas, until its share moves where it follows that."""
        self._resize(arm, replicas)

    def replicas(self, arm: int) -> int:
        """How many replicas the arm's pool shall have."""
        return self._wanted[arm] // self.spec.services[arm].concurrency

    def restart(self, arm: int, *, part: float) -> None:
        """A part of an arm's replicas starts anew, now: what they serve fails."""
        kill(self._pools[arm], part, now=self.now, restart=self.spec.services[arm].cold_start)
        for fault in self._imposed.begin_anew(arm, part=part, now=self.now):
            self._will_die(fault)

    def switch(self, arm: int, feature: str, *, on: bool) -> None:
        """From now on an arm's model reads a feature, or has it missing."""
        column = self.spec.feature_names.index(feature)
        self._switches.append((arm, column, on, self.now))
        for one in self._open:
            self.day.switch(one.block, arm, column, on=on, since=self.now)

    @property
    def switched_off(self) -> tuple[tuple[str, str], ...]:
        """The features that models do not read now, as (model, feature)."""
        last = {(arm, column): on for arm, column, on, _ in self._switches}
        names, features = self.spec.arms.names, self.spec.feature_names
        return tuple((names[arm], features[column]) for (arm, column), on in last.items() if not on)

    def _apply(self, table: RoutingTable) -> None:
        self._router = Router.of(table, segments=self.spec.segment_names)
        self._follow_shares()

    def _follow_shares(self) -> None:
        for arm, service in enumerate(self.spec.services):
            if not service.follow_share:
                continue
            table = self._router.table
            share = max(table.shares(segment)[arm] for segment in self.spec.segment_names) + table.shadow[arm]
            self._resize(arm, service.replicas_at(min(1.0, share)))

    def _resize(self, arm: int, replicas: int) -> None:
        wanted = replicas * self.spec.services[arm].concurrency
        late = sum(fault.scaling_takes for fault in self._imposed.on(arm))
        self._scalings[arm] += 1
        if late:
            self._agenda.note(self.now + late, partial(self._scale, arm, wanted, self._scalings[arm]))
        else:
            self._scale(arm, wanted, self._scalings[arm])

    def _scale(self, arm: int, wanted: int, scaling: int) -> None:
        if scaling == self._scalings[arm]:
            self._wanted[arm] = wanted
            starts = self.spec.services[arm].cold_start
            starts += sum(fault.start_takes for fault in self._imposed.on(arm))
            self._fit(arm, ready_at=self.now + (starts if self.now else 0))

    def _fit(self, arm: int, *, ready_at: int) -> None:
        self._pools[arm].open_slots(self._imposed.slots(arm, self._wanted[arm]), ready_at=ready_at)

    def impose(self, fault: Bout) -> None:
        """Let a fault of the plan strike from now on."""
        self._imposed.add(fault)
        self._reconsider()
        self._will_die(fault)

    def _will_die(self, fault: Bout) -> None:
        if (dying := fault.dying) is not None:
            since = self._imposed.since(fault)
            self._agenda.note(self.now + dying.after, partial(self._die, fault, dying, since))
            self._agenda.keep(self.now)

    def lift(self, fault: Bout) -> None:
        """Let a fault end now."""
        self._imposed.remove(fault)
        self._reconsider()
        if fault.scaling_takes:
            self._follow_shares()

    def _reconsider(self) -> None:
        for arm in range(len(self._pools)):
            self._fit(arm, ready_at=self.now)
        stay = self.spec.services[INCUMBENT]
        slots = self._imposed.slots(INCUMBENT, stay.replicas_at(1.0) * stay.concurrency)
        self._stay_pool.open_slots(slots, ready_at=self.now)
        self._machinery.turn(self._imposed.faults, now=self.now)

    def _die(self, fault: Bout, dying: Dying, since: int) -> None:
        if all(one is not fault for one in self._imposed.faults) or self.now >= fault.until:
            return
        if since != self._imposed.since(fault):
            return  # its replicas were restarted meanwhile, and will die at another time
        for arm, name in enumerate(self.spec.arms.names):
            pools = (self._pools[arm], self._stay_pool) if arm == INCUMBENT else (self._pools[arm],)
            for pool in pools if fault.strikes(name) else ():
                kill(pool, dying.part, now=self.now, restart=dying.restart)
        if dying.every is not None:
            self._agenda.note(self.now + dying.every, partial(self._die, fault, dying, since))

    # What faults do to those who watch and decide.

    @property
    def hitch(self) -> Hitch:
        """What is wrong with alerting just now."""
        return self._imposed.hitch

    @property
    def stuck(self) -> bool:
        """Whether nobody decides anything just now."""
        return any(fault.stuck for fault in self._imposed.faults)

    @property
    def applied(self) -> tuple[Applied, ...]:
        """The tables that came in force so far."""
        return tuple(self._machinery.applied)

    # Time.

    def advance(self, to: int) -> Telemetry:
        """Let everything happen that happens before `to`, and report it."""
        start, arrivals, answers, pools = self.now, [], [], list[PoolReading]()
        work, room = [0] * len(self._pools), [0] * len(self._pools)
        while self.now < to:
            current = self._block_at(self.now)
            tick_ends = (self.now // self.spec.tick + 1) * self.spec.tick
            stop = self._agenda.next_before(min(to, current.block.end, tick_ends))
            for pool in self._pools:
                pool.busy_ns[0] = 0  # a total of the flight would not fit in 64 bits
            seen, ended = self._stretch(current, self.now, stop)
            if seen is not None:
                arrivals.append(seen)
            answers += in_order(ended) if self._imposed.flips else ended
            window = self.now // self.spec.tick
            for arm, pool in enumerate(self._pools):
                done = int(pool.busy_ns[0])
                could = pool.slots * (stop - self.now)
                self._work[window, arm] += done
                self._room[window, arm] += could
                work[arm] += done
                room[arm] += could
            self.now = stop
            if stop in (tick_ends, to):
                pools += self._read_pools(work, room, scraped=stop == tick_ends)
                work, room = [0] * len(self._pools), [0] * len(self._pools)
            self._agenda.keep(stop)
        self._settle()
        said = () if self._voices is None else self._voices.take(to)
        return Telemetry(start, to, tuple(arrivals), tuple(answers), self._labels.take(to), tuple(pools), said)

    def _read_pools(self, work: list[int], room: list[int], *, scraped: bool) -> Iterator[PoolReading]:
        for arm, pool in enumerate(self._pools):
            slots, busy, waiting = pool.slots, pool.at_work(self.now), pool.waiting
            memory = self.spec.services[arm].memory_of(slots=slots, in_flight=busy + waiting)
            memory += self._imposed.leaked(arm, self.now)
            yield PoolReading(
                arm=arm, slots=slots, busy=busy, waiting=waiting, memory=memory, work_ns=work[arm], room_ns=room[arm],
                scraped=scraped, retries=0 if (clients := self._clients[arm]) is None else clients.news(),
            )

    def finish(self) -> None:
        """After the last advance: let what is in flight end, so that every fate is known."""
        for index, pool in enumerate(self._pools):
            outcomes = self._drained(index, pool, self._limbos[index], self._clients[index])
            blocks = outcomes.key >> KEY_BITS
            for one in self._open:
                mine = blocks == one.block.number
                if mine.any():
                    self._publish(index, one, outcomes, mine)
        self._remember_stay(self._drained(INCUMBENT, self._stay_pool, self._stay_limbo, self._stay_clients))
        self._settle()

    def _block_at(self, at: int) -> _Open:
        if self._open and self._open[-1].block.end > at:
            return self._open[-1]
        block = self.day.block(self._next_block)
        block = answering(self.spec, block) if self.spec.faults else block
        self._next_block += 1
        for arm, scores, since in self._thresholds:
            block.decide_from(arm, scores, since=since)
        for arm, column, on, since in self._switches:
            self.day.switch(block, arm, column, on=on, since=since)
        n = len(block)
        self._open.append(_Open(block, Fate.unknown(n), Fate.unknown(n), 0))
        return self._open[-1]

    def _stretch(self, current: _Open, start: int, stop: int) -> tuple[Arrivals | None, list[Answers]]:
        block = current.block
        low, high = np.searchsorted(block.at, [start, stop]).tolist()
        rows = slice(low, high)
        segment, user = block.segment[rows], block.user[rows]
        unit = self._imposed.drawn_anew(self.day.crowd, block, rows)
        arm = self._router.route(self.day.crowd, user=user, segment=segment, unit=unit)
        current.flown.arm[rows] = arm
        current.flown.step[rows] = self._router.table.step
        shadow = self._shadowed(arm, block, rows)
        aside = self._imposed.aside(user, arm, shadow)
        answers: list[Answers] = []
        for index, pool in enumerate(self._pools):
            served = np.flatnonzero(arm == index) + low
            unseen = np.flatnonzero(shadow[:, index]) + low
            current.shadows += len(unseen)
            answers += self._serve(index, pool, current, stop, served=served, unseen=unseen, low=low, aside=aside)
        self._stay(current, low, high, stop)
        seen = None
        if high > low:
            served, age = block.served_to(arm, rows)
            seen = Arrivals(
                first_seq=block.first_key + low, at=block.at[rows], arm=arm, segment=segment, group=block.group[rows],
                user=user, shadow=shadow, features=served, age=age,
                split=self._router.drawn(self.day.crowd, user=user, segment=segment),
            )
        return seen, answers

    def _shadowed(self, arm: Codes, block: Block, rows: slice) -> Flags:
        shares = self._router.table.shadow
        flags = np.zeros((len(arm), len(shares)), dtype=np.bool_)
        for index, share in enumerate(shares):
            if share >= 1.0:
                flags[:, index] = arm != index
            elif share > 0.0:
                flags[:, index] = (arm != index) & (block.luck(SHADOW_LUCK)[rows] < share)
        return flags

    def _serve(
        self, index: int, pool: PoolState, current: _Open, stop: int, *, served: Ints, unseen: Ints, low: int,
        aside: Aside | None,
    ) -> list[Answers]:
        rows, marks = served, served
        if len(unseen):
            rows = np.concatenate([served, unseen])
            order = np.argsort(rows, kind="stable")
            marks = np.concatenate([served, unseen | SHADOW_BIT])[order]
            rows = rows[order]
        block, key = current.block, current.block.first_key
        if aside is not None:
            aside = aside.of(rows - low, (marks & SHADOW_BIT) == 0)
        clients = self._clients[index]
        if clients is not None:
            at = block.at[rows]
            outcomes = clients.serve(stop, at=at, key=marks + key, offer=partial(self._attempts.offered, index))
        else:
            outcomes = self._offer(index, pool, self._limbos[index], block, rows, marks + key, stop, aside)
        if not len(outcomes.key):
            return []
        blocks = outcomes.key >> KEY_BITS
        if blocks[0] == block.number and (blocks == block.number).all():
            return [self._publish(index, current, outcomes, slice(None))]
        answers = []
        for one in self._open:
            mine = blocks == one.block.number
            if mine.any():
                answers.append(self._publish(index, one, outcomes, mine))
        return answers

    def _offer(
        self, index: int, pool: PoolState, limbo: Limbo, block: Block, rows: Ints | slice, key: Ints, stop: int,
        aside: Aside | None = None,
    ) -> Outcomes:
        if not len(key):
            outcomes = _idle_until(pool, stop)
        elif self._imposed.serving[index]:
            outcomes = self._offer_struck(index, pool, limbo, block, rows, key, stop, aside)
        else:
            rate = self.spec.models[index].failing
            fails = block.luck(index)[rows] < np.float32(rate) if rate > 0.0 else np.zeros(len(key), dtype=np.bool_)
            outcomes = serve(
                pool, stop, arrived=block.at[rows], demand=block.demand(index)[rows], fails=fails, key=key
            )
        return limbo.give_up(outcomes, stop) if len(limbo) else outcomes

    def _offer_struck(
        self, index: int, pool: PoolState, limbo: Limbo, block: Block, rows: Ints | slice, key: Ints, stop: int,
        aside: Aside | None,
    ) -> Outcomes:
        offer = offered(self.spec, self._imposed.serving[index], block, index, rows, aside)
        fails, at = block.luck(index)[rows] < offer.rate.astype(np.float32), block.at[rows]
        if not offer.lost.any():
            return serve(pool, stop, arrived=at, demand=offer.demand, fails=fails, key=key)
        limbo.lose(key[offer.lost], at[offer.lost])
        come = ~offer.lost
        return serve(pool, stop, arrived=at[come], demand=offer.demand[come], fails=fails[come], key=key[come])

    def _clients_of(self, arm: int, pool: PoolState, limbo: Limbo) -> Clients | None:
        retries = self.spec.services[arm].retries
        return None if retries is None else Clients(retries, pool, limbo, jitter=partial(self._attempts.backs_off, arm))

    def _drained(self, index: int, pool: PoolState, limbo: Limbo, clients: Clients | None) -> Outcomes:
        """The fates of all that is in flight, once it has ended."""
        if clients is None:
            return limbo.give_up(_idle_until(pool, NEVER_NS), NEVER_NS)
        nothing = np.empty(0, dtype=np.int64)
        return clients.serve(NEVER_NS, at=nothing, key=nothing, offer=partial(self._attempts.offered, index))

    def _publish(self, index: int, owner: _Open, outcomes: Outcomes, chosen: slice | Flags) -> Answers:
        block, fate, opinion = owner.block, owner.flown, owner.block.opinion(index)
        key, status, published = outcomes.key[chosen], outcomes.status[chosen], outcomes.published[chosen]
        n = len(key)
        columns = (
            np.empty(n, np.int64), np.empty(n, np.bool_), np.empty(n, np.int32), np.empty(n, np.uint8),
            np.empty(n, np.uint8), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.float32),
            np.empty(n, np.bool_),
        )
        shadows = publish(
            key, status, published, ROW_MASK, SHADOW_BIT, block.at, block.user, block.segment, block.group,
            opinion.score, opinion.decision, fate.status, fate.latency, self._statuses[index], columns,
        )
        owner.shadows -= shadows
        fate.open -= n - shadows
        row, shadow, user, segment, group, arrived, latency, score, decision = columns
        learned = self._learned(owner, row)
        self._labels.put(index, labels_by_tick(
            row[learned], shadow[learned], status[learned], published[learned], block.label_at,
            block.label if block.known is None else block.known,
            block.known is None, block.at, block.segment, block.group, block.user, opinion.score,
            opinion.decision, block.reported_label, self.spec.tick, self.spec.duration,
        ))
        if self._voices is not None:
            seen = ~shadow
            mine = row[seen]
            self._voices.hear(
                block, index, row=mine, status=status[seen], latency=latency[seen],
                right=self._right_by(block, index)[mine],
            )
        cost = block.charge(index)
        return Answers(
            arm=np.full(n, index, dtype=np.uint8), shadow=shadow, segment=segment, group=group, user=user,
            status=status, arrived=arrived, latency=latency, score=score, decision=decision,
            cost=np.full(n, cost, dtype=np.int64) if isinstance(cost, int) else cost[row],
        )

    def _learned(self, owner: _Open, row: Ints) -> slice | Flags:
        """Which of the answers to rows (n,) let anybody learn the truth, by what the answer that counted said."""
        block = owner.block
        if block.after_yes is None and block.after_no is None:
            return slice(None)
        arm = owner.flown.arm[row]
        said = np.zeros(len(row), dtype=np.bool_)
        for index in range(len(self.spec.arms)):
            mine = arm == index
            if mine.any():
                said[mine] = block.opinion(index).decision[row[mine]]
        learned = np.ones(len(row), dtype=np.bool_)
        for hidden, when in ((block.after_yes, said), (block.after_no, ~said)):
            if hidden is not None:
                learned &= ~(hidden[row] & when)
        return learned

    def _stay(self, current: _Open, low: int, high: int, stop: int) -> None:
        first = current.block.first_key
        key = np.arange(first + low, first + high)
        rows = slice(low, high)
        if self._stay_clients is not None:
            offer = partial(self._attempts.offered, INCUMBENT)
            self._remember_stay(self._stay_clients.serve(stop, at=current.block.at[rows], key=key, offer=offer))
            return
        self._remember_stay(
            self._offer(INCUMBENT, self._stay_pool, self._stay_limbo, current.block, rows, key, stop)
        )

    def _remember_stay(self, outcomes: Outcomes) -> None:
        blocks = outcomes.key >> KEY_BITS
        for one in self._open:
            of_block = blocks == one.block.number
            count = int(np.count_nonzero(of_block))
            if not count:
                continue
            mine = slice(None) if count == len(blocks) else of_block
            remember(
                outcomes.key[mine], outcomes.status[mine], outcomes.published[mine], ROW_MASK, one.block.at,
                one.stayed.status, one.stayed.latency,
            )
            one.stayed.open -= count

    # Truth.

    def _settle(self) -> None:
        while self._open:
            first = self._open[0]
            if first.block.end > self.now or first.flown.open or first.stayed.open or first.shadows:
                return
            self._open.popleft()
            if len(first.block):
                self._judge(first)

    def _judge(self, done: _Open) -> None:
        block, flown, stayed = done.block, done.flown, done.stayed
        block.opinion(INCUMBENT)  # what staying would have answered, read or not
        window = block.at // self.spec.tick
        right = {arm: self._right_by(block, arm) for arm in block.scored_arms}
        harmed = self._ledger.add(
            block, flown=flown, stayed=stayed, right=_of_arm(flown.arm, right), stayed_right=right[INCUMBENT],
            window=window,
        )
        for arm, hits in right.items():
            self._ledger.judge(arm, right=hits, window=window)
            self._ledger.compare(block, arm, window=window)
        if self._keep is not None:
            self._keep(self._rows(done, harmed))

    def _right_by(self, block: Block, arm: int) -> Flags:
        right: Flags = block.opinion(arm).decision == block.label
        return right if block.known is None else np.asarray(right | ~block.known)

    def _rows(self, done: _Open, harmed: Codes) -> RequestRows:
        block, flown = done.block, done.flown
        score = _of_arm(flown.arm, {arm: block.opinion(arm).score for arm in block.scored_arms})
        decision = _of_arm(flown.arm, {arm: block.opinion(arm).decision for arm in block.scored_arms})
        return RequestRows(
            seq=np.arange(len(block), dtype=np.int64) + block.first_key, at=block.at, user=block.user,
            segment=block.segment, group=block.group, arm=flown.arm, step=flown.step, status=flown.status,
            latency=flown.latency, score=score, decision=decision, label=block.label, label_at=block.label_at,
            harm=harmed, features=block.served if self.spec.read_features else None,
        )

    def truth(self) -> Truth:
        """What was true so far, of all requests whose fate is known in both flights."""
        spec, ledger = self.spec, self._ledger
        end = spec.duration
        intervals = [
            Interval(
                "drift", drift.kind, first_effect(drift), end if drift.until is None else min(end, drift.until),
                spec.arms.names if not isinstance(drift, Spoil)
                else tuple(name for name in spec.arms.names if drift.reaches(name)),
            )
            for drift in spec.drift
        ]
        intervals += [
            Interval(
                "fault", fault.kind, fault.at, min(end, fault.until),
                tuple(name for name in spec.arms.names if fault.strikes(name)),
            )
            for fault in spec.faults
        ]
        return Truth(
            starts=np.arange(len(self._work), dtype=np.int64) * spec.tick, requests=ledger.requests,
            harmed=ledger.harmed, helped=ledger.helped, right=ledger.right, judged=ledger.judged, work_ns=self._work,
            room_ns=self._room, harmed_users=int((ledger.harm_of_user > 0).sum()),
            net_harmed_users=int((ledger.harm_of_user > ledger.help_of_user).sum()),
            users_on_candidate=int(ledger.on_candidate.sum()), statuses=self._statuses.copy(),
            in_flight=np.array([self._in_flight(arm) for arm in range(len(spec.arms))], dtype=np.int64),
            intervals=tuple(intervals), decided=ledger.decided,
        )

    def _in_flight(self, arm: int) -> int:
        waiting = 0
        for one in self._open:
            arrived = one.block.at < self.now
            waiting += int((arrived & (one.flown.arm == arm) & (one.flown.status == Status.IN_FLIGHT)).sum())
        return waiting

    def offered(self) -> Ints:
        """(arms,) requests that arrived and were routed to each arm so far."""
        in_flight = [self._in_flight(arm) for arm in range(len(self.spec.arms))]
        return np.asarray(self._statuses.sum(axis=1) + np.array(in_flight))


def in_order(ended: list[Answers]) -> list[Answers]:
    """Answers of several arms as one, by when they ended: where users change arms, whose was first must not depend on
    how time was cut.
    """
    if len(ended) < 2:
        return ended
    names = [one.name for one in fields(Answers)]
    columns = {name: np.concatenate([getattr(one, name) for one in ended]) for name in names}
    order = np.argsort(columns["arrived"] + columns["latency"], kind="stable")
    return [Answers(**{name: column[order] for name, column in columns.items()})]


def _of_arm(arm: Codes, columns: dict[int, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """From one column an arm the value of the arm (n,) that answered."""
    chosen = columns[INCUMBENT]
    for index, column in columns.items():
        if index != INCUMBENT:
            chosen = np.where(arm == index, column, chosen)
    return chosen


def _idle_until(pool: PoolState, until: int) -> Outcomes:
    nothing = np.empty(0, dtype=np.int64)
    return serve(pool, until, arrived=nothing, demand=nothing, fails=np.empty(0, dtype=np.bool_), key=nothing)


def idle_table(arms: int) -> RoutingTable:
    """The table before a ramp begins: the incumbent answers everybody."""
    shares = (1.0,) + (0.0,) * (arms - 1)
    return RoutingTable(version=0, step=-1, routes=(Route(shares),), shadow=(0.0,) * arms)


