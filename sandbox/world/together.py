"""Pools that are served together, event by event, because what one does changes what another is asked."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sandbox.base.telemetry import Again, Flags, Ints
from sandbox.world.asking import Ended, Question
from sandbox.world.attempts import Attempts
from sandbox.world.block import NOBODYS, SHADOW_BIT, Block
from sandbox.world.imposed import Imposed
from sandbox.world.line import NEVER_NS
from sandbox.world.services.kernel import PoolState
from sandbox.world.services.mesh import Endings, MeshOfPools, Offers, Requests
from sandbox.world.services.mesh_tables import NOBODY
from sandbox.world.services.service import DEFAULT_ANSWER
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside

NOT_AT_ALL = -1
"""In place of a pool to fall back to."""


class Together:
    """The pools of some arms and the mesh between them."""

    def __init__(
        self, spec: WorldSpec, pools: Sequence[PoolState], *, arms: Sequence[int], imposed: Imposed,
        blocks: Callable[[], Sequence[Block]],
    ) -> None:
        self._arms = tuple(arms)
        services = [spec.services[arm] for arm in arms]
        fallback = [_place_of(spec, arm, arms) for arm in arms]
        self._mesh = MeshOfPools(
            services, pools, mean_service_s=[spec.models[arm].mean_service_s for arm in arms], fallback=fallback
        )
        self._attempts = Attempts(spec, imposed, arms=arms, reaches=_reaches(fallback), blocks=blocks)
        self._urgent = np.array([
            [name in service.first for name in spec.segment_names] for service in services
        ])
        self._asides = Asides() if any(fault.knows_aside for fault in spec.faults) else None

    def news(self, arm: int) -> Again:
        """What was counted at the pool of an arm since the last time this was asked."""
        return Again(*self._mesh.news(self._arms.index(arm)))

    def serve(self, block: Block, questions: Sequence[Question], *, until: int) -> Iterator[Ended]:
        """Advance to `until` over requests of a block, a question an arm; returns the fates that are final."""
        every = [np.arange(len(block))[one.rows] if isinstance(one.rows, slice) else one.rows for one in questions]
        row, key = np.concatenate(every), np.concatenate([one.key for one in questions])
        pool = np.repeat([self._arms.index(one.arm) for one in questions], [len(rows) for rows in every])
        order = np.argsort(row, kind="stable")
        if self._asides is not None:
            for one in questions:
                self._asides.note(one.key, one.aside)
        row, key, pool = row[order], key[order], pool[order]
        return self._ended(self._mesh.serve(until, Requests(
            at=block.at[row], key=key, pool=pool, urgent=self._urgent[pool, block.segment[row]],
            shadow=(key & SHADOW_BIT) != 0,
        ), offers_of=self._offers))

    def _ended(self, endings: Endings) -> Iterator[Ended]:
        """The same by who was asked and whose answer it is."""
        for pool, arm in enumerate(self._arms):
            asked = endings.pool == pool
            for place in np.unique(endings.by[asked]).tolist():
                mine = asked & (endings.by == place)
                by = NOBODYS if place == NOBODY else self._arms[place]
                yield Ended(arm, by, endings.key[mine], endings.status[mine], endings.published[mine])

    def _offers(self, key: Ints, pool: Ints) -> Offers:
        return self._attempts.offers(key, pool, aside=None if self._asides is None else self._asides.of(key))

    def drained(self) -> Iterator[Ended]:
        """The fates of all that is in flight, once it has ended."""
        nothing, nobody = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
        new = Requests(at=nothing, key=nothing, pool=nothing, urgent=nobody, shadow=nobody)
        return self._ended(self._mesh.serve(NEVER_NS, new, offers_of=self._offers))


class Asides:
    """What faults may know of requests that are on their way, by key."""

    def __init__(self) -> None:
        self._key = np.empty(0, dtype=np.int64)
        self._flags = np.empty((0, 2), dtype=np.bool_)

    def note(self, key: Ints, aside: Aside | None) -> None:
        """New requests key (n,) and what is known of them, if anything is."""
        if aside is not None:
            known = aside.shadowed | aside.left
            self._key = np.concatenate([self._key, key[known]])
            self._flags = np.concatenate([self._flags, np.stack([aside.shadowed, aside.left], axis=1)[known]])

    def of(self, key: Ints) -> Aside:
        """What is known of requests key (m,), all that are on their way; the others are forgotten."""
        kept = np.isin(self._key, key)
        self._key, self._flags = self._key[kept], self._flags[kept]
        flags = np.zeros((len(key), 2), dtype=np.bool_)
        order = np.argsort(key, kind="stable")
        flags[order[np.searchsorted(key[order], self._key)]] = self._flags
        return Aside(shadowed=flags[:, 0], left=flags[:, 1])


def _place_of(spec: WorldSpec, arm: int, arms: Sequence[int]) -> int:
    """The place among `arms` of the one that an arm falls back to."""
    named = spec.services[arm].fallback
    if named is None:
        return NOT_AT_ALL
    return NOBODY if named == DEFAULT_ANSWER else arms.index(spec.arms.names.index(named))


def _reaches(fallback: Sequence[int]) -> Flags:
    """(p, p) whether a request that asks a pool may come to another."""
    reaches = np.eye(len(fallback), dtype=np.bool_)
    for pool, place in enumerate(fallback):
        while place >= 0:
            reaches[pool, place] = True
            place = fallback[place]
    return reaches
