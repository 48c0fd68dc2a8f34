"""What is wrong with models: what they need of the traffic and the population, names that point nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.world.models.answering import Answering
from sandbox.world.models.llm import Llm
from sandbox.world.models.logged import Logged
from sandbox.world.models.skilled import Skilled
from sandbox.world.models.synthetic import Synthetic
from sandbox.world.traffic.kinds import Traffic
from sandbox.world.traffic.replay import Replay

_FEATURES: tuple[Path, ...] = (("traffic", "columns", "features"), ("population", "features"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a model stands in: the traffic, the best that anybody could rank, and what is called how."""

    traffic: Traffic
    best_auc: float
    segments: Sequence[str]
    groups: Sequence[str]
    features: Sequence[str]


def model_problems(at: Path, name: str, model: Answering, *, world: Surroundings) -> Iterator[Complaint]:
    """Everything that a model cannot see on its own: what the traffic brings, and names that point nowhere."""
    traffic, best = world.traffic, world.best_auc
    replayed = isinstance(traffic, Replay)
    if isinstance(model, Synthetic) and replayed:
        yield Complaint((*at, "kind"), 'a replay brings its own truth; use kind "logged", "callable" or "onnx"')
    elif isinstance(model, Skilled) and model.auc > best:
        said = f"{model.auc:g} is above population.best_auc {best:g}; lower it or raise best_auc"
        yield Complaint((*at, "auc"), said, (("population", "best_auc"),))
    if isinstance(model, Skilled):
        yield from _aged(at, model, world=world)
    if isinstance(model, Skilled) and model.against and model.against.group not in world.groups:
        said = nowhere("group", model.against.group, list(world.groups))
        yield Complaint((*at, "against", "group"), said, (("groups",),))
    if (isinstance(model, Logged) or (isinstance(model, Llm) and replayed)) and not (
        isinstance(traffic, Replay) and (model.drawn_as or name) in traffic.columns.scores
    ):
        said = f"no recorded scores for it; name their column in traffic.columns.scores.{name}"
        yield Complaint(at, said, (("traffic", "columns", "scores"),))
    if isinstance(model, Llm):
        for key in ("prompt_feature", "output_feature"):
            named = getattr(model, key)
            if named is not None and not replayed:
                yield Complaint((*at, key), "traffic is made up and has no recorded tokens; remove it")
            elif named is not None and named not in world.features:
                yield Complaint((*at, key), nowhere("feature", named, list(world.features)), _FEATURES)


def _aged(at: Path, model: Skilled, *, world: Surroundings) -> Iterator[Complaint]:
    known, best = world.segments, world.best_auc
    for name, other in model.segments.items():
        if isinstance(world.traffic, Replay):
            yield Complaint((*at, "segments", name), "not yet: behaviour by segment on replayed traffic; remove it")
        elif name not in known:
            yield Complaint((*at, "segments", name), nowhere("segment", name, known), (("segments",),))
        if other.auc is not None and other.auc > best:
            said = f"{other.auc:g} is above population.best_auc {best:g}; lower it or raise best_auc"
            yield Complaint((*at, "segments", name, "auc"), said, (("population", "best_auc"),))
        if other.slower != 1.0 and "members" in at:
            said = "not yet: a member that is slower in a segment; remove it"
            yield Complaint((*at, "segments", name, "slower"), said)
    if model.memory is None and model.age:
        yield Complaint((*at, "age"), "it never grows old unless memory is said; add memory, or remove it")
    if model.memory is not None and isinstance(world.traffic, Replay):
        yield Complaint((*at, "memory"), "not yet: age on replayed traffic; its scores were recorded")
