"""Flights made by hand, so that what is true of them is known."""

from typing import Any

import numpy as np

from sandbox.base.digest import chain
from sandbox.base.flight import Flight, Header
from sandbox.base.journal import Entry, Journal
from sandbox.base.truth import Interval, Truth
from sandbox.base.units import NS_PER_SECOND
from sandbox.base.window import Layout, Sparse, Window

MINUTE = 60 * NS_PER_SECOND
WINDOWS = 10


def truth(
    *, harmed: dict[int, int] | None = None, helped: dict[int, int] | None = None, requests: int = 1000,
    intervals: tuple[Interval, ...] = (), groups: int = 1, busy: dict[int, float] | None = None, work: int = 100,
) -> Truth:
    """Ten windows of 1,000 candidate requests; wrong answers gained and lost by window, all in the first group."""
    shape = (WINDOWS, 2, 1, groups)
    n = np.zeros(shape, dtype=np.int64)
    n[:, 1] = requests // groups
    bad, good = np.zeros((*shape, 3), dtype=np.int64), np.zeros((*shape, 3), dtype=np.int64)
    for window, count in (harmed or {}).items():
        bad[window, 1, 0, 0, 0] = count
    for window, count in (helped or {}).items():
        good[window, 1, 0, 0, 0] = count
    room = np.full((WINDOWS, 2), 1000, dtype=np.int64)
    done = np.full((WINDOWS, 2), work, dtype=np.int64)
    for window, part in (busy or {}).items():
        done[window, 1] = round(1000 * part)
    return Truth(
        starts=np.arange(WINDOWS, dtype=np.int64) * MINUTE, requests=n, harmed=bad, helped=good,
        right=np.full((WINDOWS, 2), 8), judged=np.full((WINDOWS, 2), 10), work_ns=done, room_ns=room,
        harmed_users=int(bad.sum()), net_harmed_users=max(0, int(bad.sum() - good.sum())), users_on_candidate=50,
        statuses=np.array([[0, 0, 0, 0], [10_000, 0, 0, 0]]), in_flight=np.zeros(2, dtype=np.int64),
        intervals=intervals,
    )


def ramp(at: int, what: str, *, step: int = 0, title: str = "5%", share: float = 0.05, because: str = "") -> Entry:
    """A ramp entry, as the session writes it."""
    facts = {"what": what, "step": step, "title": title, "share": share, "because": because, "version": 1}
    return Entry(at, "ramp", facts)


def gate(at: int, verdict: str, *, name: str = "errors", because: str = "3% > 2%", decides: bool = True) -> Entry:
    """A gate entry, as the session writes it."""
    return Entry(at, "gate", {
        "gate": name, "kind": "threshold", "verdict": verdict, "because": because, "value": 0.03, "bound": 0.02,
        "n": 1234, "decides": decides, "step": 0,
    })


def flight(
    *entries: Entry, what_was: Truth | None = None, outcome: str = "held", expect: dict[str, Any] | None = None,
    groups: tuple[str, ...] = ("all",), title: str = "Made by hand", plan: dict[str, Any] | None = None,
    source: str = "made.toml",
) -> Flight:
    """A flight of ten minutes with these entries in its journal."""
    journal = Journal()
    for entry in entries or (ramp(0, "step", because="the ramp begins"),):
        journal.write(entry)
    layout = Layout(("incumbent", "candidate"), ("all",), groups, ("f1",))
    window = Window(
        index=0, start=0, end=MINUTE, visible_at=MINUTE, step=0, share=(0.95, 0.05), matured=False,
        counts=Sparse.of(np.zeros(layout.size, dtype=np.int64)),
    )
    header = Header(
        name="made", title=title, source=source, scenario_text="", scenario_hash=chain("", title), seed=3,
        plan={"plan": {"acceptable_harm": "1%"}, "expect": expect or {}} | (plan or {}), inputs={},
        versions={"greenroom": "0"}, layout=layout, tick=MINUTE, duration=WINDOWS * MINUTE,
    )
    return Flight(
        header=header, journal=tuple(journal.entries), windows=(window,), truth=what_was or truth(), outcome=outcome,
        ended_at=WINDOWS * MINUTE, digest=journal.head,
    )
