"""Has requests come twice: a block with the copies among its requests, each a row of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.base.telemetry import Floats, Ints
from sandbox.world.bending import amount_of, luck_with
from sandbox.world.block import Block, Opinion, OwnFeatures
from sandbox.world.drift.duplicated import Duplicated
from sandbox.world.spec import WorldSpec

Column = TypeVar("Column", bound=npt.NDArray[np.generic])


def repeated(spec: WorldSpec, block: Block) -> Block:
    """The block after every drift of the plan that has requests come twice."""
    for index, drift in enumerate(spec.drift):
        if isinstance(drift, Duplicated):
            amount = amount_of(spec, index, drift, number=block.number, at=block.at, segment=block.segment)
            if amount is not None:
                draws = luck_with(spec, index, block.number)
                block = _with_copies(spec, index, block, *drift.again(block.at, amount, draws, end=block.end))
    return block


def _with_copies(spec: WorldSpec, index: int, block: Block, rows: Ints, when: Ints) -> Block:
    """A block with copies of rows (m,) that come at `when` (m,) ns; what is drawn for the originals stays theirs."""
    at = np.concatenate([block.at, when])
    order = np.argsort(at, kind="stable")
    origin = np.concatenate([np.arange(len(block)), rows])[order]
    copies = np.flatnonzero(order >= len(block))

    def of(column: Column) -> Column:
        taken: Column = column[origin]
        return taken

    def some(column: Column | None) -> Column | None:
        return None if column is None else of(column)

    def drawn(what: Callable[[Block, int], Floats], name: str) -> Callable[[Block, int], Floats]:
        def draw(_: Block, arm: int) -> Floats:
            luck = of(what(block, arm))
            luck[copies] = stream(spec.seed, f"drift.{index}.{name}.{arm}", block=block.number).random(
                len(copies), dtype=np.float32
            )
            return luck
        return draw

    def opine(_: Block, arm: int) -> Opinion:
        opinion = block.opinion(arm)
        return Opinion(of(opinion.score), of(opinion.decision))

    def charge(_: Block, arm: int) -> Ints | int:
        price = block.charge(arm)
        return price if isinstance(price, int) else of(price)

    return replace(
        block, at=at[order], user=of(block.user), segment=of(block.segment), group=of(block.group),
        features=some(block.features), served=some(block.served), age=some(block.age), label=of(block.label),
        known=some(block.known), label_at=of(block.label_at), seen=some(block.seen),
        after_yes=some(block.after_yes), after_no=some(block.after_no),
        own={arm: OwnFeatures(of(one.read), of(one.served), some(one.age)) for arm, one in block.own.items()},
        _opine=opine, _demand=lambda _, arm: of(block.demand(arm)), _luck=drawn(Block.luck, "luck"), _charge=charge,
        _opinions={}, _amendments={}, _demands={}, _lucks={}, _charges={},
    )
