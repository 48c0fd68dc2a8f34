"""Has a real model score a block, and holds it to what it owes: one score in [0, 1] for each request."""

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import FeatureColumns
from sandbox.base.units import format_duration
from sandbox.world.block import Block
from sandbox.world.spec import WorldSpec


class ModelError(Exception):
    """A callable model did not answer as it must; the message says which and how."""


def called(
    spec: WorldSpec, block: Block, columns: FeatureColumns, *, name: str, said: str
) -> npt.NDArray[np.float32]:
    """(n,) the scores a callable gives a block's requests; raises ModelError."""
    where = f"models.{name}: {said}"
    try:
        score = np.asarray(spec.scorers[name](columns) if len(block) else [], dtype=np.float32)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a model that exits must not choose our exit code
        raise ModelError(f"{where} raised {type(error).__name__}: {error}") from error
    if score.shape != (len(block),):
        raise ModelError(f"{where} returned shape {score.shape} for {len(block)} requests; return one score a row")
    if not bool(((score >= 0.0) & (score <= 1.0)).all()):
        row = int(np.flatnonzero(~((score >= 0.0) & (score <= 1.0)))[0])
        at = format_duration(int(block.at[row]))
        raise ModelError(f"{where} returned {score[row]} for the request at {at}; scores lie in [0, 1]")
    return score
