"""What is changed about answers from an instant on: thresholds, weights, features that a model no longer reads.

Every block that is open hears of it, and every block to come.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sandbox.world.block import Amendment, Block
from sandbox.world.replay_day import ReplayDay
from sandbox.world.spec import WorldSpec
from sandbox.world.synthetic_day import SyntheticDay


class Revisions:
    """All that was changed so far, in order."""

    def __init__(self, spec: WorldSpec, day: ReplayDay | SyntheticDay) -> None:
        self._spec, self._day = spec, day
        self._amendments: list[tuple[int, Amendment]] = []
        self._switches: list[tuple[int, int, bool, int]] = []

    def set_thresholds(self, arm: int, thresholds: dict[str, float], *, since: int, blocks: Iterable[Block]) -> None:
        """The arm decides yes from these scores for these groups, whoever arrives."""
        self._amend(arm, Amendment(since, self._by_group(thresholds)), blocks)

    def set_weights(
        self, arm: int, weights: dict[str, float], *, threshold: float, since: int, blocks: Iterable[Block]
    ) -> None:
        """The odds of the arm's scores are multiplied for these groups, and decided on from `threshold`."""
        scores = self._by_group(dict.fromkeys(weights, threshold))
        self._amend(arm, Amendment(since, scores, self._by_group(weights)), blocks)

    def switch(self, arm: int, feature: str, *, on: bool, since: int, blocks: Iterable[Block]) -> None:
        """An arm's model reads a feature, or has it missing."""
        column = self._spec.feature_names.index(feature)
        self._switches.append((arm, column, on, since))
        for block in blocks:
            self._day.switch(block, arm, column, on=on, since=since)

    def tell(self, block: Block) -> None:
        """A new block hears of all of it."""
        for arm, amendment in self._amendments:
            block.amend(arm, amendment)
        for arm, column, on, since in self._switches:
            self._day.switch(block, arm, column, on=on, since=since)

    @property
    def switched_off(self) -> tuple[tuple[str, str], ...]:
        """The features that models do not read now, as (model, feature)."""
        last = {(arm, column): on for arm, column, on, _ in self._switches}
        names, features = self._spec.arms.names, self._spec.feature_names
        return tuple((names[arm], features[column]) for (arm, column), on in last.items() if not on)

    def _amend(self, arm: int, amendment: Amendment, blocks: Iterable[Block]) -> None:
        self._amendments.append((arm, amendment))
        for block in blocks:
            block.amend(arm, amendment)

    def _by_group(self, values: dict[str, float]) -> npt.NDArray[np.float32]:
        return np.array([values.get(name, np.nan) for name in self._spec.group_names], dtype=np.float32)
