"""A day made up from a population: every block drawn whole from its own named streams."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import FeatureColumns
from sandbox.base.streams import stream
from sandbox.base.telemetry import Codes, Flags, Ints, Users
from sandbox.base.units import NS_PER_SECOND
from sandbox.world.bending import NO_SHIFTS, bent, grows_old, reported, rescored, spoiled
from sandbox.world.block import (
    EXPERIENCE_DELAY,
    EXPERIENCE_LUCK,
    LEAVING_LUCK,
    LUCK_OF_ATTEMPT,
    LUCK_OF_BACKOFF,
    OPTING_LUCK,
    SECOND_TRY,
    SHADOW_LUCK,
    Block,
    Opinion,
)
from sandbox.world.calling import called
from sandbox.world.coming import Coming
from sandbox.world.crowd import Crowd, gather
from sandbox.world.directions import along, model_direction, truth_directions
from sandbox.world.draws import BlockDraws
from sandbox.world.drift.draft import Draft
from sandbox.world.drift.labelling import Slips
from sandbox.world.drift.spoil import Serving, Spoil
from sandbox.world.kernel import along_curve, curve_points
from sandbox.world.models.answering import Answering
from sandbox.world.models.multi import Multi
from sandbox.world.models.scoring import Scoring
from sandbox.world.models.skilled import Elsewhere, Skilled
from sandbox.world.models.synthetic import bend, calibrated_score, rho_for, truth_for
from sandbox.world.models.timed import Z99
from sandbox.world.models.trained import Trained
from sandbox.world.normals import normals
from sandbox.world.repeating import repeated
from sandbox.world.spec import WorldSpec
from sandbox.world.switching import switch
from sandbox.world.traffic.replay import Replay

BLOCK_REQUESTS = 131_072
"""About how many requests a block holds at the mean rate."""

REFERENCE_BLOCK = 2**31
"""The number of a block no day reaches: the sample the models were trained on."""


NEVER = np.float32(2.0**60)
"""36 years in ns: a label that is later than any flight."""

LONGEST = np.float32(86_400 * NS_PER_SECOND)
"""The longest service time there is, in ns."""


@dataclass(frozen=True, slots=True)
class Angle:
    """How a model that is made up looks at requests: direction (d,), and score against index (POINTS,), for everybody
    and for the members of the group it is biased against, whose code is `against`, -1 for none; fading if it ages."""

    direction: npt.NDArray[np.float32]
    curve: npt.NDArray[np.float32]
    lower: npt.NDArray[np.float32]
    against: int
    fading: "Fading | None"


@dataclass(frozen=True, slots=True)
class Fading:
    """What a model that grows old looks along beside the truth (d,), how it correlated with that when it was trained,
    how long before the flight, and how fast it forgets (ns)."""

    own: npt.NDArray[np.float32]
    rho: float
    age: int
    memory: int

    def index(self, read: npt.NDArray[np.float32], truth: npt.NDArray[np.float32], at: Ints) -> npt.NDArray[np.float32]:
        """(n,) where requests at (n,) ns with features read (n, d) lie along what it then looks along."""
        kept = self.rho * np.exp(-(self.age + at) / self.memory)
        ahead, aside = kept.astype(np.float32), np.sqrt(1.0 - kept * kept).astype(np.float32)
        return np.asarray(ahead * along(read, truth) + aside * along(read, self.own))


class SyntheticDay:
    """Requests of synthetic traffic, block by block."""

    def __init__(self, spec: WorldSpec) -> None:
        assert not isinstance(spec.traffic, Replay)
        self._spec = spec
        self._traffic = spec.traffic
        self.crowd: Crowd = gather(spec.users, segments=spec.segments, groups=spec.groups, seed=spec.seed)
        seconds = max(0.1, BLOCK_REQUESTS / spec.traffic.mean_rate)
        self.block_ns = min(round(seconds * NS_PER_SECOND), spec.duration)
        self._learned: dict[str, tuple[npt.NDArray[np.float64], float]] = {}
        self._coming = Coming(spec, self.crowd.slots, block_ns=self.block_ns)
        truth, aside, idle = truth_directions(spec.population.features)
        self._intercept, self._signal = truth_for(
            base_rate=spec.population.base_rate, best_auc=spec.population.best_auc
        )
        self._gaps = bool(spec.population.missing) or any(isinstance(drift, Spoil) for drift in spec.drift)
        self._truth, self._aside = truth.astype(np.float32), aside.astype(np.float32)
        self._means = self._slice_means(truth, idle)
        self._angles = {
            part: self._angle(part, model, truth)
            for name, whole in zip(spec.drawn_names, spec.models, strict=True)
            for part, model in whole.parts(name) if isinstance(model, Skilled)
        }
        self._elsewhere = {
            part: [
                (spec.segment_names.index(segment), self._angle(part, _as_in(model, other), truth))
                for segment, other in model.segments.items()
            ]
            for name, whole in zip(spec.drawn_names, spec.models, strict=True)
            for part, model in whole.parts(name) if isinstance(model, Skilled) and model.segments
        }

    def _angle(self, name: str, model: Skilled, truth: npt.NDArray[np.float64]) -> Angle:
        rho = rho_for(model.auc, intercept=self._intercept, signal=self._signal)
        score = calibrated_score(curve_points(), intercept=self._intercept, signal=self._signal, rho=rho)
        if model.slope != 1.0 or model.bias != 0.0:
            score = bend(score, slope=model.slope, bias=model.bias)
        lower = score if model.against is None else bend(score, slope=1.0, bias=model.against.shift)
        return Angle(
            direction=model_direction(name, truth=truth, rho=rho).astype(np.float32), curve=score.astype(np.float32),
            lower=lower.astype(np.float32),
            against=-1 if model.against is None else self._spec.group_names.index(model.against.group),
            fading=None if model.memory is None else Fading(
                own=model_direction(name, truth=truth, rho=0.0).astype(np.float32), rho=rho, age=model.age,
                memory=model.memory,
            ),
        )

    def _slice_means(
        self, truth: npt.NDArray[np.float64], idle: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float32] | None:
        segments, groups = self._spec.segments, self._spec.groups
        if not any(one.label_shift or one.feature_shift for one in (*segments, *groups)):
            return None
        of = [[one.label_shift * truth + one.feature_shift * idle for one in table] or [0.0 * truth]
              for table in (segments, groups)]
        return np.array([[a + b for b in of[1]] for a in of[0]], dtype=np.float32)

    @property
    def duration(self) -> int:
        """How long it lasts, in ns."""
        return self._spec.duration

    def block(self, number: int, shifts: Mapping[int, float] = NO_SHIFTS) -> Block:
        """The requests of block `number`, whatever other blocks were drawn; shifts are those of feedback loops."""
        start, end = (min(self._coming.edge(one), self._spec.duration) for one in (number, number + 1))
        at, user = self._coming.requests(number)
        return self._fill(number, start, end, at, user, drifts=True, shifts=shifts)

    def reference(self, rows: int) -> Block:
        """Requests of the population before any drift, such as the models were trained on."""
        at, user = np.zeros(rows, dtype=np.int64), self._coming.askers("user", REFERENCE_BLOCK, rows)
        return self._fill(REFERENCE_BLOCK, 0, 1, at, user, drifts=False, shifts=NO_SHIFTS)

    def switch(self, block: Block, arm: int, column: int, *, on: bool, since: int) -> None:
        """An arm's model reads a feature from `since` on, or has it missing."""
        switch(block, arm, column, on=on, since=since)

    def _fill(
        self, number: int, start: int, end: int, at: Ints, user: Users, *, drifts: bool, shifts: Mapping[int, float]
    ) -> Block:
        n = len(at)
        segment, group = self.crowd.places(user)
        draft = self._draft(number, at, segment, group)
        drifts = drifts and bool(self._spec.drift)
        if drifts:
            draft = bent(self._spec, draft, number=number, segment=segment, shifts=shifts)
        label = draft.latent() > 0.0
        served = self._as_served(draft, number)
        block = Block(
            number=number, start=start, end=end, at=at, user=user, segment=segment, group=group, features=served,
            served=served, age=self._age(number, n), label=label, known=None,
            label_at=drawn_label_at(self._spec, number, at),
            _opine=self._opine, _demand=self._demand, _luck=self._luck, _charge=self._charge,
        )
        return self._on_its_way(block) if drifts else block

    def _on_its_way(self, block: Block) -> Block:
        """The block with its features spoiled and its labels changed, as the drifts of the plan say."""
        assert block.served is not None
        before = Serving(block.served, block.age)
        after, own = spoiled(self._spec, before, number=block.number, at=block.at, segment=block.segment)
        if after is not before:
            served = after.values.astype(np.float32)
            read = served if after.unread is None else after.read.astype(np.float32)
            block = replace(block, features=read, served=served, age=after.age)
        return rescored(self._spec, repeated(self._spec, told_otherwise(self._spec, replace(block, own=own))))

    def _draft(self, number: int, at: Ints, segment: Codes, group: Codes) -> Draft:
        n, seed = len(at), self._spec.seed
        features = normals(stream(seed, "features", block=number), (self._spec.population.features, n)).T
        if self._means is not None:
            features += self._means[segment, group]
        noise = normals(stream(seed, "truth", block=number), (n,))
        return Draft(
            at=at, features=features, noise=noise, turn=None, truth=self._truth, aside=self._aside,
            intercept=self._intercept, signal=self._signal,
        )

    def _as_served(self, draft: Draft, number: int) -> npt.NDArray[np.float32]:
        rate = self._spec.population.missing
        if not rate:
            return draft.features
        gone = stream(self._spec.seed, "missing", block=number).random(draft.features.shape, dtype=np.float32) < rate
        return np.where(gone, np.float32(np.nan), draft.features)

    def _age(self, number: int, n: int) -> Ints | None:
        mean = self._spec.population.age
        if not mean:
            return np.zeros(n, dtype=np.int64) if grows_old(self._spec) else None
        return (stream(self._spec.seed, "feature.age", block=number).standard_exponential(n) * mean).astype(np.int64)

    def _opine(self, block: Block, arm: int) -> Opinion:
        model, name = self._spec.models[arm], self._spec.drawn_names[arm]
        scores = [self._score(block, arm, part, one) for part, one in model.parts(name)]
        score = model.combined(name, scores, draws_of(self._spec, block)) if isinstance(model, Multi) else scores[0]
        return Opinion(score, score >= np.float32(model.threshold))

    def _score(self, block: Block, arm: int, name: str, model: Answering) -> npt.NDArray[np.float32]:
        if isinstance(model, Scoring):
            return self._call(block, arm, name, model.said)
        if isinstance(model, Trained):
            return self._recall(block, arm, name)
        score = self._look(block, arm, self._angles[name])
        for code, angle in self._elsewhere.get(name, ()):
            there = block.segment == code
            if there.any():
                score = np.where(there, self._look(block, arm, angle), score)
        return score

    def _call(self, block: Block, arm: int, name: str, said: str) -> npt.NDArray[np.float32]:
        matrix = block.read_by(arm)
        assert matrix is not None
        columns = FeatureColumns(names=self._spec.feature_names, matrix=matrix, categories={})
        return called(self._spec, block, columns, name=name, said=said)

    def learn(self, name: str, features: npt.NDArray[np.float32], label: Flags) -> None:
        """A model is fitted: from now on it knows what it has learned."""
        model = self._spec.models[self._spec.arms.index(name)]
        assert isinstance(model, Trained)
        self._learned[name] = model.fitted(features, label)

    def _recall(self, block: Block, arm: int, name: str) -> npt.NDArray[np.float32]:
        if name not in self._learned:
            return np.zeros(len(block), dtype=np.float32)
        slopes, intercept = self._learned[name]
        read = _filled(np.asarray(block.read_by(arm), dtype=np.float32))
        index = along(read, slopes.astype(np.float32)) + np.float32(intercept)
        return np.asarray(np.float32(1.0) / (np.float32(1.0) + np.exp(-index)))

    def _look(self, block: Block, arm: int, angle: Angle) -> npt.NDArray[np.float32]:
        read = np.asarray(block.read_by(arm), dtype=np.float32)
        read = _filled(read) if self._gaps or arm in block.own else read
        fading = angle.fading
        index = along(read, angle.direction) if fading is None else fading.index(read, self._truth, block.at)
        score = np.empty(len(block), dtype=np.float32)
        along_curve(index, angle.curve, angle.lower, block.group, angle.against, score)
        return score

    def _charge(self, block: Block, arm: int) -> Ints | int:
        return charge_of(self._spec, block, arm)

    def _demand(self, block: Block, code: int) -> Ints:
        return drawn_demand(self._spec, block, code)

    def _luck(self, block: Block, arm: int) -> npt.NDArray[np.float32]:
        return drawn_luck(self._spec, block, arm)


def _as_in(model: Skilled, other: Elsewhere) -> Skilled:
    """The model as it behaves in a segment."""
    return model.model_copy(update={
        name: value for name in ("auc", "slope", "bias") if (value := getattr(other, name)) is not None
    })


def _filled(served: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """served (n, d) as synthetic models read it: a missing feature as its mean."""
    gone = np.isnan(served)
    return np.where(gone, np.float32(0.0), served) if gone.any() else served


def told_otherwise(spec: WorldSpec, block: Block) -> Block:
    """The block with its labels reported as the drifts of the plan say."""
    before = Slips(at=block.at, seen=block.label, due=block.label_at)
    after = reported(spec, before, number=block.number, segment=block.segment)
    if after is before:
        return block
    seen = None if after.seen is block.label else after.seen
    return replace(block, seen=seen, label_at=after.due, after_yes=after.after_yes, after_no=after.after_no)


def whole_ns(time: npt.NDArray[np.floating]) -> Ints:
    """time (n,) ns as integers, at most a day: what a wide lognormal says beyond that, no client waits for."""
    whole: Ints = np.minimum(time, LONGEST).astype(np.int64)
    return whole


def drawn_label_at(spec: WorldSpec, number: int, at: Ints) -> Ints:
    """(n,) ns when the label of each request at (n,) ns becomes known, -1 for never: a lognormal delay."""
    labels, seed, n = spec.labels, spec.seed, len(at)
    if labels.delay == 0:
        due = at.copy()
    else:
        sigma = np.float32(math.log(max(1.0, labels.p99 / labels.delay)) / Z99)
        late = np.exp(normals(stream(seed, "labels.delay", block=number), (n,)) * sigma)
        due = at + np.minimum(late * np.float32(labels.delay), NEVER).astype(np.int64)
    if labels.coverage < 1.0:
        lost = stream(seed, "labels.coverage", block=number).random(n, dtype=np.float32) >= labels.coverage
        due[lost] = -1
    return due


def draws_of(spec: WorldSpec, block: Block) -> BlockDraws:
    """The luck of a block's requests."""
    recorded = block.features if spec.recording is not None else None
    drawn = len(block) if block.copied is None else len(block) - int(block.copied.sum())
    return BlockDraws(spec=spec, number=block.number, n=drawn, features=recorded, origin=block.origin)


def drawn_demand(spec: WorldSpec, block: Block, code: int) -> Ints:
    """(n,) ns of service time of each request at an arm, or of a second try."""
    second, arm = divmod(code, SECOND_TRY)
    model, draws = spec.models[arm], replace(draws_of(spec, block), second=bool(second))
    time = model.time(spec.drawn_names[arm], draws)
    if isinstance(model, Skilled) and model.segments:
        slower = [model.segments.get(name, Elsewhere()).slower for name in spec.segment_names]
        time = time * np.array(slower, dtype=np.float32)[block.segment]
    return whole_ns(time)


def charge_of(spec: WorldSpec, block: Block, arm: int) -> Ints | int:
    """What each answer of an arm costs, in millionths: (n,), or one number for all."""
    return spec.models[arm].charge(spec.drawn_names[arm], draws_of(spec, block))


_LUCK = {
    SHADOW_LUCK: "shadow", EXPERIENCE_LUCK: "experience", EXPERIENCE_DELAY: "experience.delay",
    OPTING_LUCK: "experience.opting", LEAVING_LUCK: "experience.leaving",
}


def _attempt(spec: WorldSpec, code: int) -> str:
    """The stream of a later attempt's luck, where the code is of one."""
    for what, unit in (("backoff", LUCK_OF_BACKOFF), ("errors", LUCK_OF_ATTEMPT)):
        if code >= unit:
            return f"{what}.{spec.drawn_names[code % unit]}.{code // unit}"
    return ""


def drawn_luck(spec: WorldSpec, block: Block, arm: int) -> npt.NDArray[np.float32]:
    """(n,) uniform luck of each request at an arm, in being shadowed, or in what its user says."""
    component = _LUCK.get(arm) or _attempt(spec, arm) or f"errors.{spec.drawn_names[arm]}"
    luck = draws_of(spec, block).uniforms(component)
    if block.copied is not None:
        luck[block.copied] = stream(spec.seed, f"{component}.again", block=block.number).random(
            int(block.copied.sum()), dtype=np.float32
        )
    return luck
