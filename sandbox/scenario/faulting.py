"""What is wrong with faults that only the whole file can tell: names that point nowhere, and nothing to strike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.world.faults.kinds import Fault
from sandbox.world.services.service import Service

_MODELS: Path = ("models",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What the rest of the file has to be struck: segments are None where only a recording knows them, `told` is
    whether anybody is told of alerts, `shadows` whether a step shadows.
    """

    models: Sequence[str]
    segments: Sequence[str] | None
    alerts: Sequence[str]
    services: Mapping[str, Service]
    told: bool
    shadows: bool


def fault_problems(at: Path, fault: Fault, *, struck: Struck) -> Iterator[Complaint]:
    """Everything that no fault can see on its own."""
    models = list(struck.models)
    if fault.whose and fault.whose not in (*models, "all"):
        yield Complaint((*at, "model"), nowhere("model", fault.whose, [*models, "all"]), (_MODELS,))
    for key in ("artifact", "version"):
        if getattr(fault, key, models[0]) not in models:
            yield Complaint((*at, key), nowhere("model", getattr(fault, key), models), (_MODELS,))
    for position, name in enumerate(getattr(fault, "arms", [])):
        if name not in models:
            yield Complaint((*at, "arms", position), nowhere("model", name, models), (_MODELS,))
    known = struck.segments
    for position, name in enumerate(getattr(fault, "segments", [])):
        if known is not None and name not in known:
            yield Complaint((*at, "segments", position), nowhere("segment", name, list(known)), (("segments",),))
    names = list(struck.alerts)
    for position, name in enumerate(getattr(fault, "alerts", [])):
        if name not in names:
            yield Complaint((*at, "alerts", position), nowhere("alert", name, names), (("alerts",), ("slos",)))
    if said := _lacks(fault, struck):
        yield Complaint((*at, "kind"), said)


def _lacks(fault: Fault, struck: Struck) -> str:
    """Why a fault could do nothing in this plan; empty where it can."""
    if fault.needs == "notify" and not struck.told:
        return f"nobody is told of alerts here, so {fault.kind} can do nothing; add [notify]"
    if fault.needs == "alerts" and not struck.alerts:
        return f"there is no alert here, so {fault.kind} can do nothing; add [[alerts]]"
    if fault.needs == "shadow" and not struck.shadows:
        return f"no step shadows anybody, so {fault.kind} can do nothing; add a step \"shadow\""
    grows = any(fault.strikes(name) and one.grows for name, one in struck.services.items())
    if fault.needs == "follow_share" and not grows:
        said = "set follow_share or autoscale in [services.NAME]"
        return f"no pool follows its share or its load, so {fault.kind} can do nothing; {said}"
    return ""
