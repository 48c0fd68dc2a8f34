"""Flights and requests made up of numbers, valid in every part, quick to make."""

import numpy as np

from sandbox.base.flight import Flight, Header
from sandbox.base.journal import Entry, Journal
from sandbox.base.rows import RequestRows
from sandbox.base.streams import stream
from sandbox.base.truth import Interval, Truth
from sandbox.base.window import Layout, Sparse, Window

MINUTE = 60_000_000_000
LAYOUT = Layout(("incumbent", "candidate"), ("web", "app", "partner"), ("a", "b"), ("age", "amount"))


def make_flight(*, seed=7, name="Good at one percent", windows=4, layout=LAYOUT):
    """A flight that climbs one step and is rolled back."""
    journal = Journal()
    for entry in _entries(seed, windows):
        journal.write(entry)
    return Flight(
        header=_header(name, seed, layout, windows), journal=tuple(journal.entries),
        windows=tuple(_windows(seed, windows, layout)), truth=_truth(seed, windows, layout), outcome="rolled_back",
        ended_at=windows * MINUTE, digest=journal.head,
    )


def make_rows(count, *, seed=7, first=0, features=0, users=5_000):
    """Requests in order of arrival."""
    chance = stream(seed, "tests.record.rows", block=first)
    return RequestRows(
        seq=np.arange(first, first + count, dtype=np.int64), at=(np.arange(count) + first) * 1_000_000,
        user=chance.integers(0, users, count).astype(np.int32),
        segment=chance.integers(0, 3, count).astype(np.uint8), group=chance.integers(0, 2, count).astype(np.uint8),
        arm=(chance.random(count) < 0.05).astype(np.uint8), step=np.full(count, 1, dtype=np.int16),
        status=np.where(chance.random(count) < 0.01, np.uint8(3), np.uint8(0)),
        latency=(chance.lognormal(0, 1, count) * 5e7).astype(np.int64), score=chance.random(count).astype(np.float32),
        decision=chance.random(count) < 0.3, label=chance.random(count) < 0.3,
        label_at=chance.integers(0, 10**12, count), harm=(chance.random(count) < 0.02).astype(np.uint8) * np.uint8(2),
        features=chance.random((count, features)).astype(np.float32) if features else None,
    )


def _header(name, seed, layout, windows):
    return Header(
        name=name, title="A better model that falls over", source="good-at-one-percent.toml",
        scenario_text='# größer "als"\r\n[scenario]\nseed = 7\n', scenario_hash="ab" * 32, seed=seed,
        plan={"ramp": {"steps": ["1%", "5%"], "bake": 900.5}, "faults": [], "label": None},
        inputs={"replay.parquet": "cd" * 32}, versions={"numpy": "2.4"}, layout=layout, tick=MINUTE,
        duration=windows * MINUTE,
    )


def _entries(seed, windows):
    yield Entry(0, "begin", {"title": "A better model", "seed": seed})
    yield Entry(0, "drift", {"kind": "concept", "from": 5, "until": 10}, truth=True)
    yield Entry(MINUTE, "command", {
        "id": 1, "actor": "policy", "kind": "advance", "arguments": {}, "answer": "accepted"
    })
    yield Entry(MINUTE, "ramp", {
        "what": "step", "step": 0, "title": "1%", "share": 0.01, "because": "the ramp begins", "version": 1
    })
    for number in range(windows):
        yield Entry((number + 1) * MINUTE, "gate", {
            "gate": "p99 no worse", "kind": "no-worse", "verdict": "fail" if number == windows - 1 else "pass",
            "because": "+163% > +20% “slow”", "value": None if number == 0 else 0.1 * number, "bound": 0.2,
            "n": 1_000 * number, "decides": True, "step": 0,
        })
    yield Entry(windows * MINUTE, "ramp", {
        "what": "roll back", "step": 0, "title": "1%", "share": 0.0, "because": "p99 no worse failed", "version": 2
    })


def _windows(seed, windows, layout):
    for number in range(windows):
        for matured in (False, True):
            size = layout.label_size if matured else layout.size
            chance = stream(seed, f"tests.record.windows.{matured}", block=number)
            counts = chance.integers(0, 1 << 40, size) * (chance.random(size) < 0.4)
            yield Window(
                index=number, start=number * MINUTE, end=(number + 1) * MINUTE, visible_at=(number + 1) * MINUTE + 5,
                step=number - 1, share=(0.95, 0.05), matured=matured,
                counts=Sparse.of(np.zeros(size, dtype=np.int64) if number == 1 else counts),
            )


def _truth(seed, windows, layout):
    chance = stream(seed, "tests.record.truth")
    arms, cells = len(layout.arms), (windows, len(layout.arms), len(layout.segments), len(layout.groups))

    def some(*shape):
        return chance.integers(0, 3, shape)

    return Truth(
        starts=np.arange(windows, dtype=np.int64) * MINUTE, requests=some(*cells), harmed=some(*cells, 3),
        helped=some(*cells, 3), right=some(windows, arms), judged=some(windows, arms), work_ns=some(windows, arms),
        room_ns=some(windows, arms), harmed_users=312, net_harmed_users=300, users_on_candidate=4_000,
        statuses=some(arms, 4), in_flight=some(arms),
        intervals=(
            Interval("drift", "concept", 5, 10, ("incumbent", "candidate")),
            Interval("fault", "latency", MINUTE, 2 * MINUTE, ("candidate",)),
        ),
        decided=some(windows, arms, len(layout.groups), 4),
    )
