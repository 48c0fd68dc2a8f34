"""What is wrong with drifts: names that point nowhere, instants that never come, what a recording cannot do."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.base.units import format_duration
from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.world.drift.category import Category
from sandbox.world.drift.feedback import Feedback
from sandbox.world.drift.kinds import Drift
from sandbox.world.drift.prior import Prior
from sandbox.world.drift.rescaled_scores import RescaledScores
from sandbox.world.drift.spoil import Spoil
from sandbox.world.models.kinds import Model
from sandbox.world.models.logged import Logged
from sandbox.world.traffic.kinds import Traffic
from sandbox.world.traffic.replay import Replay

_DURATION: Path = ("scenario", "duration")
_FEATURES: tuple[Path, ...] = (("traffic", "columns", "features"), ("population", "features"))
_ONE_OUTCOME = (
    "a recorded request has one outcome, and nobody knows what it had been with other features or another truth; "
    'replay a stretch that drifted, or say kind = "prior", which lets some stay away, or break a feature as "unit" does'
)
_CANNOT = {
    **dict.fromkeys(("covariate", "scale", "correlation", "concept"), _ONE_OUTCOME),
    "feedback": "who was recorded had not been told what is told here; replay a stretch in which people reacted",
    "stale": "a recording does not say what the store held before; replay what it served, or say kind = \"late\"",
}
"""Why recorded traffic cannot drift so."""


def drift_problems(
    drifts: Sequence[Drift], *, traffic: Traffic, models: Mapping[str, Model], segments: Sequence[str],
    features: Sequence[str], duration: int,
) -> Iterator[Complaint]:
    """Everything that no drift can see on its own; the segments of a recording are known once it is read."""
    beat = 0
    for index, drift in enumerate(drifts):
        at: Path = ("drift", index)
        if isinstance(traffic, Replay):
            yield from _replayed(at, drift, traffic=traffic, models=models)
        if isinstance(drift, Spoil | RescaledScores) and drift.model not in ("all", *models):
            yield Complaint((*at, "model"), nowhere("model", drift.model, ["all", *models]))
        for position, segment in enumerate(drift.segments):
            if segment not in segments and not isinstance(traffic, Replay):
                yield Complaint((*at, "segments", position), nowhere("segment", segment, list(segments)))
        if isinstance(drift, Feedback) and drift.every != (beat := beat or drift.every):
            said = f"another loop reacts every {format_duration(beat)}; say the same here"
            yield Complaint((*at, "every"), said, (("drift",),))
        if drift.at >= duration:
            yield Complaint((*at, "at"), "it would set in after the flight has ended", (_DURATION,))
        for position, feature in enumerate(getattr(drift, "features", [])):
            if feature not in features:
                yield Complaint((*at, "features", position), nowhere("feature", feature, list(features)), _FEATURES)


def _replayed(at: Path, drift: Drift, *, traffic: Replay, models: Mapping[str, Model]) -> Iterator[Complaint]:
    if drift.kind in _CANNOT:
        yield Complaint((*at, "kind"), _CANNOT[drift.kind])
    if isinstance(drift, Prior) and traffic.columns.label is None:
        said = "no column says what was true; name it in traffic.columns.label"
        yield Complaint((*at, "kind"), said, (("traffic", "columns"),))
    if isinstance(drift, Category) and "shift" in drift.model_fields_set:
        yield Complaint((*at, "shift"), "a replay brings its own people; remove it")
    logged = [name for name, model in models.items() if isinstance(model, Logged)]
    if isinstance(drift, Spoil) and any(drift.reaches(name) for name in logged):
        said = "a logged model has answered already, with what it read then; name a callable one"
        yield Complaint((*at, "model"), said)
