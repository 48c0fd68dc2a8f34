"""What every kind of fault owes: it changes what it declares while it lasts, and nothing else, before or after.

Held in one rollout that every kind is flown on (`lab.fault_drill`), against the same seed without the fault.
"""

import functools
import re
from typing import Any

import numpy as np
import pytest

from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.base.window import Layout, Window
from sandbox.lab.fault_drill import DRILL, MINUTE, NAMES, TICK, drill, fly_drill, settings, span
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.faults.kinds import KINDS

COLUMNS = ("at", "user", "segment", "group", "arm", "status", "latency", "score", "decision", "label", "label_at")
DRAIN = 90 * 10**9
"""Queues are 40 long and clients wait a second; pools start for 2 s; a group of alerts goes its rounds every minute."""
OF_USERS = ("users", "first_event", "user_sums", "user_labels", "first_wrong")
"""Parts that remember whose first it was: what happened to a user once cannot be undone."""


@functools.cache
def flown(kind: str) -> tuple[Flight, dict[str, np.ndarray]]:
    kept: list[RequestRows] = []
    flight = fly_drill(drill(settings(kind)) if kind else drill(), keep=kept.append)
    return flight, {name: np.concatenate([getattr(rows, name) for rows in kept]) for name in COLUMNS}


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def windows_of(flight: Flight, chosen: Any, *, without_users: bool) -> list[tuple[Any, ...]]:
    layout = flight.header.layout
    return [
        (one.matured, one.start, one.end, one.step, one.share, _counts(one, layout, without_users=without_users))
        for one in flight.windows if chosen(one)
    ]


def _counts(window: Window, layout: Layout, *, without_users: bool) -> bytes:
    counts = window.counts.dense()
    for name in OF_USERS if without_users else ():
        if name in (layout.label_parts if window.matured else layout.parts):
            layout.part(counts, name)[...] = 0
    return counts.tobytes()


def told(flight: Flight) -> list[tuple[int, str, str]]:
    return [(one.at, one.kind, str(one.facts)) for one in flight.journal if one.kind in ("alert", "notify", "gate")]


@pytest.mark.parametrize("kind", NAMES)
def test_before_a_fault_strikes_nothing_differs(kind: str) -> None:
    (plain, rows), (struck, others) = flown(""), flown(kind)
    at, _ = span(kind)
    for name in COLUMNS:
        assert same(rows[name][rows["at"] < at - 1_000_000_000], others[name][others["at"] < at - 1_000_000_000]), name

    def early(window: Window) -> bool:
        return window.visible_at <= at

    assert windows_of(plain, early, without_users=False) == windows_of(struck, early, without_users=False)
    assert [one for one in told(plain) if one[0] < at] == [one for one in told(struck) if one[0] < at]


@pytest.mark.parametrize("kind", NAMES)
def test_after_a_fault_was_lifted_and_queues_have_drained_nothing_differs(kind: str) -> None:
    (plain, rows), (struck, others) = flown(""), flown(kind)
    over = span(kind)[1] + DRAIN
    late_rows = rows["at"] >= over
    assert late_rows.sum() > 1_000
    for name in COLUMNS:
        assert same(rows[name][late_rows], others[name][others["at"] >= over]), name

    def late(window: Window) -> bool:
        return window.start >= over

    assert windows_of(plain, late, without_users=True) == windows_of(struck, late, without_users=True)


@pytest.mark.parametrize("kind", [name for name in NAMES if name != "none"])
def test_while_it_lasts_a_fault_does_something(kind: str) -> None:
    (plain, rows), (struck, others) = flown(""), flown(kind)
    moved = [name for name in COLUMNS if not same(rows[name], others[name])]
    seen = windows_of(plain, lambda _: True, without_users=False) != windows_of(
        struck, lambda _: True, without_users=False
    )
    assert moved or seen or told(plain) != told(struck)


@pytest.mark.parametrize("kind", NAMES)
def test_nobody_arrives_otherwise_and_no_truth_is_another(kind: str) -> None:
    (_, rows), (_, others) = flown(""), flown(kind)
    for name in ("at", "user", "segment", "group", "label", "label_at"):
        assert same(rows[name], others[name]), name


OF_REQUESTS = ("arm", "status", "latency", "score", "decision")
MOVES = {
    "model": set(OF_REQUESTS) - {"arm"}, "platform": {"status", "latency"}, "rollout": set(OF_REQUESTS),
    "observability": set[str](), "none": {"status", "latency"},
}


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.__name__)
def test_a_fault_touches_only_what_its_class_of_fault_can(spec: Any) -> None:
    kind = str(spec.model_fields["kind"].default)
    (_, rows), (_, others) = flown(""), flown(kind)
    moved = {name for name in OF_REQUESTS if not same(rows[name], others[name])}
    assert moved <= MOVES[spec.taxonomy]


def test_no_fault_is_no_fault_to_the_last_bit() -> None:
    (plain, rows), (struck, others) = flown(""), flown("none")
    assert all(same(rows[name], others[name]) for name in COLUMNS)
    assert windows_of(plain, lambda _: True, without_users=False) == windows_of(
        struck, lambda _: True, without_users=False
    )
    journal = [(one.at, one.kind, one.facts) for one in struck.journal if one.kind != "fault"]
    assert journal == [(one.at, one.kind, one.facts) for one in plain.journal]


@pytest.mark.parametrize("kind", NAMES)
def test_however_time_is_cut_the_flight_is_the_same(kind: str) -> None:
    assert fly_drill(drill(settings(kind)), every=7_333_333_333).digest == flown(kind)[0].digest


@pytest.mark.parametrize("kind", NAMES)
def test_every_request_has_one_fate_at_every_instant(kind: str) -> None:
    flight, rows = flown(kind)
    assert flight.truth.statuses.sum() == flight.truth.requests.sum() == len(rows["at"])
    for arm in range(2):
        fates = np.bincount(rows["status"][rows["arm"] == arm], minlength=4)
        assert flight.truth.statuses[arm].tolist() == fates.tolist()
    session = Session(drill(settings(kind)))
    for at in (span(kind)[0] + 1, span(kind)[0] + 3 * TICK + 7, span(kind)[1] + 1):
        session.advance(at)
        session.touch()
        assert int(session.world.offered().sum()) == int((rows["at"] < at).sum())


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.__name__)
def test_a_fault_says_how_it_is_told_apart_in_names_that_exist(spec: Any) -> None:
    assert len(spec.apart) > 30
    for name in re.findall(r"`([a-z-]+)`", spec.apart):
        assert name in NAMES, name
    assert spec.taxonomy in MOVES
    assert spec.rollback in ("helps", "does not help", "makes it worse", "is not needed")


@pytest.mark.parametrize("first", ["slow-rollback", "unsticky", "memory-leak"])
@pytest.mark.parametrize("second", [
    "crash", "sample-ratio", "wrong-label", "overflow", "incompatible-rollback", "no-safe-target",
])
def test_two_faults_at_once_keep_the_laws(first: str, second: str) -> None:
    both = [settings(first) | {"at": "8m", "lasts": "3m"}, settings(second) | {"at": "9m", "lasts": "3m"}]
    straight = fly_drill(drill(*both))
    assert straight.truth.statuses.sum() == straight.truth.requests.sum()
    assert fly_drill(drill(*both), every=23_333_333_333).digest == straight.digest


def everything_at_once() -> Plan:
    rival = {"kind": "synthetic", "auc": 0.8, "errors": "3%"}
    faults = [settings(kind) | {"at": f"{4 + place // 6}m{place % 6}7s", "lasts": "100s"}
              for place, kind in enumerate(NAMES)]
    scenario = DRILL | {"models": DRILL["models"] | {"rival": rival}, "faults": faults}
    return Plan(name="all", text="", document=Document.model_validate(scenario))


def test_with_every_fault_at_once_and_three_models_the_laws_hold() -> None:
    kept: list[RequestRows] = []
    straight = fly_drill(everything_at_once(), keep=kept.append)
    assert straight.truth.statuses.sum() == straight.truth.requests.sum() == sum(map(len, kept))
    assert straight.truth.in_flight.sum() == 0
    for every in (11_111_111_111, 2_718_281_828):
        assert fly_drill(everything_at_once(), every=every).digest == straight.digest


def test_the_drill_is_one_in_which_everything_happens() -> None:
    flight, rows = flown("")
    steps = [entry.facts["share"] for entry in flight.journal if entry.kind == "ramp" and entry.facts["what"] != "hold"]
    assert steps == [0.0, 0.2, 0.5, 0.0]
    assert DRILL["scenario"]["duration"] == f"{flight.ended_at // MINUTE}m"
    alerts = [entry.facts for entry in flight.journal if entry.kind == "alert"]
    assert {facts["alert"] for facts in alerts if facts["state"] == "firing"} == {"half of all", "more than shadow"}
    assert (rows["status"] != 0).mean() < 0.01
