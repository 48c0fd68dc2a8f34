"""Has requests come twice: a block with the copies among its requests, each a row of its own."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Ints
from sandbox.world.bending import amount_of, luck_with
from sandbox.world.block import Block, OwnFeatures
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
                block = _with_copies(block, *drift.again(block.at, amount, draws, end=block.end))
    return block


def _with_copies(block: Block, rows: Ints, when: Ints) -> Block:
    """A block with copies of rows (m,) that come at `when` (m,) ns."""
    n = len(block)
    at = np.concatenate([block.at, when])
    order = np.argsort(at, kind="stable")
    source = np.concatenate([np.arange(n), rows])[order]
    copied = order >= n

    def of(column: Column) -> Column:
        taken: Column = column[source]
        return taken

    def some(column: Column | None) -> Column | None:
        return None if column is None else of(column)

    return replace(
        block, at=at[order], user=of(block.user), segment=of(block.segment), group=of(block.group),
        features=some(block.features), served=some(block.served), age=some(block.age), label=of(block.label),
        known=some(block.known), label_at=of(block.label_at), seen=some(block.seen),
        after_yes=some(block.after_yes), after_no=some(block.after_no),
        own={arm: OwnFeatures(of(one.read), of(one.served), some(one.age)) for arm, one in block.own.items()},
        origin=source if block.origin is None else of(block.origin),
        copied=copied if block.copied is None else copied | of(block.copied),
    )
