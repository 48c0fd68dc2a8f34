"""The session: the one place where decisions meet the world.

SimPy owns time. Before anything touches the world, the world is advanced exactly to that instant; what it reports is
collected; judgements are folded from what could be read; actions are commands, carried out here and nowhere else.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from typing import Any

import simpy

from sandbox.base.action import Action, Adjust, Advance, Divert, Hold, Promote, Reallocate, Reweight
from sandbox.base.command import Accepted, Answer, Command, Refused
from sandbox.base.digest import fingerprint
from sandbox.base.flight import Flight, Header
from sandbox.base.journal import Entry, Journal
from sandbox.base.recording import Recording
from sandbox.base.routing import Route, RoutingTable
from sandbox.base.rows import RequestRows
from sandbox.base.units import format_share
from sandbox.base.verdict import Judgement
from sandbox.base.window import Window
from sandbox.decide.policy import Policy
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.step import Step
from sandbox.run.commands import refusal
from sandbox.run.instant import Instant, Rank
from sandbox.run.monitor import Note
from sandbox.run.pilot import Pilot
from sandbox.run.rider import Rider, course_of
from sandbox.run.rig import almanac_of, build
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan
from sandbox.world.faults.kinds import Fault
from sandbox.world.wire import Wire
from sandbox.world.world import idle_table

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
        self.env = simpy.Environment(initial_time=0)
        self.world, self.collector = build(plan, seed=self.seed, recording=recording, keep=keep)
        self.journal = Journal()
        self._wire = Wire(document.faults, self.collector.layout)
        self.windows: list[Window] = []
        self._duration, self._tick = document.scenario.duration, document.scenario.tick
        self._ramp = plan.policy.ramp
        self._granted = plan.granted(inputs or {})
        self._unapproved = False
        self._recording = recording
        self._pilot = self._fit(plan.policy)
        self._riders = tuple(Rider(policy, self._fit(policy)) for policy in plan.riding)
        self._arm = self._pilot.arm
        self._table = idle_table(len(self.world.spec.arms))
        self._commands = 0
        self._inputs = inputs or {}
        self._open()

    def _fit(self, policy: Policy) -> Pilot:
        return Pilot(
            policy, arms=self.world.spec.arms, layout=self.collector.layout, reference=self.collector.reference,
            tick=self._tick, almanac=almanac_of(policy, self.plan, self._recording),
            granted=frozenset((step, role) for step, role, _ in self._granted),
        )

    # What a session offers.

    @property
    def _climb(self) -> Climb:
        return self._pilot.climb

    @property
    def now(self) -> int:
        """The flight's clock, in ns."""
        return int(self.env.now)

    def advance(self, to: int) -> None:
        """Fly until an instant; what happens at that instant has not happened yet."""
        to = min(to, self._duration)
        if to > self.now:
            self.env.run(until=to)

    def apply(self, kind: str, *, actor: str = "operator", **arguments: str | int | float | bool) -> Answer:
        """Have a command carried out now, or refused with a reason; either way it is journalled."""
        self._commands += 1
        command = Command(id=self._commands, at=self.now, actor=actor, kind=kind, arguments=arguments)
        why_not = refusal(
            command, climb=self._climb, held=self._pilot.held, ramp=self._ramp, segments=self.collector.layout.segments,
        )
        facts = {"id": command.id, "actor": actor, "kind": kind, "arguments": dict(arguments)}
        if why_not:
            self._note("command", facts | {"answer": "refused", "reason": why_not})
            return Refused(command, why_not)
        self._note("command", facts | {"answer": "accepted"})
        self._carry_out(command)
        return Accepted(command, self.now)

    def snapshot(self) -> Snapshot:
        """Where the flight stands."""
        return Snapshot(
            at=self.now, phase=self._climb.phase.value, step=self._climb.step, share=self._shares(),
            held_by=self._climb.held_by,
            judgements=tuple(watch.last for watch in self._pilot.watches if watch.last is not None),
            windows=tuple(self.windows), entries=len(self.journal.entries),
        )

    def finish(self) -> Flight:
        """Fly to the end and return the flight."""
        self.advance(self._duration)
        self._touch()
        self.collector.close(self.now)
        self._read()
        self._tell(self._pilot.monitor.close(self.now))
        self.world.finish()
        truth = self.world.truth()
        outcome = {
            Phase.PROMOTED: "promoted", Phase.ROLLED_BACK: "rolled_back", Phase.ABORTED: "aborted"
        }.get(self._climb.phase, "held")
        self._note("truth", {
            "harmed": truth.harmed.sum(axis=(0, 2, 3)).tolist(), "helped": truth.helped.sum(axis=(0, 2, 3)).tolist(),
            "harmed_users": truth.harmed_users, "statuses": truth.statuses.tolist(),
            "aggregates": fingerprint(b"".join(array.tobytes() for array in (
                truth.requests, truth.harmed, truth.helped, truth.right, truth.judged, truth.work_ns, truth.room_ns
            ))),
            **self._applied(), **self._moved(),
            **self._turned_away(),
        }, truth=True)
        self._note("end", {"outcome": outcome, "held_by": self._climb.held_by if outcome == "held" else ""})
        return Flight(
            header=self._header(), journal=tuple(self.journal.entries), windows=tuple(self.windows), truth=truth,
            outcome=outcome, ended_at=self.now, digest=self.journal.head,
        )

    def _turned_away(self) -> dict[str, Any]:
        """How many users opted out or left, where the plan has them do so."""
        return {"turned_away": away} if (away := self.world.turned_away) else {}

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
        self._note("begin", {
            "title": self.plan.document.scenario.title, "seed": self.seed, "plan": self.plan.hash,
            "inputs": self._inputs, **self._approved(),
        })
        self.collector.begin(0, step=-1, share=self._shares())
        for interval in self.world.truth().intervals:
            if interval.kind == "drift":
                self._note("drift", {
                    "kind": interval.name, "from": interval.start, "until": interval.end
                }, truth=True)
        for fault in self.plan.document.faults:
            self.env.process(self._fault(fault))
        self._tell(self._pilot.monitor.tick(0))
        self.env.process(self._begin_ramp())
        self.env.process(self._ticks())

    def _approved(self) -> dict[str, Any]:
        """Approvals on file let steps begin, so the digest rests on them, where there are any."""
        rows = [{"step": step, "role": role, "by": by} for step, role, by in self._granted]
        return {"approvals": rows} if rows else {}

    # What happens, as SimPy processes.

    def _fault(self, fault: Fault) -> Happening:
        yield Instant(self.env, at=fault.at, rank=Rank.WORLD)
        self._touch()
        self.world.impose(fault)
        self._fault_turned(fault, "imposed")
        if fault.until >= self._duration:
            return
        yield Instant(self.env, at=fault.until, rank=Rank.WORLD)
        self._touch()
        self.world.lift(fault)
        self._fault_turned(fault, "lifted")

    def _fault_turned(self, fault: Fault, what: str) -> None:
        for pilot in (self._pilot, *(rider.pilot for rider in self._riders)):
            pilot.monitor.hitch = self.world.hitch
        self._note("fault", {"kind": fault.kind, "model": fault.whose, "what": what}, truth=True)

    def _begin_ramp(self) -> Happening:
        start = max(self.now, self._ramp.start)
        opens = self._pilot.begins_at(start)
        if start >= self._duration:
            return
        if opens != start:
            yield Instant(self.env, at=start, rank=Rank.ACT)
            self._note("ramp", {"what": "hold", "step": -1, "because": f"the ramp {self._pilot.waits(start)}"})
        if opens is None or opens >= self._duration:
            return
        yield Instant(self.env, at=opens, rank=Rank.ACT)
        if self._climb.phase is not Phase.WAITING:
            return
        self._unapproved = bool(waits := self._pilot.unapproved(self.now))
        if waits:
            self._pilot.climb = replace(self._climb, held_by=waits)
            self._note("ramp", {"what": "hold", "step": -1, "because": waits})
        else:
            self._pilot.take_off(self.now)
            self._go_to_step("the ramp begins")
            for rider in self._riders:
                self._tell(rider.take_off(self.now, self._pilot))

    def _ticks(self) -> Happening:
        at = self._tick
        while at < self._duration:
            yield Instant(self.env, at=at, rank=Rank.OBSERVE)
            self._touch()
            self.collector.close(at)
            self._read()
            yield Instant(self.env, at=at, rank=Rank.DECIDE)
            self._tell(self._pilot.monitor.tick(at))
            action = self._decide()
            for rider in self._riders:
                word = "hold" if action is None else action.word
                self._tell(rider.tick(at, self._shares(), flown=course_of(self._pilot, action), done=word))
            yield Instant(self.env, at=at, rank=Rank.ACT)
            self.collector.begin(
                at, step=self._table.step, share=self._shares(), segments=self._table.drawn,
                first=self._table.routes[0].segments or (),
            )
            if action is not None:
                self._enact(action)
            at += self._tick

    # How the world is touched and seen.

    def _touch(self) -> None:
        if self.world.now < self.now:
            self.collector.take(self.world.advance(self.now))

    def _read(self) -> None:
        for window in self._wire.carry(self.collector.readable(self.now), self.now):
            self._note("window", {
                "index": window.index, "start": window.start, "end": window.end, "step": window.step,
                "matured": window.matured,
                "counts": fingerprint(window.counts.at.tobytes() + window.counts.count.tobytes()),
            })
            self._pilot.see(window)
            for rider in self._riders:
                rider.see(window)
            self.windows.append(replace(window, counts=window.counts.packed()))

    # How it is judged.

    def _decide(self) -> Action | None:
        if not self._pilot.climbing or self.world.stuck:
            return None
        judgements = []
        for judgement in self._pilot.judge(self.now, self._shares()):
            judgements.append(judgement)
            self._note("gate", {
                "gate": judgement.gate, "kind": judgement.kind, "verdict": judgement.verdict.value,
                "because": judgement.because, "value": judgement.value, "bound": judgement.bound, "n": judgement.n,
                "decides": judgement.decides, "step": self._climb.step,
            })
        return self._pilot.decide(tuple(judgements), at=self.now)

    # How it is acted upon.

    def _enact(self, action: Action) -> None:
        if isinstance(action, Hold):
            self._note("ramp", {"what": "hold", "step": self._climb.step, "because": action.because})
            return
        self._commands += 1
        self._note("command", {
            "id": self._commands, "actor": "policy", "kind": action.word, "arguments": {}, "answer": "accepted"
        })
        if isinstance(action, Advance):
            self._go_to_step(action.because)
        elif isinstance(action, Divert):
            self._divert(action)
        elif isinstance(action, Reallocate):
            self._apply_step("share", action.because)
        elif isinstance(action, Adjust | Reweight):
            self._mitigate(action)
        elif isinstance(action, Promote):
            self._promote(action.because)
        else:
            self._send_back(action.because, word="roll back")

    def _carry_out(self, command: Command) -> None:
        because = f"{command.actor} said so"
        if command.kind == "acknowledge":
            self._tell(self._pilot.monitor.acknowledge(self.now))
        elif command.kind == "approve":
            for pilot in (self._pilot, *(rider.pilot for rider in self._riders)):
                pilot.approve(str(command.arguments["role"]))
            if self._unapproved and not self._pilot.unapproved(self.now):
                self._unapproved = False
                self.env.process(self._begin_ramp())
        elif command.kind == "hold":
            self._pilot.held = True
            self._note("ramp", {"what": "hold", "step": self._climb.step, "because": because})
        elif command.kind == "resume":
            self._pilot.held = False
        else:
            self._move(command, because)

    def _move(self, command: Command, because: str) -> None:
        for rider in self._riders:
            self._tell(rider.leave(done=command.kind))
        if command.kind in ("divert", "readmit"):
            name = str(command.arguments["segment"])
            self._pilot.toggle(name, away=command.kind == "divert")
            self._apply_step(f"{command.kind} {name}", because)
        elif command.kind == "advance":
            self._pilot.jump(self._climb.step + 1, at=self.now)
            self._go_to_step(because)
        elif command.kind == "promote":
            self._pilot.end(Phase.PROMOTED, at=self.now)
            self._promote(because)
        else:
            self._pilot.end(Phase.ABORTED if command.kind == "abort" else Phase.ROLLED_BACK, at=self.now)
            self._send_back(because, word=command.kind)

    def _go_to_step(self, because: str, *, what: str = "step") -> None:
        self._pilot.begin_step()
        self._apply_step(what, because)

    def _apply_step(self, what: str, because: str) -> None:
        step = self._ramp.climbs[self._climb.step]
        share = step.share if self._climb.share is None else self._climb.share
        routes = self._by_segment(step) if step.shares else self._routes(share, tuple(step.segments))
        shadow = tuple(step.shadow if arm == self._arm else 0.0 for arm in range(len(self._table.shadow)))
        self._set(RoutingTable(self._table.version + 1, self._climb.step, routes, shadow), what, because)

    def _mitigate(self, action: Adjust | Reweight) -> None:
        self._touch()
        if isinstance(action, Adjust):
            self.world.set_thresholds(self._arm, dict(action.thresholds))
        else:
            self.world.set_weights(self._arm, dict(action.weights), threshold=self.plan.policy.threshold)
        self._go_to_step(action.because, what=action.word)

    def _divert(self, action: Divert) -> None:
        if set(self.collector.layout.segments) <= set(self._climb.diverted):
            self._pilot.end(Phase.ROLLED_BACK, at=self.now)
            self._send_back(action.because, word="roll back")
            return
        self._apply_step(f"divert {', '.join(action.segments)}", action.because)

    def _routes(self, share: float, segments: tuple[str, ...]) -> tuple[Route, ...]:
        """The share for those who take part: the segments named, or all, without those that were diverted."""
        gone = self._climb.diverted
        if not segments and not gone:
            return (Route(self._line(share)),)
        left = tuple(name for name in segments or self.collector.layout.segments if name not in gone)
        return (Route(self._line(share), left), Route(self._line(0.0))) if left else (Route(self._line(0.0)),)

    def _by_segment(self, step: Step) -> tuple[Route, ...]:
        """A row for each share that some segments have: those that draw first, the largest of them before all."""
        rows = dict[float, list[str]]()
        for name in self.collector.layout.segments:
            share = 0.0 if name in self._climb.diverted else self._ramp.reached(step.share_in(name))
            rows.setdefault(share, []).append(name)
        order = sorted(rows, key=lambda share: (not 0.0 < share < 1.0, -share))
        return tuple(Route(self._line(share), tuple(rows[share])) for share in order)

    def _promote(self, because: str) -> None:
        self._set(
            RoutingTable(self._table.version + 1, self._climb.step, self._routes(1.0, ()), self._unshadowed()),
            "promote", because,
        )

    def _send_back(self, because: str, *, word: str) -> None:
        self._set(
            RoutingTable(self._table.version + 1, self._climb.step, (Route(self._line(0.0)),), self._unshadowed()),
            word, because,
        )

    def _set(self, table: RoutingTable, what: str, because: str) -> None:
        self._touch()
        at_edge = self.collector.began == self.now
        if not at_edge:
            self.collector.close(self.now)
            self._read()
        self._table = table
        self.world.set_routing(table)
        self.collector.begin(
            self.now, step=table.step, share=self._shares(), segments=table.drawn,
            first=table.routes[0].segments or (),
        )
        self._note("ramp", {
            "what": what, "step": table.step, "title": self._title(table.step),
            "share": self._shares()[self._arm], "because": because, "version": table.version,
        })

    def _title(self, step: int) -> str:
        if self._climb.share is not None:
            return format_share(self._climb.share)
        return self._ramp.climbs[max(0, step)].title

    def _line(self, share: float) -> tuple[float, ...]:
        line = [0.0] * len(self._table.shadow)
        share = self._ramp.reached(share)
        line[0], line[self._arm] = 1.0 - share, share
        return tuple(line)

    def _unshadowed(self) -> tuple[float, ...]:
        return (0.0,) * len(self._table.shadow)

    def _shares(self) -> tuple[float, ...]:
        return self._table.routes[0].shares

    # What is written down.

    def _tell(self, notes: Iterable[Note]) -> None:
        for kind, facts in notes:
            self._note(kind, facts)

    def _note(self, kind: str, facts: dict[str, Any], *, truth: bool = False) -> None:
        self.journal.write(Entry(self.now, kind, facts, truth))

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
