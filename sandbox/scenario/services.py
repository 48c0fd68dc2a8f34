"""What is wrong with services: fallbacks to nobody or in circles, segments that nobody is in, sizes that follow two."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.world.services.service import DEFAULT_ANSWER, Service

_MODELS: Path = ("models",)


def service_problems(
    services: Mapping[str, Service], *, models: Sequence[str], segments: Sequence[str] | None
) -> Iterator[Complaint]:
    """Everything that no service can see on its own; segments are None where only a recording knows them."""
    for name, service in services.items():
        at: Path = ("services", name)
        if name not in models:
            yield Complaint(at, nowhere("model", name, list(models)), (_MODELS,))
            continue
        if service.fallback is not None and (said := _misfit(name, services, models)):
            yield Complaint((*at, "fallback"), said, (_MODELS,))
        if service.autoscale is not None and service.follow_share:
            yield Complaint((*at, "autoscale"), "a pool follows its share or its load; remove one of the two")
        for position, segment in enumerate(service.first if segments is not None else ()):
            if segment not in (segments or ()):
                yield Complaint((*at, "first", position), nowhere("segment", segment, list(segments or ())))


def _misfit(name: str, services: Mapping[str, Service], models: Sequence[str]) -> str:
    """Why a service cannot fall back as it says; empty where it can."""
    named = services[name].fallback
    assert named is not None
    if named == DEFAULT_ANSWER:
        return ""
    if named not in models:
        return nowhere("model", named, [*models, DEFAULT_ANSWER])
    if name == "incumbent":
        return f'before a rollout there is nobody else to ask; say "{DEFAULT_ANSWER}" or remove it'
    asked = [name]
    while named is not None and named != DEFAULT_ANSWER:
        if named in asked:
            return f"it goes round in circles: {' → '.join([*asked, named])}; let one of them end it"
        asked.append(named)
        named = services[named].fallback if named in services else None
    return ""
