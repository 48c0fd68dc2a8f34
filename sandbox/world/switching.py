"""Switches an input of one model off or on, from an instant on: the rows before it stay as they were."""

import numpy as np

from sandbox.world.block import Block, OwnFeatures


def switch(block: Block, arm: int, column: int, *, on: bool, since: int) -> None:
    """Requests of a block from `since` (ns) on reach an arm's model without a feature, or with it again."""
    late = block.at >= since
    if block.features is None or not late.any():
        return
    drawn = block.as_drawn(arm)
    now = block.own.get(arm, drawn)
    read, served = now.read.copy(order="K"), now.served.copy(order="K")
    read[late, column] = drawn.read[late, column] if on else np.nan
    served[late, column] = drawn.served[late, column] if on else np.nan
    block.serve_otherwise(arm, OwnFeatures(read=read, served=served, age=now.age))
