"""The whole scenario file: every table where it stands, each owned by the room that reads it."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.decide.gates.forecast import Forecast as ForecastGate
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import Judging
from sandbox.decide.ramp.plan import Ramp
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.observe.telemetry import TelemetryTable
from sandbox.scenario.complaint import Complaint
from sandbox.scenario.locate import Path
from sandbox.scenario.tables.expect import Expect
from sandbox.scenario.tables.plan import Forecast, PlanTable
from sandbox.scenario.tables.record import RecordTable
from sandbox.scenario.tables.story import Story
from sandbox.world.drift.kinds import Drift
from sandbox.world.faults.kinds import Fault
from sandbox.world.models.kinds import Model
from sandbox.world.models.logged import Logged
from sandbox.world.models.synthetic import Synthetic
from sandbox.world.population import Labels, Population, Slice, Users
from sandbox.world.services.service import Service
from sandbox.world.traffic.kinds import Traffic
from sandbox.world.traffic.replay import Replay
from sandbox.world.traffic.steady import Steady

FORMAT = 1
"""The version of the file format that this greenroom reads and writes."""

_MODELS: Path = ("models",)
_DURATION: Path = ("scenario", "duration")
_FEATURES: tuple[Path, ...] = (("traffic", "columns", "features"), ("population", "features"))


class Document(Spec):
    """A scenario file, format 1."""

    format: Literal[1] = 1
    """Version of the file format."""
    scenario: Story
    """The story and the clock."""
    plan: PlanTable = PlanTable()
    """The experiment, stated beforehand."""
    traffic: Traffic = Steady()
    """Where requests come from."""
    population: Population = Population()
    """What is true of the requests of synthetic traffic."""
    users: Users = Users()
    """Who asks."""
    segments: list[Slice] = []
    """Slices of the users that routing and metrics may name."""
    groups: list[Slice] = []
    """Protected groups of users that fairness is judged by."""
    models: dict[str, Model] = Field(min_length=2)
    """The model called "incumbent", and one or more candidates."""
    services: dict[str, Service] = {}
    """The pool of replicas behind each model."""
    drift: list[Drift] = []
    """What bends the population."""
    faults: list[Fault] = []
    """What breaks."""
    labels: Labels = Labels()
    """When the truth becomes known."""
    telemetry: TelemetryTable = TelemetryTable()
    """What gets through to those who decide."""
    ramp: Ramp = Ramp()
    """How exposure grows."""
    gates: list[Gate] = []
    """What must hold for it to grow."""
    judgement: Judging = Judging()
    """What holds for all gates together."""
    record: RecordTable = RecordTable()
    """What is kept."""
    expect: Expect = Expect()
    """What must come out."""

    @property
    def arms(self) -> tuple[str, ...]:
        """The models' names, incumbent first."""
        return ("incumbent", *(name for name in self.models if name != "incumbent"))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What models may read."""
        if isinstance(self.traffic, Replay):
            return tuple(self.traffic.columns.features)
        return tuple(f"f{number}" for number in range(1, self.population.features + 1))

    def promised(self, gate: ForecastGate) -> Forecast | None:
        """What the plan promises for the metric of a gate that does not say so itself."""
        if gate.low is not None or gate.high is not None:
            return None
        return next((one for one in self.plan.forecast if one.metric == gate.metric), None)

    def problems(self) -> Iterator[Complaint]:
        """What no table can see on its own: names that point nowhere, models that do not fit the traffic."""
        yield from self._models()
        yield from self._names()
        yield from self._slices()
        yield from self._drifts()
        yield from self._gates()

    def _models(self) -> Iterator[Complaint]:
        if "incumbent" not in self.models:
            yield Complaint(_MODELS, 'no model is called "incumbent"; name the one in service so')
        replayed = isinstance(self.traffic, Replay)
        for name, model in self.models.items():
            at: Path = ("models", name)
            if isinstance(model, Synthetic) and replayed:
                yield Complaint((*at, "kind"), 'a replay brings its own truth; use kind "logged" or "callable"')
            elif isinstance(model, Synthetic) and model.auc > self.population.best_auc:
                best = self.population.best_auc
                said = f"{model.auc:g} is above population.best_auc {best:g}; lower it or raise best_auc"
                yield Complaint((*at, "auc"), said, (("population", "best_auc"),))
            if isinstance(model, Synthetic) and model.against and not self._has(self.groups, model.against.group):
                said = _nowhere("group", model.against.group, [g.name for g in self.groups])
                yield Complaint((*at, "against", "group"), said, (("groups",),))
            if isinstance(model, Logged) and not (
                isinstance(self.traffic, Replay) and name in self.traffic.columns.scores
            ):
                said = f"no recorded scores for it; name their column in traffic.columns.scores.{name}"
                yield Complaint(at, said, (("traffic", "columns", "scores"),))

    @staticmethod
    def _has(slices: list[Slice], name: str) -> bool:
        return any(one.name == name for one in slices)

    def _names(self) -> Iterator[Complaint]:
        models = list(self.models)
        candidates = [name for name in models if name != "incumbent"]
        for name in self.services:
            if name not in models:
                yield Complaint(("services", name), _nowhere("model", name, models), (_MODELS,))
        for index, fault in enumerate(self.faults):
            if fault.model not in (*models, "all"):
                said = _nowhere("model", fault.model, [*models, "all"])
                yield Complaint(("faults", index, "model"), said, (_MODELS,))
            if fault.at >= self.scenario.duration:
                yield Complaint(("faults", index, "at"), "it would strike after the flight has ended", (_DURATION,))
        if self.ramp.model not in candidates:
            yield Complaint(("ramp", "model"), _nowhere("candidate", self.ramp.model, candidates), (_MODELS,))
        if isinstance(self.traffic, Replay):
            return
        known = [one.name for one in self.segments]
        for index, step in enumerate(self.ramp.steps):
            for position, segment in enumerate(step.segments):
                if segment not in known:
                    at: Path = ("ramp", "steps", index, "segments", position)
                    yield Complaint(at, _nowhere("segment", segment, known), (("segments",),))

    def _slices(self) -> Iterator[Complaint]:
        for table, slices in (("segments", self.segments), ("groups", self.groups)):
            if not slices:
                continue
            if isinstance(self.traffic, Replay):
                yield Complaint((table,), f"a replay brings its own {table}; name their column in traffic.columns")
            total = sum(one.share for one in slices)
            if abs(total - 1.0) > 1e-6:
                said = f"the shares of {table} add up to {100 * total:g}%, not 100%"
                yield Complaint((table, 0, "share"), said, ((table,),))
            names = [one.name for one in slices]
            for index, name in enumerate(names):
                if name in names[:index]:
                    yield Complaint((table, index, "name"), f'"{name}" stands here twice; rename one')
            if len(names) > 255:
                yield Complaint((table, 255, "name"), f"more than 255 {table}; merge some")

    def _drifts(self) -> Iterator[Complaint]:
        for index, drift in enumerate(self.drift):
            at: Path = ("drift", index)
            if isinstance(self.traffic, Replay):
                said = "not yet: drift on replayed traffic; replay a stretch that drifted"
                yield Complaint((*at, "kind"), said)
            if drift.at >= self.scenario.duration:
                yield Complaint((*at, "at"), "it would set in after the flight has ended", (_DURATION,))
            for position, feature in enumerate(getattr(drift, "features", [])):
                if feature not in self.feature_names:
                    said = _nowhere("feature", feature, list(self.feature_names))
                    yield Complaint((*at, "features", position), said, _FEATURES)

    def _gates(self) -> Iterator[Complaint]:
        candidates = [name for name in self.models if name != "incumbent"]
        names: list[str] = []
        for index, gate in enumerate(self.gates):
            at: Path = ("gates", index)
            try:
                for name in gate.reads:
                    metric(name)
            except KeyError:
                nearest = ", ".join(get_close_matches(gate.metric, BY_NAME, n=3, cutoff=0.4)) or ", ".join(BY_NAME)
                yield Complaint((*at, "metric"), f'no metric "{gate.metric}"; nearest: {nearest}')
            else:
                for name in gate.reads:
                    yield from self._gate_reads((*at, "metric"), name)
            if gate.model not in candidates:
                yield Complaint((*at, "model"), _nowhere("candidate", gate.model, candidates), (_MODELS,))
            for position, number in enumerate(gate.steps):
                if not 1 <= number <= len(self.ramp.steps):
                    said = f"the ramp has steps 1 to {len(self.ramp.steps)}"
                    yield Complaint((*at, "steps", position), said, (("ramp", "steps"),))
            if gate.name and gate.name in names:
                yield Complaint((*at, "name"), f'"{gate.name}" stands here twice; rename one')
            names.append(gate.name)
            if isinstance(gate, ForecastGate) and gate.low is None and gate.high is None:
                promise = self.promised(gate)
                if promise is None or (promise.low is None and promise.high is None):
                    said = f"no interval is promised for {gate.metric}; add low and high here or in [[plan.forecast]]"
                    yield Complaint((*at, "metric"), said, (("plan", "forecast"),))

    def _gate_reads(self, at: Path, name: str) -> Iterator[Complaint]:
        feature, replayed = name.removeprefix("drift.psi."), isinstance(self.traffic, Replay)
        if feature != name and feature not in self.feature_names:
            yield Complaint(at, _nowhere("feature", feature, list(self.feature_names)), _FEATURES)
        if name.startswith("fairness.") and not replayed and len(self.groups) < 2:
            yield Complaint(at, "it compares groups and there are none; add two [[groups]]", (("groups",),))
        if name == "data.freshness" and replayed:
            yield Complaint(at, "a replay does not say how old its features are; name another metric")
        elif name == "data.freshness" and self.population.age == 0:
            yield Complaint(at, "features have no age here; set population.age", (("population", "age"),))


def _nowhere(what: str, name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, n=3, cutoff=0.4)
    if nearest:
        return f'no {what} "{name}"; nearest: {", ".join(nearest)}'
    return f'no {what} "{name}"; there is {", ".join(known)}' if known else f'no {what} "{name}"; there is none'
