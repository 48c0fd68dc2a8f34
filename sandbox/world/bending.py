"""Has every drift of a plan strike a block: the population, then the features on their way, then the labels."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.base.telemetry import Codes, Ints
from sandbox.world.block import Block, Opinion, OwnFeatures
from sandbox.world.drift.draft import Draft
from sandbox.world.drift.feedback import Feedback
from sandbox.world.drift.kinds import Bending
from sandbox.world.drift.labelling import Labelling, Slips
from sandbox.world.drift.onset import Onset, first_effect, strength
from sandbox.world.drift.rescaled_scores import RescaledScores
from sandbox.world.drift.spoil import Serving, Spoil
from sandbox.world.spec import WorldSpec

NO_SHIFTS: Mapping[int, float] = {}
Amount = npt.NDArray[np.float64]


def bent(
    spec: WorldSpec, draft: Draft, *, number: int, segment: Codes, shifts: Mapping[int, float] = NO_SHIFTS
) -> Draft:
    """The draft of block `number` after every drift that moves the population; shifts are those of feedback loops."""
    for index, drift in enumerate(spec.drift):
        if not isinstance(drift, Bending):
            continue
        amount = amount_of(spec, index, drift, number=number, at=draft.at, segment=segment)
        if amount is not None and isinstance(drift, Feedback):
            amount = amount * shifts.get(index, 0.0)
        if amount is not None:
            luck = luck_with(spec, index, number).random(len(draft.at), dtype=np.float32)
            draft = drift.bend(draft, amount, luck)
    return draft


def spoiled(
    spec: WorldSpec, serving: Serving, *, number: int, at: Ints, segment: Codes
) -> tuple[Serving, dict[int, OwnFeatures]]:
    """The serving that every arm gets, and by arm that of those who get another."""
    struck = [
        (index, drift, amount) for index, drift in enumerate(spec.drift)
        if isinstance(drift, Spoil)
        and (amount := amount_of(spec, index, drift, number=number, at=at, segment=segment)) is not None
    ]
    own: dict[int, OwnFeatures] = {}
    for arm, name in enumerate(spec.arms.names):
        if any(drift.model == name for _, drift, _ in struck):
            mine = _spoil(spec, serving, [one for one in struck if one[1].reaches(name)], number)
            own[arm] = OwnFeatures(read=mine.read, served=mine.values.astype(np.float32), age=mine.age)
    return _spoil(spec, serving, [one for one in struck if one[1].model == "all"], number), own


def reported(spec: WorldSpec, slips: Slips, *, number: int, segment: Codes) -> Slips:
    """The labels of block `number` as they will be reported."""
    for index, drift in enumerate(spec.drift):
        if not isinstance(drift, Labelling):
            continue
        amount = amount_of(spec, index, drift, number=number, at=slips.at, segment=segment)
        if amount is not None:
            slips = drift.report(slips, amount, luck_with(spec, index, number))
    return slips


def rescored(spec: WorldSpec, block: Block) -> Block:
    """The block with its models' scores bent as the drifts of the plan say."""
    number, at, segment = block.number, block.at, block.segment
    struck = [
        (drift, amount) for index, drift in enumerate(spec.drift)
        if isinstance(drift, RescaledScores)
        and (amount := amount_of(spec, index, drift, number=number, at=at, segment=segment)) is not None
    ]
    if not struck:
        return block
    straight = block._opine

    def opine(of: Block, arm: int) -> Opinion:
        opinion, name = straight(of, arm), spec.arms.names[arm]
        score = opinion.score
        for drift, amount in struck:
            if drift.reaches(name):
                score = drift.rescore(score, amount)
        return opinion if score is opinion.score else Opinion(score, score >= np.float32(spec.models[arm].threshold))

    return replace(block, _opine=opine)


def grows_old(spec: WorldSpec) -> bool:
    """Whether any drift makes features older, so that their age is told throughout."""
    return any(drift.kind == "stale" for drift in spec.drift)


def _spoil(spec: WorldSpec, serving: Serving, struck: list[tuple[int, Spoil, Amount]], number: int) -> Serving:
    for index, drift, amount in struck:
        columns = [spec.feature_names.index(name) for name in drift.features]
        serving = drift.spoil(serving, columns, amount, luck_with(spec, index, number))
    return serving


def luck_with(spec: WorldSpec, index: int, number: int) -> np.random.Generator:
    """The luck of the plan's drift `index` with block `number`."""
    return stream(spec.seed, f"drift.{index}.luck", block=number)


def amount_of(
    spec: WorldSpec, index: int, drift: Onset, *, number: int, at: Ints, segment: Codes
) -> Amount | None:
    """(n,) how far the drift has come at each request; None where it has touched none of them."""
    if not len(at) or first_effect(drift) > at[-1]:
        return None
    amount = strength(drift, at)
    if drift.segments:
        inside = [name in drift.segments for name in spec.segment_names]
        amount = amount * np.array(inside)[segment]
    if not amount.any():
        return None
    if drift.onset == "gradual":
        chosen = stream(spec.seed, f"drift.{index}.choice", block=number).random(len(at))
        amount = (chosen < amount).astype(np.float64)
    return amount
