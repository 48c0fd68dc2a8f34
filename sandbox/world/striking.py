"""Has faults strike: what a pool is offered, and what a model answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.streams import stream
from sandbox.base.telemetry import Codes, Flags, Floats, Ints, Users
from sandbox.world.block import FAULT_LUCK, Block, Opinion
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel
from sandbox.world.services.kernel import ERRORED, NEVER, PoolState
from sandbox.world.spec import WorldSpec

Rows = Ints | slice


class Striking(NamedTuple):
    """A fault that lies on a pool: its place in the plan, and since when it does what it does, in ns."""

    place: int
    since: int
    fault: Bout


@dataclass(frozen=True, slots=True)
class Aside:
    """What faults may know of the requests of a stretch: shadowed, left (n,) as `Around` has them."""

    shadowed: Flags
    left: Flags

    def of(self, rows: Ints, seen: Flags) -> "Aside":
        """The same for rows (k,) of the stretch, where seen (k,) says that they are not shadows themselves."""
        return Aside(np.asarray(self.shadowed[rows] & seen), np.asarray(self.left[rows] & seen))


def nothing_aside(n: int) -> Aside:
    """Nobody is shadowed and nobody has left."""
    nobody = np.zeros(n, dtype=np.bool_)
    return Aside(nobody, nobody)


def luck_of(spec: WorldSpec, block: Block, index: int, *, second: bool = False) -> Floats:
    """(n,) uniform: fault `index`'s own luck with each request of a block, or with its second try."""
    return block.lucky(
        FAULT_LUCK - 2 * index - second,
        lambda: stream(
            spec.seed, f"fault.{index}.luck{'.second' * second}", block=block.number
        ).random(len(block), dtype=np.float32),
    )


def offered(
    spec: WorldSpec, imposed: list[Striking], block: Block, arm: int, rows: Rows, aside: Aside | None,
    *, second: bool = False,
) -> Offer:
    """What the pool of an arm is offered with the requests `rows` of a block, or with a second try of theirs, under the
    faults imposed on it."""
    demand, names = block.demand(arm, second=second)[rows], spec.arms.names
    n = len(demand)
    aside = aside or nothing_aside(n)
    offer = Offer(demand, np.full(n, spec.models[arm].failing), np.zeros(n, dtype=np.bool_))

    def of(name: str) -> tuple[Ints, float]:
        other = names.index(name)
        return block.demand(other, second=second)[rows], spec.models[other].failing

    for index, since, fault in imposed:
        if not fault.strikes(names[arm]):
            continue
        luck = _later(spec, block, index, rows, second)
        around = Around(block.at[rows], since, luck, of, aside.shadowed, aside.left)
        after = fault.serve(offer, around)
        touched = _inside(spec, fault, block.segment[rows])
        offer = after if touched is None else Offer(
            np.where(touched, after.demand, offer.demand), np.where(touched, after.rate, offer.rate),
            np.where(touched, after.lost, offer.lost),
        )
    return offer


def _later(spec: WorldSpec, block: Block, index: int, rows: Rows, second: bool) -> Callable[[], Floats]:
    return lambda: luck_of(spec, block, index, second=second)[rows]


def _inside(spec: WorldSpec, fault: Bout, segment: Codes) -> Flags | None:
    if not isinstance(fault, OnModel) or not fault.segments:
        return None
    named = np.array([name in fault.segments for name in spec.segment_names])
    return np.asarray(named[segment])


def answering(spec: WorldSpec, block: Block) -> Block:
    """A block whose models answer as the faults of the plan have them."""
    faults = [(index, fault) for index, fault in enumerate(spec.faults) if _touches_answers(fault, block)]
    if not faults:
        return block
    healthy = block._opine

    def opine(of: Block, arm: int) -> Opinion:
        opinion = healthy(of, arm)
        for index, fault in faults:
            if fault.strikes(spec.arms.names[arm]):
                rows = _struck(spec, of, index, fault)
                other = healthy(of, spec.arms.names.index(fault.serves)) if fault.serves else None
                opinion = fault.answer(opinion, other, rows)
                if fault.rescores:
                    opinion = opinion.decided_anew(rows, threshold=spec.models[arm].threshold)
        return opinion

    return replace(block, _opine=opine)


def _touches_answers(fault: Bout, block: Block) -> bool:
    return type(fault).answer is not Bout.answer and fault.at < block.end and fault.until > block.start


def _struck(spec: WorldSpec, block: Block, index: int, fault: Bout) -> Flags:
    rows: Flags = (block.at >= fault.at) & (block.at < fault.until)
    if fault.part_of_answers < 1.0:
        rows = rows & (luck_of(spec, block, index) < np.float32(fault.part_of_answers))
    inside = _inside(spec, fault, block.segment)
    return rows if inside is None else rows & inside


def who_left(user: Users, arm: Codes, was: npt.NDArray[np.bool_]) -> Flags:
    """(n,) which requests, in order, are the incumbent's of a user who was a candidate's before; was (u,) remembers."""
    left = np.zeros(len(user), dtype=np.bool_)
    candidates = np.flatnonzero(arm != INCUMBENT)
    if candidates.size:
        first = np.full(len(was), len(user), dtype=np.int64)
        np.minimum.at(first, user[candidates], candidates)
        left = np.arange(len(user)) > first[user]
    left = np.asarray((left | was[user]) & (arm == INCUMBENT))
    was[user[candidates]] = True
    return left


def kill(pool: PoolState, part: float, *, now: int, restart: int) -> None:
    """A part of a pool's slots dies now: what they serve fails at once, and they serve again `restart` ns later."""
    live = np.flatnonzero(pool.free_at < NEVER)
    dead = live[: round(part * len(live))]
    serving = dead[(pool.open_key[dead] >= 0) & (pool.open_published[dead] > now)]
    pool.open_status[serving] = ERRORED
    pool.open_published[serving] = now
    pool.free_at[dead] = now + restart
