"""A recorded day: the requests that really arrived, cut into blocks by time."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import FeatureColumns, Recording
from sandbox.base.streams import stream
from sandbox.base.telemetry import Ints
from sandbox.world.bending import NO_SHIFTS, rescored, spoiled
from sandbox.world.block import SECOND_TRY, Block, Opinion
from sandbox.world.calling import ModelError, called
from sandbox.world.crowd import Crowd, who_is_private, who_opted_out
from sandbox.world.drift.spoil import Serving, Spoil
from sandbox.world.models.answering import Answering
from sandbox.world.models.llm import Llm
from sandbox.world.models.logged import Logged
from sandbox.world.models.multi import Multi
from sandbox.world.models.scoring import Scoring
from sandbox.world.recast import recast
from sandbox.world.spec import WorldSpec
from sandbox.world.switching import switch
from sandbox.world.synthetic_day import (
    LONGEST,
    charge_of,
    drawn_demand,
    drawn_label_at,
    drawn_luck,
    draws_of,
    told_otherwise,
)
from sandbox.world.traffic.replay import Replay

BLOCK_ROWS = 8_192
"""About how many recorded rows a block holds, and so how large a batch a callable scores."""

REFERENCE_PART = 0.1
"""The first part of the recording that stands for the past when drift is measured."""


class ReplayDay:
    """Requests of a recording, block by block."""

    def __init__(self, spec: WorldSpec) -> None:
        assert spec.recording is not None
        self._spec = spec
        self._rows: Recording = recast(spec, spec.recording) if spec.drift else spec.recording
        for drift in spec.drift:
            for name in drift.features if isinstance(drift, Spoil) and not drift.takes_away else ():
                if name in self._rows.categories:
                    said = f'"{name}" holds words and not numbers; name another feature, or let it go missing'
                    raise ModelError(f"drift of kind {drift.kind}: {said}")
        length = min(spec.duration, int(self._rows.at[-1]) + 1)
        self.block_ns = max(1, min(spec.duration, round(length * BLOCK_ROWS / max(1, len(self._rows)))))
        users = self._rows.users
        self.crowd = Crowd(
            segment=np.zeros(0, dtype=np.uint8),
            group=np.zeros(0, dtype=np.uint8),
            unit=stream(spec.seed, "routing.unit").random(users),
            opted_out=who_opted_out(spec.users, seed=spec.seed, count=users),
            slots=np.zeros(0, dtype=np.int32),
            private=who_is_private(spec.users, seed=spec.seed, count=users),
        )

    def block(self, number: int, shifts: Mapping[int, float] = NO_SHIFTS) -> Block:
        """The recorded requests of block `number`; what was recorded moves no more, so shifts are none."""
        start = number * self.block_ns
        end = min(start + self.block_ns, self._spec.duration)
        if end > self._rows.at[-1]:
            end = self._spec.duration  # nothing arrives any more; a day with one request is one block, not a billion
        block = self._cut(number, start, end, slice(*np.searchsorted(self._rows.at, [start, end]).tolist()))
        return self._on_its_way(block) if self._spec.drift else block

    def switch(self, block: Block, arm: int, column: int, *, on: bool, since: int) -> None:
        """An arm's model reads a feature from `since` on, or has it missing; a logged one answered long ago."""
        switch(block, arm, column, on=on, since=since)

    def _on_its_way(self, block: Block) -> Block:
        """The block with its features spoiled and its labels changed, as the drifts of the plan say."""
        assert block.features is not None
        before = Serving(block.features, None)
        after, own = spoiled(self._spec, before, number=block.number, at=block.at, segment=block.segment)
        if after is not before:
            block = replace(block, features=after.read, served=after.values.astype(np.float32))
        return rescored(self._spec, told_otherwise(self._spec, replace(block, own=own)))

    def _cut(self, number: int, start: int, end: int, rows: slice) -> Block:
        features = self._rows.features[rows]
        label = self._rows.label[rows]
        return Block(
            number=number, start=start, end=end, at=self._rows.at[rows], user=self._rows.user[rows],
            segment=self._rows.segment[rows], group=self._rows.group[rows], features=features,
            served=features.astype(np.float32), age=None, label=label == 1, known=label >= 0,
            label_at=self._label_at(number, rows),
            _opine=self._opine, _demand=self._demand, _luck=self._luck, _charge=self._charge,
        )

    def _label_at(self, number: int, rows: slice) -> Ints:
        assert isinstance(self._spec.traffic, Replay)
        if self._spec.traffic.columns.label_time is not None:
            return self._rows.label_at[rows]
        due = drawn_label_at(self._spec, number, self._rows.at[rows])
        return np.where(self._rows.label[rows] >= 0, due, -1)

    def reference(self, rows: int) -> Block:
        """The first part of the recording, at most `rows` requests of it."""
        part = max(1, min(rows, int(len(self._rows) * REFERENCE_PART)))
        return self._cut(0, 0, int(self._rows.at[part - 1]) + 1, slice(0, part))

    def _opine(self, block: Block, arm: int) -> Opinion:
        model, name = self._spec.models[arm], self._spec.drawn_names[arm]
        scores = [self._score(block, arm, part, one) for part, one in model.parts(name)]
        score = model.combined(name, scores, draws_of(self._spec, block)) if isinstance(model, Multi) else scores[0]
        return Opinion(score, score >= np.float32(model.threshold))

    def _score(self, block: Block, arm: int, name: str, model: Answering) -> npt.NDArray[np.float32]:
        if isinstance(model, Scoring):
            return self._call(block, arm, name, model.said)
        assert isinstance(model, Logged | Llm)
        first = int(np.searchsorted(self._rows.at, block.start))
        return self._rows.scores[name][first : first + len(block)]

    def _call(self, block: Block, arm: int, name: str, said: str) -> npt.NDArray[np.float32]:
        matrix = block.read_by(arm)
        assert matrix is not None
        columns = FeatureColumns(
            names=self._rows.feature_names, matrix=matrix, categories=self._rows.categories
        )
        return called(self._spec, block, columns, name=name, said=said)

    def _charge(self, block: Block, arm: int) -> Ints | int:
        return charge_of(self._spec, block, arm)

    def _demand(self, block: Block, code: int) -> Ints:
        recorded = self._rows.latencies.get(self._spec.drawn_names[code % SECOND_TRY])
        if recorded is None:
            return drawn_demand(self._spec, block, code)
        first = int(np.searchsorted(self._rows.at, block.start))
        return np.minimum(recorded[first : first + len(block)], int(LONGEST))

    def _luck(self, block: Block, arm: int) -> npt.NDArray[np.float32]:
        return drawn_luck(self._spec, block, arm)
