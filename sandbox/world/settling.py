"""Settles blocks whose every fate is known in both flights: harm, rows for the record, and what was true."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.rows import RequestRows
from sandbox.base.status import STATUSES, Status
from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.base.truth import Interval, Truth
from sandbox.world.block import NOBODYS
from sandbox.world.drift.onset import first_effect
from sandbox.world.harm import HarmLedger
from sandbox.world.open_blocks import Open
from sandbox.world.spec import WorldSpec
from sandbox.world.telling import right_by


class Settling:
    """Keeps what is true of the flight so far."""

    def __init__(
        self, spec: WorldSpec, *, users: int, private: Flags | None, keep: Callable[[RequestRows], None] | None
    ) -> None:
        self._spec, self._keep, self._private = spec, keep, private
        self._ledger = HarmLedger(
            windows=-(-spec.duration // spec.tick), arms=len(spec.arms), segments=len(spec.segment_names),
            groups=len(spec.group_names), users=users, slow_ns=spec.slow_ns,
        )
        self.statuses = np.zeros((len(spec.arms), len(STATUSES)), dtype=np.int64)
        """(arms, 4) how requests ended that users saw."""

    def settle(self, done: Open) -> None:
        """Judge a block of which every fate is known."""
        if not len(done.block):
            return
        block, flown, stayed = done.block, done.flown, done.stayed
        block.opinion(INCUMBENT)  # what staying would have answered, read or not
        window = block.at // self._spec.tick
        right = {arm: right_by(block, arm) for arm in answering(done)}
        harmed = self._ledger.add(
            block, flown=flown, stayed=stayed, right=_of_arm(flown.by, right), stayed_right=_of_arm(stayed.by, right),
            window=window,
        )
        for arm in block.scored_arms:
            self._ledger.judge(arm, right=right[arm], window=window)
            self._ledger.compare(block, arm, window=window)
        if self._keep is not None:
            self._keep(self._rows(done, harmed))

    def _rows(self, done: Open, harmed: Codes) -> RequestRows:
        """The rows of those who came; of who is private no features."""
        block, flown = done.block, done.flown
        score = _of_arm(flown.by, {arm: block.opinion(arm).score for arm in answering(done)})
        decision = _of_arm(flown.by, {arm: block.opinion(arm).decision for arm in answering(done)})
        features = block.served if self._spec.read_features else None
        if features is not None and self._private is not None:
            features = np.where(self._private[block.user][:, None], np.float32(np.nan), features)
        rows = RequestRows(
            seq=np.arange(len(block), dtype=np.int64) + block.first_key, at=block.at, user=block.user,
            segment=block.segment, group=block.group, arm=flown.arm, step=flown.step, status=flown.status,
            latency=flown.latency, score=score, decision=decision, label=block.label, label_at=block.label_at,
            harm=harmed, features=features,
        )
        came = flown.status != Status.ABSENT
        return rows if came.all() else rows.only(came)

    def truth(self, *, work: Ints, room: Ints, in_flight: Ints) -> Truth:
        """What was true so far, of all requests whose fate is known in both flights; work, room (W, arms) ns."""
        ledger = self._ledger
        return Truth(
            starts=np.arange(len(work), dtype=np.int64) * self._spec.tick, requests=ledger.requests,
            harmed=ledger.harmed, helped=ledger.helped, right=ledger.right, judged=ledger.judged, work_ns=work,
            room_ns=room, harmed_users=int((ledger.harm_of_user > 0).sum()),
            net_harmed_users=int((ledger.harm_of_user > ledger.help_of_user).sum()),
            users_on_candidate=int(ledger.on_candidate.sum()), statuses=self.statuses.copy(), in_flight=in_flight,
            intervals=intervals_of(self._spec), decided=ledger.decided,
        )


def answering(done: Open) -> tuple[int, ...]:
    """Whose answers there may be in a block: of the arms that were asked, and of nobody where requests fall back."""
    falls_back = done.flown.by is not done.flown.arm
    return (*done.block.scored_arms, *((NOBODYS,) if falls_back else ()))


def intervals_of(spec: WorldSpec) -> tuple[Interval, ...]:
    """When drifts and faults bend the world, and for whom."""
    end, names = spec.duration, spec.arms.names
    drifts = [
        Interval(
            "drift", drift.kind, first_effect(drift), end if drift.until is None else min(end, drift.until),
            tuple(name for name in names if drift.reaches(name)),
        )
        for drift in spec.drift
    ]
    faults = [
        Interval(
            "fault", fault.kind, fault.at, min(end, fault.until),
            tuple(name for name in names if fault.strikes(name)),
        )
        for fault in spec.faults
    ]
    return (*drifts, *faults)


def _of_arm(arm: Codes, columns: dict[int, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """From one column an arm the value of the arm (n,) that answered."""
    chosen = columns[INCUMBENT]
    for index, column in columns.items():
        if index != INCUMBENT:
            chosen = np.where(arm == index, column, chosen)
    return chosen
