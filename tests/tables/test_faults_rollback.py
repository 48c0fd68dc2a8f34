"""What a fault says of rolling back is what rolling back does: half of the traffic goes on, or goes back a minute in.

A request is hurt that was answered without the fault and is not with it, or takes a tenth and 5 ms longer, or is wrong
and was right; each flight is held against the same course without the fault.
"""

import functools
from typing import Any

import numpy as np
import pytest

from sandbox.base.rows import RequestRows
from sandbox.lab.fault_drill import MINUTE, drill, kind_of, settings
from sandbox.run.session import Session
from sandbox.world.faults.kinds import KINDS

ANSWERED = 0
BEGINS = {"shadow-writes": MINUTE}
LATER = {"slow-start": 0, "autoscaler-lag": 0, "incompatible-rollback": 0, "shadow-writes": 10 * 10**9}
"""How long after the instant of a rollback counting begins, in ns: 90 s unless said, so that queues have drained."""
SETTINGS: dict[str, dict[str, Any]] = {
    "crash": {"every": "20s"}, "memory-leak": {"life": "40s"}, "noisy-neighbour": {"every": "20s"},
    "warm-up": {"time": "20s"}, "overflow": {"part": "30%"}, "no-safe-target": {"factor": 2},
    "slow-start": {"takes": "3m"}, "autoscaler-lag": {"by": "3m"},
}


@functools.cache
def flown(kind: str, at: int, *, back: bool) -> dict[str, np.ndarray]:
    fault = settings(kind) | SETTINGS.get(kind, {}) | {"at": f"{at // 10**9}s"} if kind else {}
    fault.pop("lasts", None)
    kept: list[RequestRows] = []
    session = Session(drill(fault) if kind else drill(), keep=kept.append)
    session.advance(at + MINUTE)
    if back:
        session.apply("roll back", actor="drill")
    session.advance(at + 5 * MINUTE)
    session.finish()
    names = ("at", "status", "latency", "decision", "label", "arm")
    return {name: np.concatenate([getattr(rows, name) for rows in kept]) for name in names}


def hurt(kind: str, *, back: bool) -> int:
    """How many of the requests of the three minutes after it could show that rolling back helped were hurt."""
    at = BEGINS.get(kind, 7 * MINUTE)
    plain, struck = flown("", at, back=back), flown(kind, at, back=back)
    later = at + MINUTE + LATER.get(kind, 90 * 10**9)
    chosen = (plain["at"] >= later) & (plain["at"] < at + 4 * MINUTE)
    failed = (plain["status"] == ANSWERED) & (struck["status"] != ANSWERED)
    slow = struck["latency"] > 1.1 * plain["latency"] + 5_000_000
    wrong = (plain["decision"] == plain["label"]) & (struck["decision"] != struck["label"])
    return int((chosen & (failed | slow | wrong)).sum())


TRIED = [spec for spec in KINDS if kind_of(spec) in (
    "latency", "errors", "wrong-artifact", "mixed-versions", "memory-leak", "overflow", "tail", "crash", "slow-start",
    "autoscaler-lag", "noisy-neighbour", "outage", "partition", "capacity", "incompatible-rollback", "shadow-writes",
    "no-safe-target", "warm-up", "blip",
)]


@pytest.mark.parametrize("spec", TRIED, ids=lambda spec: spec.__name__)
def test_rolling_back_does_what_the_fault_says_it_does(spec: Any) -> None:
    gone_on, gone_back = hurt(kind_of(spec), back=False), hurt(kind_of(spec), back=True)
    if spec.rollback == "helps":
        assert gone_on > 50
        assert gone_back < 0.05 * gone_on
    elif spec.rollback == "does not help":
        assert gone_on > 1_000
        assert gone_back > 0.8 * gone_on
    elif spec.rollback == "makes it worse":
        assert gone_back > 50
        assert gone_back > 2 * gone_on
    else:
        assert gone_on < 30
        assert gone_back < 30
