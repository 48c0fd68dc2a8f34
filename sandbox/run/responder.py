"""Whoever is on call, in flight: hears pages, and gives commands as anybody does, at instants SimPy keeps.

They see what notifications say and what telemetry verifies, and nothing else. Roles that somebody calls by hand answer
as the plan says, with the same eyes: who is paged looks at what fires, who is escalated to takes over.
"""

from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

import simpy

from sandbox.base.command import Accepted, Answer
from sandbox.base.journal import Entry
from sandbox.operate.oncall.kinds import OnCall
from sandbox.operate.oncall.person import Person, Reaction
from sandbox.operate.oncall.plain import Human
from sandbox.operate.oncall.simulated import Simulated
from sandbox.operate.runbook import Escalation, Message, Runbook
from sandbox.run.commands import Counter, Origin
from sandbox.run.deck import Deck
from sandbox.run.instant import Instant, Rank
from sandbox.run.procedures import Found, Procedures
from sandbox.scenario.script import Argument, Script

Happening = Generator[simpy.Event, Any, None]
Team = Human | Simulated
"""An on-call with roles that may be called."""


CALLS = ("page", "escalate")
"""Commands that call a role."""


class Responder:
    """The on-call of a plan; `pages` are the alerts that wake somebody."""

    def __init__(
        self, deck: Deck, counter: Counter, procedures: Procedures, *, oncall: OnCall, runbooks: Mapping[str, Runbook],
        pages: frozenset[str], seed: int,
    ) -> None:
        self._deck, self._counter, self._procedures = deck, counter, procedures
        self._oncall, self._runbooks, self._pages, self._seed = oncall, runbooks, pages, seed
        self._heard: dict[str, int] = {}
        self._did: dict[str, int] = {}
        self._firing: dict[str, None] = {}
        self._calls: dict[int, str] = {}
        self._busy = False

    def begin(self, script: Script) -> None:
        """The flight begins."""
        if script:
            self._deck.env.process(self._recite(script))
        if isinstance(self._oncall, Simulated):
            self._deck.listeners.append(partial(self._hear, self._oncall))
        if isinstance(self._oncall, Human | Simulated):
            self._deck.listeners.append(partial(self._overhear, self._oncall))

    def _recite(self, script: Script) -> Happening:
        for line in script:
            yield Instant(self._deck.env, at=line.at, rank=Rank.ACT)
            self._counter.apply(line.kind, actor=line.actor, arguments=line.arguments, origin="plan")

    # Pages.

    def _hear(self, oncall: Simulated, entry: Entry) -> None:
        if entry.kind != "notify" or not (alerts := self._paging(entry.facts["firing"])):
            return
        role = str(entry.facts["to"])
        person = oncall.who(role)
        reaction = self._reaction(person, role)
        if not person.sleeps(role, seed=self._seed):
            at = max(self._deck.now, int(entry.facts["sent_at"]) + reaction.acknowledges)
            self._deck.env.process(self._react(oncall, role, reaction, alerts, at))

    def _reaction(self, person: Person, role: str) -> Reaction:
        """How they react to this page, whether they sleep or not: the next one is another."""
        number = self._heard.get(role, 0)
        self._heard[role] = number + 1
        return person.reaction(role, seed=self._seed, page=number)

    def _paging(self, firing: list[str]) -> tuple[str, ...]:
        """The alerts among those that fire that wake somebody, without the arm they are about."""
        names = (title if title in self._pages else title.rpartition(" (")[0] for title in firing)
        return tuple(dict.fromkeys(name for name in names if name in self._pages))

    def _react(
        self, oncall: Simulated, role: str, reaction: Reaction, alerts: tuple[str, ...], at: int
    ) -> Happening:
        yield Instant(self._deck.env, at=at, rank=Rank.ACT)
        self._do(role, "acknowledge")
        if self._busy:
            return
        self._busy = True
        name, book = self._choose(alerts, reaction)
        self._do(role, "declare", severity=2 if book is None else book.severity, title=", ".join(alerts))
        if book is not None:
            self._send(role, name, book, "declared")
        began = self._deck.now
        yield Instant(self._deck.env, at=began + reaction.decides, rank=Rank.ACT)
        if book is None:
            self._do(role, "diagnose", cause="none")
            self._do(role, "close", reason="nothing to be done about it")
        else:
            if book.diagnosis:
                self._do(role, "diagnose", cause=book.diagnosis)
            yield from self._follow(oncall, role, name, book, number=1, began=began)
        self._busy = False

    def _choose(self, alerts: tuple[str, ...], reaction: Reaction) -> tuple[str, Runbook | None]:
        """The runbook that an alert is linked to, or another one where it is taken for something else."""
        linked = [name for name, book in self._runbooks.items() if set(book.alerts) & set(alerts)]
        others = [name for name in self._runbooks if name not in linked]
        chosen = linked[:1]
        if reaction.misdiagnoses:
            chosen = [others[int(reaction.mistake * len(others))]] if others else []
        return (chosen[0], self._runbooks[chosen[0]]) if chosen else ("", None)

    # Calls.

    def _overhear(self, oncall: Team, entry: Entry) -> None:
        """What fires as far as anybody was told, and who is called by hand or by a step of a runbook."""
        facts = entry.facts
        if entry.kind == "notify":
            gone = dict.fromkeys(self._paging(facts["resolved"]))
            heard = self._firing | dict.fromkeys(self._paging(facts["firing"]))
            self._firing = {name: None for name in heard if name not in gone}
        elif entry.kind == "command" and facts["kind"] in CALLS and facts.get("origin", "") in ("", "runbook"):
            self._calls[facts["id"]] = str(facts["arguments"].get("role", ""))
        elif entry.kind == "effect" and facts["id"] in self._calls and facts["what"] == "effective":
            role = self._calls.pop(facts["id"])
            person = oncall.who(role)
            if person is not None:
                reaction = self._reaction(person, role)
                if not person.sleeps(role, seed=self._seed):
                    self._deck.env.process(self._answer(oncall, role, reaction, takes_over=facts["kind"] == "escalate"))

    def _answer(self, oncall: Team, role: str, reaction: Reaction, *, takes_over: bool) -> Happening:
        """Whoever was called is there, decides, and does what the runbook of what fires says, or its recipe at once."""
        yield Instant(self._deck.env, at=self._deck.now + reaction.acknowledges, rank=Rank.ACT)
        if not self._do_if_granted(role, "acknowledge"):
            self._do(role, "note", text=f"{role} is here")
        if self._busy:
            return
        self._busy = True
        began = self._deck.now
        yield Instant(self._deck.env, at=began + reaction.decides, rank=Rank.ACT)
        alerts = tuple(self._firing)
        name, book = self._choose(alerts, reaction) if alerts else ("", None)
        if book is None:
            why = f"no runbook is about {', '.join(alerts)}" if alerts else "nothing fires"
            self._do(role, "note", text=f"{why}: left as it is")
        else:
            path = [one.role for one in book.escalation]
            recipe = takes_over and bool(book.rollback.steps)
            yield from self._follow(
                oncall, role, name, book, number=len(book.steps) + 1 if recipe else 1, began=began,
                handed=path.index(role) + 1 if role in path else 0,
            )
        self._busy = False

    # Runbooks.

    def _follow(
        self, oncall: Team, role: str, name: str, book: Runbook, *, number: int, began: int, handed: int = 0
    ) -> Happening:
        """Step by step, until it is done or somebody else has to go on."""
        at: Any = number
        while isinstance(at, int):
            step = book.all_steps[at - 1]
            yield from self._pause(oncall, role)
            found = self._deck.env.event()
            self._procedures.ask(name, at, partial(_tell, found))
            if not isinstance(self._do(role, "perform", runbook=name, step=at), Accepted):
                break
            what: Found = yield found
            at = book.after(at, step.then if what == "verified" else step.otherwise)
        if at == "done":
            self._send(role, name, book, "mitigated")
            self._do_if_granted(role, "close", reason=f"{name} is done")
            self._send(role, name, book, "closed")
            return
        yield from self._hand_up(oncall, role, name, book, began=began, handed=handed)

    def _pause(self, oncall: Team, role: str) -> Happening:
        person = oncall.who(role) or Person()
        number = self._did.get(role, 0)
        self._did[role] = number + 1
        waits = person.pause(role, seed=self._seed, step=number)
        yield Instant(self._deck.env, at=self._deck.now + waits, rank=Rank.ACT)

    def _hand_up(
        self, oncall: Team, role: str, name: str, book: Runbook, *, began: int, handed: int, unanswered: bool = False
    ) -> Happening:
        """Somebody further up the path is called, at once unless the one before may still answer; once there, they
        follow the rollback recipe.
        """
        if handed >= len(book.escalation):
            self._do(role, "note", text="there is nobody left to call")
            return
        further: Escalation = book.escalation[handed]
        if unanswered:
            yield Instant(self._deck.env, at=max(self._deck.now, began + further.after), rank=Rank.ACT)
        self._do(role, "escalate", role=further.role, reason=f"{name} did not help")
        self._send(role, name, book, "escalated")
        person = oncall.who(further.role)
        if person is None or person.sleeps(further.role, seed=self._seed):
            yield from self._hand_up(oncall, role, name, book, began=began, handed=handed + 1, unanswered=True)
            return
        reaction = self._reaction(person, further.role)
        yield Instant(
            self._deck.env, at=self._deck.now + reaction.acknowledges + reaction.decides, rank=Rank.ACT
        )
        self._do(further.role, "acknowledge")
        if book.rollback.steps:
            first = len(book.steps) + 1
            yield from self._follow(
                oncall, further.role, name, book, number=first, began=began, handed=handed + 1
            )
        elif not self._counter.refusal("roll back", {}):
            self._do(further.role, "roll back")

    def _send(self, role: str, name: str, book: Runbook, when: str) -> None:
        for number, message in enumerate(book.messages, start=1):
            if _is_for(message, when):
                self._do(role, "send", runbook=name, message=number)

    def _do(self, actor: str, kind: str, **arguments: Argument) -> Answer:
        origin: Origin = "called" if isinstance(self._oncall, Human) else "plan"
        return self._counter.apply(kind, actor=actor, arguments=arguments, origin=origin)

    def _do_if_granted(self, actor: str, kind: str, **arguments: Argument) -> bool:
        if self._counter.refusal(kind, arguments):
            return False
        self._do(actor, kind, **arguments)
        return True


def _is_for(message: Message, when: str) -> bool:
    return message.when == when


def _tell(event: simpy.Event, found: Found) -> None:
    event.succeed(found)
