"""The names that operators may use: roles, audiences, runbooks, and what a diagnosis may say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.decide.notify.table import NotifyTable, Route
from sandbox.operate.oncall.plain import Human
from sandbox.operate.oncall.simulated import Simulated
from sandbox.scenario.classes import CLASSES
from sandbox.scenario.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What there is by name; `title` is the story's."""

    title: str
    roles: tuple[str, ...]
    audiences: tuple[str, ...]
    runbooks: Mapping[str, tuple[str, ...]]
    messages: Mapping[str, int]
    halts: tuple[str, ...]
    classes: tuple[str, ...] = CLASSES

    @classmethod
    def of(cls, plan: Plan) -> "Roster":
        """The names in a plan."""
        document, books = plan.document, plan.document.runbook
        roles = [one.role for one in document.ramp.approvals]
        if document.notify is not None:
            roles += _told(document.notify)
        roles += [one.role for book in books.values() for one in book.escalation]
        roles += document.oncall.others if isinstance(document.oncall, Human | Simulated) else ()
        audiences = [one.audience for book in books.values() for one in book.messages]
        return cls(
            title=document.scenario.title,
            roles=tuple(dict.fromkeys(roles)), audiences=tuple(dict.fromkeys(audiences)),
            runbooks={name: tuple(step.title for step in book.all_steps) for name, book in books.items()},
            halts=tuple(one.name for one in document.plan.halts),
            messages={name: len(book.messages) for name, book in books.items()},
        )


def _told(table: NotifyTable) -> Iterator[str]:
    yield table.to
    yield from _along(table.routes)


def _along(routes: list[Route]) -> Iterator[str]:
    for route in routes:
        yield from (name for name in (route.to, route.escalate_to) if name)
        yield from _along(route.routes)
