"""The counter at which commands are handed in: granted or refused, then effective or failed, each journalled.

Whoever hands one in is answered at once; what it asks for comes about then, or once its time has passed, in a SimPy
process of its own. Its precondition is asked again at that moment: the ramp may have moved meanwhile.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import simpy

from sandbox.base.command import Accepted, Answer, Command, Refused
from sandbox.operate.doing import Doing, attempt
from sandbox.operate.operations.operation import Operation
from sandbox.operate.standing import Standing
from sandbox.run.deck import Deck
from sandbox.run.hands import Hands
from sandbox.run.helm import Helm
from sandbox.run.instant import Instant, Rank
from sandbox.run.roster import Roster
from sandbox.run.view import standing
from sandbox.scenario.script import POLICY, Argument, operation

Origin = Literal["", "plan", "runbook", "called"]
"""Where a command comes from: whoever acts upon the flight, its own plan's on-call, a step of a runbook, or a role that
was called."""
Then = Callable[[str], None]


def nobody(failure: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Task:
    """A command that was accepted, the operation it asks for, and who wants to know whether it failed, and why."""

    command: Command
    operation: Operation
    then: Then

    @property
    def said(self) -> tuple[str, Mapping[str, Any]]:
        """Its kind and its arguments."""
        return self.command.kind, self.command.arguments


class Counter:
    """Takes commands and sees them through."""

    def __init__(
        self, deck: Deck, helm: Helm, hands: Hands, *, roster: Roster, operations: Mapping[str, Doing], seed: int
    ) -> None:
        self._deck, self._helm, self._hands, self._roster = deck, helm, hands, roster
        self._operations, self._seed = operations, seed
        self._given = 0
        self._attempts: dict[str, int] = {}
        self._under_way: list[Task] = []

    def next_id(self) -> int:
        """The number of the next command, whoever gives it."""
        self._given += 1
        return self._given

    @property
    def standing(self) -> Standing:
        """How things stand as an operator can know it."""
        under_way = tuple(task.said for task in self._under_way)
        return standing(self._deck, self._helm, self._roster, incident=self._hands.incident, under_way=under_way)

    def refusal(self, kind: str, arguments: Mapping[str, Argument]) -> str:
        """Why a command would be refused now; empty where it would be accepted."""
        wanted = operation(kind, arguments)
        return wanted if isinstance(wanted, str) else self._refusal(wanted)

    def apply(
        self, kind: str, *, actor: str, arguments: Mapping[str, Argument], origin: Origin = "", then: Then = nobody
    ) -> Answer:
        """Have a command carried out, or refused with a reason; `then` is told of its end, if it was accepted."""
        if actor == POLICY:
            raise ValueError(f'"{POLICY}" is the policy\'s own name; say who gives the command')
        deck = self._deck
        command = Command(id=self.next_id(), at=deck.now, actor=actor, kind=kind, arguments=dict(arguments))
        facts = {"id": command.id, "actor": actor, "kind": kind, "arguments": dict(arguments)}
        facts |= {"origin": origin} if origin else {}
        wanted = operation(kind, arguments)
        why_not = wanted if isinstance(wanted, str) else self._refusal(wanted)
        if isinstance(wanted, str) or why_not:
            deck.note("command", facts | {"answer": "refused", "reason": why_not})
            return Refused(command, why_not)
        deck.note("command", facts | {"answer": "accepted"})
        return Accepted(command, self._begin(Task(command, wanted, then)))

    def _refusal(self, wanted: Operation) -> str:
        if any(task.operation == wanted for task in self._under_way):
            return f"{wanted.kind} is under way already"
        return wanted.refusal(self.standing)

    def _begin(self, task: Task) -> int:
        """Start on a task; when it will have come to its end."""
        kind = task.command.kind
        number = self._attempts.get(kind, 0)
        self._attempts[kind] = number + 1
        doing = self._operations.get(kind)
        if doing is None:
            self._end(task, "")
            return self._deck.now
        luck = attempt(doing, kind, seed=self._seed, number=number)
        failure = "" if luck.works else doing.says
        if luck.takes:
            self._under_way.append(task)
            self._deck.env.process(self._later(task, luck.takes, failure))
        else:
            self._end(task, failure)
        return self._deck.now + luck.takes

    def _later(self, task: Task, takes: int, failure: str) -> Generator[simpy.Event, Any, None]:
        yield Instant(self._deck.env, at=self._deck.now + takes, rank=Rank.ACT)
        self._under_way.remove(task)
        self._end(task, failure or task.operation.refusal(self.standing))

    def _end(self, task: Task, failure: str) -> None:
        command = task.command
        facts = {"id": command.id, "actor": command.actor, "kind": command.kind}
        self._deck.note("effect", facts | {"what": "failed" if failure else "effective", "because": failure})
        if not failure:
            self._hands.carry_out(task.operation, actor=command.actor)
        task.then(failure)
