"""Everything a world is built from, gathered from the tables that are the world's own."""

from collections.abc import Callable as Function
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import Arms
from sandbox.base.recording import FeatureColumns, Recording
from sandbox.world.drift.kinds import Drift
from sandbox.world.experience import Experience
from sandbox.world.faults.kinds import Fault
from sandbox.world.fleet import FleetTable
from sandbox.world.learning import Lesson
from sandbox.world.models.answering import Answering
from sandbox.world.population import Labels, Population, Slice, Users
from sandbox.world.services.service import Service
from sandbox.world.traffic.kinds import Traffic

Scorer = Function[[FeatureColumns], npt.NDArray[np.floating]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSpec:
    """The world's tables, its services sized, its replay read and its callables imported."""

    seed: int
    duration: int
    tick: int
    arms: Arms
    models: tuple[Answering, ...]
    services: tuple[Service, ...]
    traffic: Traffic
    population: Population
    users: Users
    segments: tuple[Slice, ...]
    groups: tuple[Slice, ...]
    labels: Labels
    drift: tuple[Drift, ...]
    faults: tuple[Fault, ...]
    feature_names: tuple[str, ...]
    slow_ns: int
    read_features: bool
    experience: Experience | None = None
    fleet: FleetTable | None = None
    lesson: Lesson | None = None
    recording: Recording | None = None
    scorers: dict[str, Scorer] = field(default_factory=dict)

    @property
    def drawn_names(self) -> tuple[str, ...]:
        """By arm, the name under which its model's chance is drawn."""
        return tuple(model.drawn_as or name for name, model in zip(self.arms.names, self.models, strict=True))

    @property
    def segment_names(self) -> tuple[str, ...]:
        """Names of the segments; one called "all" where there are none."""
        if self.recording is not None:
            return self.recording.segments or ("all",)
        return tuple(one.name for one in self.segments) or ("all",)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups; one called "all" where there are none."""
        if self.recording is not None:
            return self.recording.groups or ("all",)
        return tuple(one.name for one in self.groups) or ("all",)
