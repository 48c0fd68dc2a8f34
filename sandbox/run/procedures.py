"""Runbooks in flight: a step's action is handed in as a command of its own, and what it should lead to is looked for.

Whether it did is read from what was scraped, at every tick, once a window that began no earlier than the step was done
has been read: what came before cannot speak for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.base.clock import clock
from sandbox.base.command import Refused
from sandbox.base.units import format_duration, format_share
from sandbox.decide.alerts.expression import Condition
from sandbox.decide.alerts.parse import parse_expression
from sandbox.operate.operations.procedure import Perform, Send
from sandbox.operate.runbook import Runbook, RunbookStep
from sandbox.operate.standing import Standing
from sandbox.run.commands import Counter
from sandbox.run.deck import Deck

Found = Literal["verified", "not verified", "not done"]
Told = Callable[[Found], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A step that was done and is watched: by whom, since when and until when in ns, and who wants to know."""

    wanted: Perform
    actor: str
    step: RunbookStep
    condition: Condition
    since: int
    until: int
    tell: Told


class Procedures:
    """The runbooks of a flight, and the steps that are watched."""

    def __init__(self, deck: Deck, counter: Counter, runbooks: Mapping[str, Runbook]) -> None:
        self._deck, self._counter, self._runbooks = deck, counter, runbooks
        self._pending: list[Pending] = []
        self._asking: dict[tuple[str, int], Told] = {}

    def ask(self, runbook: str, step: int, tell: Told) -> None:
        """Have somebody told what came of a step, the next time it is performed."""
        self._asking[runbook, step] = tell

    def perform(self, wanted: Perform, actor: str) -> None:
        """Do a step: hand in its action, unless things stand as it would have them, then watch."""
        book = self._runbooks[wanted.runbook]
        step = book.all_steps[wanted.step - 1]
        tell = self._asking.pop((wanted.runbook, wanted.step), _nobody)

        def done(failure: str) -> None:
            if failure:
                self._found(wanted, actor, step, "not done", failure, tell)
            else:
                self._watch(wanted, actor, step, tell)

        if wanted.step == len(book.steps) + 1 and (missing := self._unmet(book)):
            done(missing)
        elif step.action is None or step.asked is None or step.action.already(self._counter.standing):
            done("")
        else:
            kind, arguments = step.asked
            answer = self._counter.apply(kind, actor=actor, arguments=arguments, origin="runbook", then=done)
            if isinstance(answer, Refused):
                done(answer.reason)

    def send(self, wanted: Send, actor: str) -> None:
        """Send a message with its facts filled in."""
        book = self._runbooks[wanted.runbook]
        message = book.messages[wanted.message - 1]
        text = message.text.format(**facts(wanted.runbook, book, self._counter.standing))
        self._counter.apply(
            "update", actor=actor, arguments={"audience": message.audience, "text": text}, origin="runbook"
        )

    def look(self) -> None:
        """A tick has been scraped: what holds now, and what is overdue?"""
        if not self._pending:
            return
        now, scene = self._deck.now, self._deck.pilot.monitor.scene(self._deck.now)
        read = max((one.start for one in self._deck.windows if not one.matured and one.end > one.start), default=-1)
        for one in tuple(self._pending):
            result = one.condition.result(scene) if read >= one.since else {}
            if not result and now < one.until and not (one.step.decides and read >= one.since):
                continue
            self._pending.remove(one)
            if result:
                because = one.condition.explain(scene, next(iter(result)))
                self._found(one.wanted, one.actor, one.step, "verified", because, one.tell)
            else:
                because = self._denied(one, asked=read >= one.since)
                self._found(one.wanted, one.actor, one.step, "not verified", because, one.tell)

    def _denied(self, one: Pending, *, asked: bool) -> str:
        if not asked:
            return f"nothing was seen within {format_duration(one.step.within)}"
        if one.step.decides:
            return f"not {one.step.verify}"
        return f"not {one.step.verify} within {format_duration(one.step.within)}"

    def _unmet(self, book: Runbook) -> str:
        scene = self._deck.pilot.monitor.scene(self._deck.now)
        said = (one for one in book.rollback.requires if not parse_expression(one).condition.result(scene))
        return next((f"the recipe requires {one}" for one in said), "")

    def _watch(self, wanted: Perform, actor: str, step: RunbookStep, tell: Told) -> None:
        if not step.verify:
            tell("verified")
            return
        now = self._deck.now
        since = 0 if step.decides else now
        self._pending.append(Pending(
            wanted=wanted, actor=actor, step=step, condition=parse_expression(step.verify).condition, since=since,
            until=now + step.within, tell=tell,
        ))

    def _found(self, wanted: Perform, actor: str, step: RunbookStep, what: Found, because: str, tell: Told) -> None:
        self._deck.note("verify", {
            "runbook": wanted.runbook, "step": wanted.step, "title": step.title, "actor": actor, "what": what,
            "because": because,
        })
        tell(what)


def _nobody(found: Found) -> None:
    """Nobody asked."""


def facts(name: str, book: Runbook, standing: Standing) -> dict[str, str]:
    """What a message may have filled in, as things stand."""
    return {
        "alert": ", ".join(book.alerts), "candidate": standing.candidate, "diagnosis": book.diagnosis,
        "impact": book.impact, "incumbent": standing.models[0], "now": clock(standing.at),
        "phase": standing.phase.replace("_", " "), "runbook": name, "severity": str(standing.incident or book.severity),
        "share": format_share(standing.share), "step": str(standing.step + 1), "symptoms": book.symptoms,
        "title": standing.title,
    }
