"""The names that operators may use: roles, audiences, runbooks, and what a diagnosis may say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.decide.notify.table import NotifyTable, Route
from sandbox.scenario.plan import Plan
from sandbox.world.drift.kinds import KINDS as DRIFTS
from sandbox.world.faults.kinds import KINDS as FAULTS

CLASSES: tuple[str, ...] = (
    "worse-model", *(str(kind.model_fields["kind"].default) for kind in (*FAULTS, *DRIFTS)),
)
"""A candidate that is just worse, and every fault and drift; "none" is among them, for where nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What there is by name."""

    roles: tuple[str, ...]
    audiences: tuple[str, ...]
    runbooks: Mapping[str, tuple[str, ...]]
    classes: tuple[str, ...] = CLASSES

    @classmethod
    def of(cls, plan: Plan) -> "Roster":
        """The names in a plan."""
        roles = [one.role for one in plan.document.ramp.approvals]
        if plan.document.notify is not None:
            roles += _told(plan.document.notify)
        return cls(roles=tuple(dict.fromkeys(roles)), audiences=(), runbooks={})


def _told(table: NotifyTable) -> Iterator[str]:
    yield table.to
    yield from _along(table.routes)


def _along(routes: list[Route]) -> Iterator[str]:
    for route in routes:
        yield from (name for name in (route.to, route.escalate_to) if name)
        yield from _along(route.routes)
