"""The steps of a plan's runbooks, and which of them somebody did who used a lever instead."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.operate.operations.kinds import BY_NAME
from sandbox.operate.operations.operation import Operation


def steps_of(plan: Mapping[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each step with the name of its runbook and its number: those of a recipe after the others, from 1 on."""
    for name, book in (plan.get("runbook") or {}).items():
        taken = (*book.get("steps", ()), *(book.get("rollback") or {}).get("steps", ()))
        yield from ((name, number, step) for number, step in enumerate(taken, start=1))


def done_by(plan: Mapping[str, Any], kind: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The steps whose action is this very command."""
    wanted = _operation({"kind": kind, **arguments})
    for name, number, step in steps_of(plan):
        if step.get("action") and _operation(step["action"]) == wanted:
            yield name, number


def _operation(said: str | Mapping[str, Any]) -> Operation:
    table = {"kind": said} if isinstance(said, str) else said
    return BY_NAME[table["kind"]].model_validate(dict(table))
