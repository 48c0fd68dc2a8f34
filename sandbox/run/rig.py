"""Puts a world and its instruments together from a plan."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from sandbox.base.arms import Arms
from sandbox.base.digest import fingerprint
from sandbox.base.recording import Recording
from sandbox.base.rows import RequestRows
from sandbox.base.units import NS_PER_SECOND
from sandbox.base.window import Layout
from sandbox.decide.policy import Policy
from sandbox.decide.ramp.almanac import Almanac
from sandbox.decide.ramp.strata import MOST, strata_of
from sandbox.observe.collector import Collector, reference_of
from sandbox.observe.contract import Terms, nulls_of, terms_of
from sandbox.observe.metrics import latency
from sandbox.observe.metrics.kinds import reads_leaving, reads_scores
from sandbox.observe.metrics.slices import taken_apart, unknown
from sandbox.observe.metrics.view import Reference
from sandbox.observe.reference import with_scores
from sandbox.operate.oncall.scripted import Scripted
from sandbox.run.errors import RigError
from sandbox.run.scorers import load_scorer
from sandbox.run.training import begins_at
from sandbox.scenario.plan import Plan
from sandbox.scenario.recorded_file import located
from sandbox.scenario.replaying import resampled
from sandbox.world.learning import Lesson
from sandbox.world.models.scoring import Scoring
from sandbox.world.services.service import Service
from sandbox.world.spec import WorldSpec
from sandbox.world.traffic.replay import Replay
from sandbox.world.world import World

REFERENCE_ROWS = 20_000
"""How many requests the reference of the features rests on."""


def inputs(plan: Plan) -> dict[str, str]:
    """The SHA-256 of every file a flight depends on besides the scenario; raises RigError."""
    files: dict[str, Path] = {}
    traffic = plan.document.traffic
    if isinstance(traffic, Replay):
        files[f"replay {traffic.path}"] = located(traffic.path, folder=plan.folder)
    for name, model in plan.document.models.items():
        for part, one in model.parts(name):
            for what, file in one.files if isinstance(one, Scoring) else ():
                files[f"{what} of {part} {file}"] = located(file, folder=plan.folder)
    oncall = plan.document.oncall
    if isinstance(oncall, Scripted):
        files[f"script {oncall.script}"] = plan.folder / oncall.script
    files |= {f"shared {name}": plan.folder / name for name in plan.document.shared}
    hashes = {}
    for label, path in files.items():
        try:
            hashes[label] = fingerprint(path.read_bytes())
        except OSError as error:
            raise RigError(f"{label}: cannot be read: {error.strerror or error} ({path})") from None
    return hashes


def services(plan: Plan, *, peak_rate: float) -> tuple[Service, ...]:
    """The service of each arm, with its replicas filled in for the peak of the traffic."""
    document = plan.document
    return tuple(
        document.services.get(name, Service()).sized(
            peak_rate=peak_rate, mean_service_s=document.models[name].mean_service_s
        )
        for name in document.arms
    )


def peak_rate(plan: Plan, recording: Recording | None) -> float:
    """The highest rate the pools must be sized for, in requests a second."""
    traffic = plan.document.traffic
    if not isinstance(traffic, Replay):
        return traffic.peak_rate
    assert recording is not None
    per_minute = np.bincount(recording.at // 60_000_000_000)
    return float(per_minute.max()) / 60.0 if per_minute.size else 1.0


def world_spec(plan: Plan, *, seed: int, recording: Recording | None, keep_features: bool = False) -> WorldSpec:
    """Everything the world of a plan is built from; loads its models; raises RigError."""
    document = plan.document
    parts = dict(part for name, model in document.models.items() for part in model.parts(model.drawn_as or name))
    return WorldSpec(
        seed=seed, duration=document.scenario.duration, tick=document.scenario.tick, arms=Arms(document.arms),
        models=plan.models, services=services(plan, peak_rate=peak_rate(plan, recording)), traffic=document.traffic,
        population=document.population, users=document.users, segments=tuple(document.segments),
        groups=tuple(document.groups), labels=document.labels, drift=tuple(document.drift),
        faults=tuple(document.faults), feature_names=document.feature_names, slow_ns=plan.slow_ns,
        read_features=keep_features, experience=document.experience, fleet=document.fleet, recording=recording,
        lesson=lesson_of(plan, recording),
        scorers={
            name: load_scorer(model, name, folder=plan.folder) for name, model in parts.items()
            if isinstance(model, Scoring)
        },
    )


def lesson_of(plan: Plan, recording: Recording | None) -> Lesson | None:
    """The training that the plan has, with its instant; None where there is none, or the calendar never lets it."""
    document, table = plan.document, plan.document.retraining
    begins = None if table is None else begins_at(table, training_almanac(plan, recording))
    if table is None or begins is None or isinstance(document.traffic, Replay):
        return None
    seen = document.traffic.mean_rate * table.window / NS_PER_SECOND
    return Lesson(
        arm=document.arms.index(table.model), begins=begins, window=table.window,
        stride=max(1, round(seen / table.rows)), replicas=table.replicas,
    )


def training_almanac(plan: Plan, recording: Recording | None) -> Almanac | None:
    """The calendar as the training heeds it, where there is one."""
    almanac, table = almanac_of(plan.policy, plan, recording), plan.document.retraining
    return None if almanac is None or table is None else replace(almanac, quiet_hours=table.quiet_hours)


def limits_of(plan: Plan) -> tuple[int, ...]:
    """The latencies in ns that answers are counted beyond: what users call slow, and those that a policy names."""
    named = (latency.limit_of(name) for name in plan.reads)
    return tuple(sorted({plan.slow_ns, *(limit for limit in named if limit is not None)}))


def horizon_of(plan: Plan, recording: Recording | None) -> int:
    """How long a cohort waits before it is judged, in ns: as [labels] says, or as recorded labels came."""
    labels = plan.document.labels
    if recording is None or not plan.document.knows_label_times or labels.model_fields_set & {"maturity", "slowest"}:
        return labels.horizon
    waited = (recording.label_at - recording.at)[recording.label >= 0]
    return int(np.quantile(waited, 0.99, method="higher")) if waited.size else labels.horizon


def instruments(plan: Plan, world: World) -> Collector:
    """The collector that watches a world."""
    spec = world.spec
    strata = strata_of([policy.ramp for policy in (plan.policy, *plan.riding)], spec.segment_names)
    if len(set(strata)) > MOST:
        raise RigError(f"ramp: segments are treated in {len(set(strata))} ways; {MOST} can be told apart, merge some")
    layout = Layout(
        spec.arms.names, spec.segment_names, spec.group_names, spec.feature_names, limits_of(plan), strata,
        any(policy.ramp.mitigation != "none" for policy in (plan.policy, *plan.riding)),
        any(service.does_more for service in spec.services), any(map(reads_leaving, plan.reads)),
    )
    for name, asker in plan.reads.items():
        # What a replay calls its segments is known only once it is read.
        if said := unknown(taken_apart(name), segments=layout.segments, groups=layout.groups):
            raise RigError(f"{asker}: {name}: {said}")
    for model, service in zip(spec.arms.names, spec.services, strict=True):
        for name in service.first:
            if name not in layout.segments:
                raise RigError(f'services.{model}.first: no segment "{name}"; there is {", ".join(layout.segments)}')
    for table, strikes in (("faults", spec.faults), ("drift", spec.drift)):
        for number, one in enumerate(strikes):
            for name in getattr(one, "segments", []):
                if name not in layout.segments:
                    there = ", ".join(layout.segments)
                    raise RigError(f'{table}[{number}].segments: no segment "{name}"; there is {there}')
    return Collector(
        layout, plan.document.telemetry, users=len(world.day.crowd), horizon=horizon_of(plan, spec.recording),
        reference=_reference(plan, world), terms=_terms(plan, world), seed=spec.seed,
    )


def _terms(plan: Plan, world: World) -> Terms | None:
    recording, features = world.spec.recording, world.spec.feature_names
    return terms_of(
        plan.document.contract, features=features, categories={} if recording is None else recording.categories
    )


def _reference(plan: Plan, world: World) -> Reference:
    block = world.day.reference(REFERENCE_ROWS)
    assert block.served is not None
    reference = reference_of(block.served)
    if plan.document.contract:
        nulls = nulls_of(plan.document.contract, features=world.spec.feature_names)
        reference = replace(reference, nulls=nulls)
    if plan.document.business is not None:
        reference = replace(reference, worth=plan.document.business.worth)
    if not any(map(reads_scores, plan.reads)):
        return reference
    opinions = [block.opinion(arm) for arm in range(len(world.spec.arms))]
    return with_scores(
        reference, score=[one.score for one in opinions], decision=[one.decision for one in opinions],
        label=block.label, known=block.known,
    )


def almanac_of(policy: Policy, plan: Plan, recording: Recording | None) -> Almanac | None:
    """The calendar as a policy heeds it, where there is one."""
    table, traffic = policy.calendar, plan.document.traffic
    if table is None:
        return None
    began = table.began if recording is None else recording.began
    if began is None:
        raise RigError("calendar: the recording counts seconds and says no date; record timestamps, or remove it")
    speed = traffic.speed if isinstance(traffic, Replay) else 1.0
    return Almanac(table, began, policy.ramp.quiet_hours, speed)


def build(
    plan: Plan, *, seed: int, recording: Recording | None = None, keep: Callable[[RequestRows], None] | None = None
) -> tuple[World, Collector]:
    """A world at time 0 and the collector that watches it."""
    traffic = plan.document.traffic
    if recording is not None and isinstance(traffic, Replay) and traffic.resample:
        recording = resampled(recording, round(traffic.resample / traffic.speed), seed=seed)
    world = World(
        world_spec(plan, seed=seed, recording=recording, keep_features=plan.document.record.features), keep=keep
    )
    return world, instruments(plan, world)
