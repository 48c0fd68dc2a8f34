"""The world: everything that is true, advanced to an instant and never past it.

Two services run side by side on the same requests: the one that is flown, whose answers routing decides, and the one
that stays on the incumbent, which nobody sees and against which harm is counted.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.routing import RoutingTable, idle_table
from sandbox.base.rows import RequestRows
from sandbox.base.status import Status
from sandbox.base.telemetry import Answers, Arrivals, Flags, Ints, PoolReading, Telemetry, Users
from sandbox.base.truth import Truth
from sandbox.world.agenda import Agenda
from sandbox.world.asking import Ended, Question, question_of
from sandbox.world.block import KEY_BITS, ROW_MASK, SHADOW_LUCK, Block
from sandbox.world.departures import Departures
from sandbox.world.echoes import Echoes, Moved
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.hitch import Hitch
from sandbox.world.fleet import Config, Depot, Fleet, Heard
from sandbox.world.imposed import Imposed
from sandbox.world.kernel import remember
from sandbox.world.learning import Notebook
from sandbox.world.line import Line, OneByOne
from sandbox.world.machinery import Applied, Machinery
from sandbox.world.open_blocks import Open
from sandbox.world.pools import Pools
from sandbox.world.replay_day import ReplayDay
from sandbox.world.revisions import Revisions
from sandbox.world.routing import Asking, Routed, Router
from sandbox.world.services.kernel import PoolState
from sandbox.world.settling import Settling
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import answering
from sandbox.world.synthetic_day import SyntheticDay
from sandbox.world.telling import Telling, in_order, right_by
from sandbox.world.together import Together


class World:
    """Requests, models, pools, faults and labels of one flight."""

    def __init__(self, spec: WorldSpec, *, keep: Callable[[RequestRows], None] | None = None) -> None:
        self.spec = spec
        self.day = ReplayDay(spec) if spec.recording is not None else SyntheticDay(spec)
        self.now = 0
        self._next_block = 0
        self._open: deque[Open] = deque()
        self._agenda = Agenda()
        self._echoes = Echoes(spec)
        self._imposed = Imposed(spec, users=len(self.day.crowd))
        self._pools = Pools(spec, imposed=self._imposed, agenda=self._agenda)
        self._serving = self._serving_of(range(len(spec.arms)), self._pools.flown)
        self._staying = self._serving_of((INCUMBENT,), [self._pools.stayed])
        self._falls_back = any(service.fallback is not None for service in spec.services)
        self._mixed = self._imposed.flips or isinstance(self._serving, Together)
        self._crowd = self.day.crowd
        experience, users = spec.experience, len(self._crowd)
        self._departures = None if experience is None or not experience.turns_away else Departures(
            experience, users=users, slow_ns=spec.slow_ns
        )
        self._settling = Settling(spec, users=users, private=self._crowd.private, keep=keep)
        self._notebook = None if spec.lesson is None else Notebook(spec.lesson, self._crowd)
        self._telling = Telling(spec, self._settling.statuses, self._departures, self._notebook)
        self._router = Router.of(idle_table(len(spec.arms)), segments=spec.segment_names)
        self._revisions = Revisions(spec, self.day)
        users = len(self.day.crowd)
        self._fleet = None if spec.fleet is None else Fleet(spec.fleet, seed=spec.seed, users=users)
        self._config = None if self._fleet is None else Config(self._fleet, self._router)
        self._depot = None if self._fleet is None else Depot(self._fleet, tick=spec.tick)
        self._machinery = Machinery(self._router.table, self._agenda, self._apply)
        self._pools.follow(self._router.table, now=0)

    def _serving_of(self, arms: Sequence[int], pools: Sequence[PoolState]) -> OneByOne | Together:
        imposed = self._imposed
        if any(self.spec.services[arm].by_events for arm in arms):
            return Together(
                self.spec, pools, arms=arms, imposed=imposed, blocks=lambda: self._blocks
            )
        return OneByOne([
            Line(self.spec, arm, pool, imposed=imposed) for arm, pool in zip(arms, pools, strict=True)
        ])

    @property
    def _blocks(self) -> list[Block]:
        """The blocks that are open."""
        return [one.block for one in self._open]

    # What may be changed, between two advances.

    def set_routing(self, table: RoutingTable) -> None:
        """Have a routing table applied, from now on unless a fault stands in between; pools that follow are resized."""
        self._machinery.want(table, self._imposed.faults, now=self.now)

    def set_thresholds(self, arm: int, thresholds: dict[str, float]) -> None:
        """From now on the arm decides yes from these scores for these groups, whoever arrives."""
        self._revisions.set_thresholds(arm, thresholds, since=self.now, blocks=self._blocks)

    def set_weights(self, arm: int, weights: dict[str, float], *, threshold: float) -> None:
        """From now on the odds of the arm's scores are multiplied for these groups, and decided on from `threshold`."""
        self._revisions.set_weights(arm, weights, threshold=threshold, since=self.now, blocks=self._blocks)

    def scale(self, arm: int, replicas: int) -> None:
        """From now on the arm's pool shall have so many replicas, until its share moves where it follows that."""
        self._pools.resize(arm, replicas, now=self.now)

    def replicas(self, arm: int) -> int:
        """How many replicas the arm's pool shall have."""
        return self._pools.replicas(arm)

    def restart(self, arm: int, *, part: float) -> None:
        """A part of an arm's replicas starts anew, now: what they serve fails."""
        self._pools.restart(arm, part=part, now=self.now)
        self._agenda.keep(self.now)

    def switch(self, arm: int, feature: str, *, on: bool) -> None:
        """From now on an arm's model reads a feature, or has it missing."""
        self._revisions.switch(arm, feature, on=on, since=self.now, blocks=self._blocks)

    @property
    def switched_off(self) -> tuple[tuple[str, str], ...]:
        """The features that models do not read now, as (model, feature)."""
        return self._revisions.switched_off

    def begin_training(self) -> None:
        """A training takes what it takes of the incumbent's pool; the flight that stays trains nothing."""
        assert self.spec.lesson is not None
        self._pools.lend(INCUMBENT, self.spec.lesson.replicas, now=self.now)

    def end_training(self) -> tuple[int, int]:
        """A model is fitted on the snapshot of when its training began: how many requests, and how many were true."""
        assert self._notebook is not None
        self._pools.lend(INCUMBENT, 0, now=self.now)
        features, label = self._notebook.snapshot()
        if len(label):
            arm = self._notebook.lesson.arm
            assert isinstance(self.day, SyntheticDay)
            self.day.learn(self.spec.arms.names[arm], features, label)
            for one in self._open:
                one.block.ask_anew(arm)
        return len(label), int(label.sum())

    def _apply(self, table: RoutingTable) -> None:
        self._router = Router.of(table, segments=self.spec.segment_names)
        if self._config is not None:
            self._config.offer(self._router, now=self.now)
        self._pools.follow(table, now=self.now)

    def impose(self, fault: Bout) -> None:
        """Let a fault of the plan strike from now on."""
        self._imposed.add(fault)
        self._reconsider()
        if (dying := fault.dying) is not None:
            self._pools.expect_death(fault, dying, after=dying.after, now=self.now)
            self._agenda.keep(self.now)

    def lift(self, fault: Bout) -> None:
        """Let a fault end now."""
        self._imposed.remove(fault)
        self._reconsider()
        if fault.scaling_takes:
            self._pools.follow(self._router.table, now=self.now)

    def _reconsider(self) -> None:
        self._pools.refit(now=self.now)
        self._machinery.turn(self._imposed.faults, now=self.now)

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

    @property
    def moved(self) -> tuple[Moved, ...]:
        """How far people have moved by what they were told, instant by instant."""
        return tuple(self._echoes.moved)

    @property
    def turned_away(self) -> dict[str, int]:
        """How many users opted out, left, and would have left had the incumbent stayed; none where nobody ever does."""
        if (away := self._departures) is None:
            return {}
        return {
            "opted_out": int(away.opted_out.sum()), "left": int(away.gone.sum()),
            "left_anyway": int(away.gone_anyway.sum()),
        }

    @property
    def heard(self) -> tuple[Heard, ...]:
        """When devices hear of each table that came in force; nothing where nobody has to."""
        if self._fleet is None:
            return ()
        return tuple((version, *self._fleet.hears(at)) for at, version, _ in self.applied)

    # Time.

    def advance(self, to: int) -> Telemetry:
        """Let everything happen that happens before `to`, and report it."""
        start, arrivals, answers, pools = self.now, list[Arrivals](), list[Answers](), list[PoolReading]()
        while self.now < to:
            current = self._block_at(self.now)
            tick_ends = (self.now // self.spec.tick + 1) * self.spec.tick
            stop = self._agenda.next_before(min(to, current.block.end, tick_ends))
            self._pools.begin_stretch()
            seen, ended = self._stretch(current, self.now, stop)
            if seen is not None:
                arrivals.append(seen)
            answers += in_order(ended) if self._mixed else ended
            self._pools.end_stretch(self.now, stop)
            self.now = stop
            if stop == tick_ends:
                self._turn_away()
            if stop in (tick_ends, to):
                pools += [
                    self._pools.read(arm, stop, scraped=stop == tick_ends, again=self._serving.news(arm))
                    for arm in range(len(self.spec.arms))
                ]
            self._agenda.keep(stop)
        self._settle()
        labels, said = self._telling.take(to)
        told = Telemetry(start, to, tuple(arrivals), tuple(answers), labels, tuple(pools), said)
        return told if self._depot is None else self._depot.carry(told)

    def finish(self) -> None:
        """After the last advance: let what is in flight end, so that every fate is known."""
        for ended in self._serving.drained():
            self._publish(ended)
        for ended in self._staying.drained():
            self._remember(ended)
        self._settle()

    def _block_at(self, at: int) -> Open:
        if self._open and self._open[-1].block.end > at:
            return self._open[-1]
        self._echoes.turn(at)
        block = self.day.block(self._next_block, self._echoes.shifts)
        block = answering(self.spec, block) if self.spec.faults else block
        self._next_block += 1
        self._revisions.tell(block)
        self._open.append(Open.fresh(block, falls_back=self._falls_back))
        return self._open[-1]

    def _stretch(self, current: Open, start: int, stop: int) -> tuple[Arrivals | None, list[Answers]]:
        block = current.block
        low, high = np.searchsorted(block.at, [start, stop]).tolist()
        rows = slice(low, high)
        segment, user = block.segment[rows], block.user[rows]
        unit = self._imposed.drawn_anew(self._crowd, block, rows)
        routed = self._routed(block, rows, unit)
        arm, shadow = routed.arm, routed.shadow
        current.flown.arm[rows] = arm
        current.flown.by[rows] = arm
        current.flown.step[rows] = routed.step
        came = None
        if self._departures is not None:
            came = current.without(rows, gone=self._departures.gone[user])
            shadow &= came[:, None]
        aside = self._imposed.aside(user, arm, shadow)
        questions = [
            question_of(
                index, block, arm == index if came is None else (arm == index) & came, shadow[:, index], low=low,
                aside=aside,
            )
            for index in range(len(self.spec.arms))
        ]
        current.shadows += int(np.count_nonzero(shadow))
        answers = [
            answer for ended in self._serving.serve(block, questions, until=stop) for answer in self._publish(ended)
        ]
        self._stay(current, low, high, stop)
        seen = None
        if high > low:
            served, age = block.served_to(arm, rows)
            seen = Arrivals(
                first_seq=block.first_key + low, at=block.at[rows], arm=arm, segment=segment, group=block.group[rows],
                user=user, shadow=shadow, features=served, age=age,
                split=routed.split, came=came,
                watched=self._watched(user, came),
            )
        return seen, answers

    def _watched(self, user: Users, came: Flags | None) -> Flags | None:
        """Which requests of user (n,) anybody may look at."""
        if self._crowd.private is None:
            return came
        open_to_all = ~self._crowd.private[user]
        return open_to_all if came is None else open_to_all & came

    def _stay(self, current: Open, low: int, high: int, stop: int) -> None:
        rows: slice | Ints = slice(low, high)
        key = np.arange(current.block.first_key + low, current.block.first_key + high)
        if self._departures is not None:
            gone = self._departures.gone_anyway[current.block.user[rows]]
            came = current.without_stay(slice(low, high), gone=gone)
            rows, key = np.flatnonzero(came) + low, key[came]
        for ended in self._staying.serve(current.block, [Question(INCUMBENT, rows, key)], until=stop):
            self._remember(ended)

    def _turn_away(self) -> None:
        """A tick has ended: those who have turned away since the last are away from now on."""
        if self._departures is not None and self._departures.turn():
            before, now = self.day.crowd.opted_out, self._departures.opted_out
            self._crowd = replace(self._crowd, opted_out=now.copy() if before is None else before | now)

    def _routed(self, block: Block, rows: slice, unit: npt.NDArray[np.float64] | None) -> Routed:
        """Who is answered by whom: by the table in force, or by the one that each device has heard of."""
        shadowed = partial(block.luck, SHADOW_LUCK)
        asking = Asking(self._crowd, block.user[rows], block.segment[rows], unit, lambda: shadowed()[rows])
        if self._config is None:
            return self._router.routed(asking)
        return self._config.routed(asking, block.at[rows])

    def _publish(self, ended: Ended) -> list[Answers]:
        answers = [self._telling.tell(one, mine) for one, mine in self._by_block(ended)]
        if self._echoes:
            self._echoes.hear(answers)
        return answers

    def _remember(self, ended: Ended) -> None:
        for one, mine in self._by_block(ended):
            remember(
                mine.key, mine.status, mine.published, ROW_MASK, one.block.at, one.stayed.status, one.stayed.latency
            )
            one.stayed.open -= len(mine.key)
            if mine.by != INCUMBENT:
                one.stayed.by[mine.key & ROW_MASK] = mine.by
            if self._departures is not None:
                row = mine.key & ROW_MASK
                self._departures.hear_stay(
                    one.block, row=row, status=mine.status, latency=one.stayed.latency[row],
                    right=right_by(one.block, mine.by)[row],
                )

    def _by_block(self, ended: Ended) -> list[tuple[Open, Ended]]:
        """The blocks of which there are fates, and which those are."""
        if not len(ended.key):
            return []
        numbers = ended.key >> KEY_BITS
        found = list[tuple[Open, Ended]]()
        for one in reversed(self._open):
            mine = numbers == one.block.number
            if mine.all():
                return [(one, ended)]
            if mine.any():
                found.append((one, ended.only(mine)))
        return found[::-1]

    # Truth.

    def _settle(self) -> None:
        while self._open and self._open[0].settled(self.now):
            self._settling.settle(self._open.popleft())

    def truth(self) -> Truth:
        """What was true so far, of all requests whose fate is known in both flights."""
        return self._settling.truth(work=self._pools.work, room=self._pools.room, in_flight=self._in_flight())

    def _in_flight(self) -> Ints:
        """(arms,) requests that have arrived and have no fate."""
        waiting = np.zeros(len(self.spec.arms), dtype=np.int64)
        for one in self._open:
            open_now = (one.block.at < self.now) & (one.flown.status == Status.IN_FLIGHT)
            waiting += np.bincount(one.flown.arm[open_now], minlength=len(waiting))
        return waiting

    def offered(self) -> Ints:
        """(arms,) requests that arrived and were routed to each arm so far."""
        return np.asarray(self._settling.statuses.sum(axis=1) + self._in_flight())
