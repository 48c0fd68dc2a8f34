"""The page that lists the bundled scenarios: what each teaches, what it flies, and which kinds none of them does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.cli.kinds import specs
from sandbox.cli.scenarios import bundled, lesson, load

if TYPE_CHECKING:
    from sandbox.scenario.document import Document
    from sandbox.scenario.plan import Plan

FAMILIES = ("traffic", "model", "drift", "fault", "service", "gate", "ramp", "alert")
"""What a page of scenarios can fly; what people do (operations, on-call) is not the scenario's own."""

SIZES = ("replicas", "least", "concurrency", "queue", "timeout", "cold_start", "memory")
"""Keys of a service that say how large or slow it is; the others say what it does."""


def page() -> str:
    """The page in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    plans = [load(path) for path in bundled()]
    yield from ("# Bundled scenarios", "")
    yield from ("Written by `make docs`. `greenroom run NAME` flies one, `greenroom show NAME` prints its plan.", "")
    yield from ("| scenario | its lesson | difficulty | ends | flies |", "|---|---|---|---|---|")
    for plan in plans:
        story = plan.document.scenario
        learned = lesson(plan.text) or story.story
        uses = ", ".join(kind for family in FAMILIES for kind in _used(plan, family))
        yield f"| {plan.name} | {learned[:1].upper()}{learned[1:]} | {story.difficulty} | {_ends(plan)} | {uses} |"
    yield ""
    unused = {family: unflown(family, plans) for family in FAMILIES}
    if any(unused.values()):
        yield from ("Kinds that no bundled scenario flies:", "")
        yield from (f"- {family}: {', '.join(names)}" for family, names in unused.items() if names)


def _ends(plan: "Plan") -> str:
    outcome = plan.document.expect.outcome
    return "" if outcome is None else str(outcome).replace("_", " ")


def unflown(family: str, plans: "list[Plan]") -> list[str]:
    """The kinds of a family, or the options of services, that none of the plans flies."""
    flown = {kind for plan in plans for kind in _used(plan, family)}
    return [kind for kind in (_options() if family == "service" else specs(family)) if kind not in flown]


def _options() -> list[str]:
    from sandbox.world.services.service import Service

    return [key for key in Service.model_fields if key not in SIZES]


def _used(plan: "Plan", family: str) -> list[str]:
    """The kinds of a family in a plan and in the policies that ride along, each once, in the order of the file."""
    document = plan.document
    policies = [document, *(document.flown_by(one) for one in document.policies)]
    found: dict[str, list[str]] = {
        "traffic": [document.traffic.kind],
        "model": [one.kind for model in document.models.values() for one in (model, *_members(model))],
        "drift": [one.kind for one in document.drift], "fault": [one.kind for one in document.faults],
        "service": _asked_of_services(document),
        "gate": [gate.kind for one in policies for gate in one.gates], "ramp": [one.ramp.kind for one in policies],
        "alert": [alert.kind for one in policies for alert in one.alerts],
    }
    return list(dict.fromkeys(found[family]))


def _asked_of_services(document: "Document") -> list[str]:
    return [key for one in document.services.values() for key in _options() if getattr(one, key)]


def _members(model: object) -> "list[Any]":
    return list(getattr(model, "members", []))


if __name__ == "__main__":
    print(page())
