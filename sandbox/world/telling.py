"""What is told of requests that have ended: answers to telemetry, labels and what users say on their way."""

import numpy as np

from sandbox.base.telemetry import Answers, Feedback, Flags, Ints, Labels, joined, only
from sandbox.world.asking import Ended
from sandbox.world.block import ROW_MASK, SHADOW_BIT, Block
from sandbox.world.departures import Departures
from sandbox.world.experience import Voices
from sandbox.world.kernel import labels_by_tick, publish
from sandbox.world.label_queue import LabelQueue
from sandbox.world.learning import Notebook
from sandbox.world.open_blocks import Open
from sandbox.world.spec import WorldSpec


class Telling:
    """Writes fates into their blocks and tells of them; keeps what becomes known later."""

    def __init__(
        self, spec: WorldSpec, statuses: Ints, departures: Departures | None, notebook: Notebook | None
    ) -> None:
        self._spec, self._statuses = spec, statuses
        self.labels = LabelQueue(spec.tick)
        self._voices = None if spec.experience is None else Voices(spec.experience, slow_ns=spec.slow_ns)
        self._departures, self._notebook = departures, notebook

    def take(self, before: int) -> tuple[tuple[Labels, ...], tuple[Feedback, ...]]:
        """The labels and what users said that became known before an instant, and forget them."""
        return self.labels.take(before), () if self._voices is None else self._voices.take(before)

    def tell(self, owner: Open, ended: Ended) -> Answers:
        """Fates of requests of one block that an arm was asked first, and that one answered."""
        block, fate, opinion = owner.block, owner.flown, owner.block.opinion(ended.by)
        key, status, published, index = ended.key, ended.status, ended.published, ended.arm
        n = len(key)
        columns = (
            np.empty(n, np.int64), np.empty(n, np.bool_), np.empty(n, np.int32), np.empty(n, np.uint8),
            np.empty(n, np.uint8), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.float32),
            np.empty(n, np.bool_),
        )
        shadows = publish(
            key, status, published, ROW_MASK, SHADOW_BIT, block.at, block.user, block.segment, block.group,
            opinion.score, opinion.decision, fate.status, fate.latency, self._statuses[index], columns,
        )
        owner.shadows -= shadows
        fate.open -= n - shadows
        row, shadow, user, segment, group, arrived, latency, score, decision = columns
        if ended.by != index:
            fate.by[row] = ended.by  # shadows never fall back
        learned = self._learned(owner, row, shadow, said=opinion.decision)
        if self._notebook is not None:
            everything = np.ones(n, dtype=np.bool_) if isinstance(learned, slice) else learned
            self._notebook.note(
                block, index, row=row, shadow=shadow, status=status, published=published, learned=everything
            )
        self.labels.put(index, labels_by_tick(
            row[learned], shadow[learned], status[learned], published[learned], block.label_at,
            block.label if block.known is None else block.known,
            block.known is None, block.at, block.segment, block.group, block.user, opinion.score,
            opinion.decision, block.reported_label, self._spec.tick, self._spec.duration,
        ))
        for listener in (self._voices, self._departures):
            if listener is not None:
                seen = ~shadow
                mine = row[seen]
                right = right_by(block, ended.by)[mine]
                listener.hear(block, index, row=mine, status=status[seen], latency=latency[seen], right=right)
        cost = block.charge(ended.by)
        return Answers(
            arm=np.full(n, index, dtype=np.uint8), shadow=shadow, segment=segment, group=group, user=user,
            status=status, arrived=arrived, latency=latency, score=score, decision=decision,
            cost=np.full(n, cost, dtype=np.int64) if isinstance(cost, int) else cost[row],
        )

    def _learned(self, owner: Open, row: Ints, shadow: Flags, *, said: Flags) -> slice | Flags:
        """Which of the answers to rows (n,) let anybody learn the truth, by what the answer that counted said: their
        own, said (of the block), or for those of shadow (n,) that of the arm which was asked."""
        block = owner.block
        if block.after_yes is None and block.after_no is None:
            return slice(None)
        counted = said[row]
        for arm in np.unique(owner.flown.arm[row[shadow]]).tolist():
            mine = shadow & (owner.flown.arm[row] == arm)
            counted[mine] = block.opinion(arm).decision[row[mine]]
        learned = np.ones(len(row), dtype=np.bool_)
        for hidden, when in ((block.after_yes, counted), (block.after_no, ~counted)):
            if hidden is not None:
                learned &= ~(hidden[row] & when)
        return learned


def right_by(block: Block, arm: int) -> Flags:
    """(n,) whether the arm's decision is the truth, where there is one."""
    right: Flags = block.opinion(arm).decision == block.label
    return right if block.known is None else np.asarray(right | ~block.known)


def in_order(ended: list[Answers]) -> list[Answers]:
    """Answers of several arms as one, by when they ended: where users change arms, whose was first must not depend on
    how time was cut.
    """
    if len(ended) < 2:
        return ended
    whole = joined(ended)
    return [only(whole, np.argsort(whole.arrived + whole.latency, kind="stable"))]
