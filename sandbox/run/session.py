"""The session: the one place where decisions meet the world.

SimPy owns time. Before anything touches the world, the world is advanced exactly to that instant; what it reports is
collected; judgements are folded from what could be read; actions are commands, carried out here and nowhere else.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import simpy

from sandbox.base.action import Action, Hold
from sandbox.base.command import Answer
from sandbox.base.flight import Flight, Header
from sandbox.base.journal import Journal
from sandbox.base.recording import Recording
from sandbox.base.rows import RequestRows
from sandbox.base.verdict import Judgement
from sandbox.base.window import Window
from sandbox.decide.policy import Policy
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.operate.operations.procedure import Perform, Send
from sandbox.operate.standing import Standing
from sandbox.run.commands import Counter
from sandbox.run.deck import Deck
from sandbox.run.hands import Hands
from sandbox.run.helm import Helm
from sandbox.run.instant import Instant, Rank
from sandbox.run.pilot import Pilot
from sandbox.run.procedures import Procedures
from sandbox.run.responder import Responder
from sandbox.run.rider import Rider, course_of
from sandbox.run.rig import almanac_of, build, training_almanac
from sandbox.run.roster import Roster
from sandbox.run.training import Training
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan
from sandbox.scenario.script import POLICY, Argument
from sandbox.scenario.tables.retraining import RetrainingTable
from sandbox.world.faults.kinds import Fault
from sandbox.world.wire import Wire

Happening = Generator[simpy.Event, Any, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Where a flight stands, for whoever looks on."""

    at: int
    phase: str
    step: int
    share: tuple[float, ...]
    held_by: str
    judgements: tuple[Judgement, ...]
    windows: tuple[Window, ...]
    entries: int


class Session:
    """One flight that can be advanced, acted upon and looked at; `finish` returns it as a value."""

    def __init__(
        self, plan: Plan, *, seed: int | None = None, recording: Recording | None = None,
        keep: Callable[[RequestRows], None] | None = None, inputs: dict[str, str] | None = None,
    ) -> None:
        document = plan.document
        self.plan = plan
        self.seed = document.scenario.seed if seed is None else seed
        self.world, self.collector = build(plan, seed=self.seed, recording=recording, keep=keep)
        self._duration, self._tick = document.scenario.duration, document.scenario.tick
        self._ramp = plan.policy.ramp
        self._granted = plan.granted(inputs or {})
        self._unapproved = False
        self._recording = recording
        self._inputs = inputs or {}
        self._pilot = self._fit(plan.policy)
        self._riders = tuple(Rider(policy, self._fit(policy)) for policy in plan.riding)
        self._deck = Deck(
            self.world, self.collector, wire=Wire(document.faults, self.collector.layout), pilot=self._pilot,
            riders=self._riders,
        )
        self.env = self._deck.env
        self._helm = Helm(self._deck, self._ramp)
        hands = Hands(self._deck, self._helm, approved=self._begin_if_approved)
        self._counter = Counter(
            self._deck, self._helm, hands, roster=Roster.of(plan), operations=document.operations, seed=self.seed
        )
        self._procedures = Procedures(self._deck, self._counter, document.runbook)
        hands.learn(Perform, self._procedures.perform)
        hands.learn(Send, self._procedures.send)
        self._responder = Responder(
            self._deck, self._counter, self._procedures, oncall=document.oncall, runbooks=document.runbook,
            pages=frozenset(one.name for one in document.all_alerts if one.severity == "page"), seed=self.seed,
        )
        self._open()

    def _fit(self, policy: Policy) -> Pilot:
        return Pilot(
            policy, arms=self.world.spec.arms, layout=self.collector.layout, reference=self.collector.reference,
            tick=self._tick, almanac=almanac_of(policy, self.plan, self._recording),
            granted=frozenset((step, role) for step, role, _ in self._granted), also=self.plan.watched,
        )

    # What a session offers.

    @property
    def now(self) -> int:
        """The flight's clock, in ns."""
        return self._deck.now

    @property
    def journal(self) -> Journal:
        """Everything that was written down so far."""
        return self._deck.journal

    @property
    def windows(self) -> Sequence[Window]:
        """Every window that became readable so far."""
        return self._deck.windows

    @property
    def standing(self) -> Standing:
        """How things stand as an operator can know it."""
        return self._counter.standing

    def advance(self, to: int) -> None:
        """Fly until an instant; what happens at that instant has not happened yet."""
        to = min(to, self._duration)
        if to > self.now:
            self.env.run(until=to)

    def touch(self) -> None:
        """Have the world where the clock is; it would be, before anybody looked at it."""
        self._deck.touch()

    def apply(self, kind: str, *, actor: str = "operator", **arguments: Argument) -> Answer:
        """Have a command carried out, or refused with a reason; either way it is journalled.

        It takes effect now, or later where `[operations]` says that it takes time; the journal says when, or that it
        failed.
        """
        return self._counter.apply(kind, actor=actor, arguments=arguments)

    def refusal(self, kind: str, **arguments: Argument) -> str:
        """Why a command would be refused now; empty where it would be accepted. Nothing is journalled."""
        return self._counter.refusal(kind, arguments)

    def snapshot(self) -> Snapshot:
        """Where the flight stands."""
        return Snapshot(
            at=self.now, phase=self._climb.phase.value, step=self._climb.step, share=self._helm.shares,
            held_by=self._climb.held_by,
            judgements=tuple(watch.last for watch in self._pilot.watches if watch.last is not None),
            windows=tuple(self._deck.windows), entries=len(self.journal.entries),
        )

    def finish(self) -> Flight:
        """Fly to the end and return the flight."""
        self.advance(self._duration)
        self._deck.touch()
        self.collector.close(self.now)
        self._deck.read()
        self._deck.tell(self._pilot.monitor.close(self.now))
        self.world.finish()
        truth = self.world.truth()
        outcome = {
            Phase.PROMOTED: "promoted", Phase.ROLLED_BACK: "rolled_back", Phase.ABORTED: "aborted"
        }.get(self._climb.phase, "held")
        self._deck.note("truth", {
            "harmed": truth.harmed.sum(axis=(0, 2, 3)).tolist(), "helped": truth.helped.sum(axis=(0, 2, 3)).tolist(),
            "harmed_users": truth.harmed_users, "statuses": truth.statuses.tolist(),
            "aggregates": truth.hash, **self._applied(), **self._moved(), **self._heard(),
            **self._turned_away(), **self._lost(),
        }, truth=True)
        self._deck.note("end", {"outcome": outcome, "held_by": self._climb.held_by if outcome == "held" else ""})
        return Flight(
            header=self._header(), journal=tuple(self.journal.entries), windows=tuple(self._deck.windows), truth=truth,
            outcome=outcome, ended_at=self.now, digest=self.journal.head,
        )

    def _turned_away(self) -> dict[str, Any]:
        """How many users opted out or left, where the plan has them do so."""
        return {"turned_away": away} if (away := self.world.turned_away) else {}

    def _heard(self) -> dict[str, Any]:
        """When devices hear of each table, where there is a fleet."""
        return {"heard": [list(one) for one in heard]} if (heard := self.world.heard) else {}

    def _lost(self) -> dict[str, Any]:
        """How many windows never arrived, where the plan loses some."""
        return {"windows_lost": lost} if (lost := self.collector.lost) else {}

    def _moved(self) -> dict[str, Any]:
        """How far people had moved by what they were told, where the plan has them react."""
        moved = [[at, index, round(shift, 9)] for at, index, shift in self.world.moved]
        return {"moved": moved} if moved else {}

    def _applied(self) -> dict[str, Any]:
        """When which table came in force, where faults stand between what is set and what is applied."""
        if not any(fault.taxonomy == "rollout" for fault in self.plan.document.faults):
            return {}
        return {"applied": [[at, version, [list(row) for row in rows]] for at, version, rows in self.world.applied]}

    # How it begins.

    def _open(self) -> None:
        self._deck.note("begin", {
            "title": self.plan.document.scenario.title, "seed": self.seed, "plan": self.plan.hash,
            "inputs": self._inputs, **self._approved(),
        })
        self.collector.begin(0, step=-1, share=self._helm.shares)
        for interval in self.world.truth().intervals:
            if interval.kind == "drift":
                self._deck.note("drift", {
                    "kind": interval.name, "from": interval.start, "until": interval.end
                }, truth=True)
        for fault in self.plan.document.faults:
            self.env.process(self._fault(fault))
        self._deck.tell(self._pilot.monitor.tick(0))
        retraining = self.plan.document.retraining
        self.env.process(self._begin_ramp() if retraining is None else self._train_first(retraining))
        self.env.process(self._ticks())
        self._responder.begin(self.plan.script)

    def _approved(self) -> dict[str, Any]:
        """Approvals on file let steps begin, so the digest rests on them, where there are any."""
        rows = [{"step": step, "role": role, "by": by} for step, role, by in self._granted]
        return {"approvals": rows} if rows else {}

    # What happens, as SimPy processes.

    def _fault(self, fault: Fault) -> Happening:
        yield Instant(self.env, at=fault.at, rank=Rank.WORLD)
        self._deck.touch()
        self.world.impose(fault)
        self._fault_turned(fault, "imposed")
        if fault.until >= self._duration:
            return
        yield Instant(self.env, at=fault.until, rank=Rank.WORLD)
        self._deck.touch()
        self.world.lift(fault)
        self._fault_turned(fault, "lifted")

    def _fault_turned(self, fault: Fault, what: str) -> None:
        for pilot in (self._pilot, *(rider.pilot for rider in self._riders)):
            pilot.monitor.hitch = self.world.hitch
        self._deck.note("fault", {"kind": fault.kind, "model": fault.whose, "what": what}, truth=True)

    def _train_first(self, table: RetrainingTable) -> Happening:
        """A model is trained, and then its ramp begins; where there is no model there is no ramp."""
        almanac = training_almanac(self.plan, self._recording)
        training = Training(table, self._deck, almanac=almanac, duration=self._duration)
        if why := (yield from training.happens()):
            self._pilot.climb = replace(self._climb, held_by=why)
            self._deck.note("ramp", {"what": "hold", "step": -1, "because": why})
        else:
            yield from self._begin_ramp()

    def _begin_ramp(self) -> Happening:
        start = max(self.now, self._ramp.start)
        opens = self._pilot.begins_at(start)
        if start >= self._duration:
            return
        if opens != start:
            yield Instant(self.env, at=start, rank=Rank.ACT)
            self._deck.note("ramp", {"what": "hold", "step": -1, "because": f"the ramp {self._pilot.waits(start)}"})
        if opens is None or opens >= self._duration:
            return
        yield Instant(self.env, at=opens, rank=Rank.ACT)
        if self._climb.phase is not Phase.WAITING:
            return
        self._unapproved = bool(waits := self._pilot.unapproved(self.now))
        if waits:
            self._pilot.climb = replace(self._climb, held_by=waits)
            self._deck.note("ramp", {"what": "hold", "step": -1, "because": waits})
        else:
            self._pilot.take_off(self.now)
            self._helm.go_to_step("the ramp begins")
            for rider in self._riders:
                self._deck.tell(rider.take_off(self.now, self._pilot))

    def _begin_if_approved(self) -> None:
        """Somebody approved: if it was the ramp itself that waited for it, it begins."""
        if self._unapproved and not self._pilot.unapproved(self.now):
            self._unapproved = False
            self.env.process(self._begin_ramp())

    def _ticks(self) -> Happening:
        at = self._tick
        while at < self._duration:
            yield Instant(self.env, at=at, rank=Rank.OBSERVE)
            self._deck.touch()
            self.collector.close(at)
            self._deck.read()
            yield Instant(self.env, at=at, rank=Rank.DECIDE)
            self._deck.tell(self._pilot.monitor.tick(at))
            self._procedures.look()
            action = self._decide()
            for rider in self._riders:
                word = "hold" if action is None else action.word
                self._deck.tell(rider.tick(at, self._helm.shares, flown=course_of(self._pilot, action), done=word))
            yield Instant(self.env, at=at, rank=Rank.ACT)
            self._helm.begin_window()
            if action is not None:
                self._enact(action)
            at += self._tick

    # How it is judged.

    def _decide(self) -> Action | None:
        if not self._pilot.climbing or self.world.stuck:
            return None
        judgements = []
        for judgement in self._pilot.judge(self.now, self._helm.shares):
            judgements.append(judgement)
            self._deck.note("gate", {
                "gate": judgement.gate, "kind": judgement.kind, "verdict": judgement.verdict.value,
                "because": judgement.because, "value": judgement.value, "bound": judgement.bound, "n": judgement.n,
                "decides": judgement.decides, "step": self._climb.step,
            })
        return self._pilot.decide(tuple(judgements), at=self.now)

    # How it is acted upon.

    def _enact(self, action: Action) -> None:
        if isinstance(action, Hold):
            self._deck.note("ramp", {"what": "hold", "step": self._climb.step, "because": action.because})
            return
        self._deck.note("command", {
            "id": self._counter.next_id(), "actor": POLICY, "kind": action.word, "arguments": {}, "answer": "accepted"
        })
        self._helm.enact(action)

    # What it was.

    @property
    def _climb(self) -> Climb:
        return self._pilot.climb

    def _header(self) -> Header:
        story = self.plan.document.scenario
        return Header(
            name=self.plan.name, title=story.title, source=self.plan.source, scenario_text=self.plan.text,
            scenario_hash=self.plan.hash, seed=self.seed, plan=self.plan.filled_in, inputs=self._inputs,
            versions=versions(), layout=self.collector.layout, tick=self._tick, duration=self._duration,
        )


def fly(
    plan: Plan, *, seed: int | None = None, recording: Recording | None = None,
    keep: Callable[[RequestRows], None] | None = None, inputs: dict[str, str] | None = None,
) -> Flight:
    """Fly a plan from begin to end with nobody at the controls but its policy."""
    return Session(plan, seed=seed, recording=recording, keep=keep, inputs=inputs).finish()
