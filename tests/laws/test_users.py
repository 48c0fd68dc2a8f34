"""Users: who never agreed is left alone, who turns away is away from the next tick on, sessions are what they say."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sandbox.base.arms import INCUMBENT
from sandbox.base.rows import RequestRows
from sandbox.base.telemetry import Arrivals
from sandbox.base.truth import Truth
from sandbox.run.rig import world_spec
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9
TICK = 30 * 10**9


def plan_of(**tables: Any) -> Plan:
    document = Document.model_validate({
        "scenario": {"title": "t", "duration": "10m", "tick": "30s", "seed": 6},
        "traffic": {"kind": "steady", "mean": "80/s"},
        "models": {
            "incumbent": {"kind": "synthetic"},
            "candidate": {"kind": "synthetic", "errors": "10%"},
        },
        "labels": {"delay": "10s"},
        "ramp": {"steps": [{"share": "50%", "shadow": "50%"}], "bake": "1h"},
        "record": {"features": True},
    } | tables)
    assert list(document.problems()) == []
    return Plan(name="t", text="", document=document)


def flown(plan: Plan) -> tuple[RequestRows, Truth, dict[str, int]]:
    kept: list[RequestRows] = []
    flight = fly(plan, keep=kept.append)
    names = ("at", "user", "arm", "status", "harm", "decision", "label", "features")
    rows = kept[0].only(np.zeros(len(kept[0]), dtype=bool))
    for name in names:
        object.__setattr__(rows, name, np.concatenate([getattr(one, name) for one in kept]))
    said = [entry.facts for entry in flight.journal if entry.kind == "truth"][-1]
    return rows, flight.truth, said.get("turned_away", {})


def arrivals_of(plan: Plan) -> tuple[Session, list[Arrivals]]:
    session, seen = Session(plan), list[Arrivals]()
    take = session.collector._take_arrivals

    def listen(arrivals: Arrivals) -> None:
        seen.append(arrivals)
        take(arrivals)

    session.collector._take_arrivals = listen  # type: ignore[method-assign]
    session.finish()
    return session, seen


def test_who_never_agreed_is_never_answered_nor_shadowed_by_a_candidate_nor_recorded() -> None:
    plan = plan_of(users={"consent": "60%"}, telemetry={"sample": "100%"})
    session, seen = arrivals_of(plan)
    private = session.world.day.crowd.private
    assert private is not None
    interval = stats.binomtest(int(private.sum()), len(private)).proportion_ci(0.9999)
    assert interval.low < 0.4 < interval.high
    mine = [private[one.user] for one in seen]
    assert all((one.arm[hidden] == INCUMBENT).all() for one, hidden in zip(seen, mine, strict=True))
    assert not any(one.shadow[hidden].any() for one, hidden in zip(seen, mine, strict=True))
    assert any(one.shadow.any() for one in seen)
    parts = session.collector.layout
    looked_at = sum(int(parts.part(window.counts.dense(), "feature_rows").sum())
                    for window in session.windows if not window.matured)
    assert looked_at == sum(int((~hidden).sum()) for hidden in mine)
    rows, _, _ = flown(plan)
    assert rows.features is not None
    assert (np.isnan(rows.features).all(axis=1) == private[rows.user]).all()


def test_where_everybody_agreed_and_nobody_turns_away_no_bit_changes() -> None:
    plain = fly(plan_of(experience={})).digest
    assert fly(plan_of(users={"consent": "100%"}, experience={"leaving": {"failed": "0%"}})).digest == plain


def test_who_left_never_comes_again_and_half_of_those_who_were_failed_once_leave_where_half_is_said() -> None:
    plan = plan_of(users={"count": 300}, experience={"leaving": {"failed": "50%"}})
    rows, truth, away = flown(plan)
    failed = (rows.status == 3) & (rows.arm == 1)
    stayed, once = 0, 0
    tick = rows.at // TICK
    for user in np.unique(rows.user[failed]):
        mine = rows.user == user
        first = int(tick[mine & failed].min())
        if int((mine & failed & (tick == first)).sum()) == 1 and first < 14:
            once += 1
            # An answer may end in the tick after; whoever is there still two ticks later has stayed.
            stayed += bool((mine & (tick > first + 1)).any())
    interval = stats.binomtest(stayed, once).proportion_ci(0.9999)
    assert once > 80
    assert interval.low < 0.5 < interval.high
    assert away["left_anyway"] == 0
    assert 100 < away["left"] < 300
    assert truth.statuses.sum() == truth.requests.sum() == len(rows.at)


def test_without_a_candidate_as_many_leave_as_would_have_anyway() -> None:
    plan = plan_of(
        users={"count": 300}, ramp={"steps": ["50%"], "start": "10m"}, experience={"leaving": {"wrong": "2%"}},
    )
    _, truth, away = flown(plan)
    assert away["left"] == away["left_anyway"] > 50
    assert truth.harmed.sum() == truth.helped.sum() == 0


def test_who_opted_out_is_the_incumbents_from_then_on_and_no_longer_counted_in_the_split() -> None:
    plan = plan_of(users={"count": 300}, experience={"opting_out": {"failed": "100%"}})
    rows, _, away = flown(plan)
    failed = (rows.status == 3) & (rows.arm == 1)
    for user in np.unique(rows.user[failed]):
        mine = rows.user == user
        back = (int((rows.at[mine & failed]).min()) // TICK + 2) * TICK  # it may have failed in the tick after it came
        assert (rows.arm[mine & (rows.at >= back)] == INCUMBENT).all()
    assert away["opted_out"] == len(np.unique(rows.user[failed])) > 100
    _, seen = arrivals_of(plan)
    gone = np.unique(rows.user[failed & (rows.at < 8 * MINUTE)])
    late = [one for one in seen if len(one.at) and one.at[0] >= 9 * MINUTE]
    assert not any(one.split[np.isin(one.user, gone)].any() for one in late if one.split is not None)


def test_cutting_time_anywhere_changes_no_bit() -> None:
    plan = plan_of(
        users={"count": 500, "consent": "80%", "sessions": {"requests": 4, "gap": "5s"}}, population={"age": "10s"},
        experience={"opting_out": {"wrong": "2%"}, "leaving": {"failed": "20%", "wrong": "1%"}},
        drift=[{"kind": "duplicated", "rate": "40%", "at": "2m"}],
    )
    session, at = Session(plan), 0
    while at < 10 * MINUTE:
        at += 7_333_333_333
        session.advance(at)
        session.touch()
    assert session.finish().digest == fly(plan).digest


SESSIONS = {"requests": 4, "gap": "20s", "longest": "10m"}


def day_of(traffic: dict[str, Any], sessions: dict[str, Any], *, duration: str = "2h") -> SyntheticDay:
    plan = plan_of(
        scenario={"title": "t", "duration": duration}, traffic=traffic,
        users={"count": 1_000_000, "activity": 0, "sessions": sessions},
    )
    return SyntheticDay(world_spec(plan, seed=8, recording=None))


def requests_of(day: SyntheticDay) -> tuple[np.ndarray, np.ndarray]:
    blocks = [day.block(number) for number in range(-(-day.duration // day.block_ns))]
    return (np.concatenate([block.at for block in blocks]), np.concatenate([block.user for block in blocks]))


def test_sessions_hold_a_geometric_number_of_requests_with_exponential_gaps() -> None:
    at, user = requests_of(day_of({"kind": "steady", "mean": "30/s"}, SESSIONS))
    order = np.lexsort((at, user))
    at, user = at[order], user[order]
    # A million equal users come once, if at all: a user's requests are a session. Edges of the day are left out.
    edges = np.flatnonzero(np.diff(user, prepend=-1))
    first, length = at[edges], np.diff(np.append(edges, len(at)))
    last = at[edges + length - 1]
    whole = (first > 10 * MINUTE) & (first < 100 * MINUTE) & (last - first < 10 * MINUTE)
    length = length[whole]
    most = 12
    seen = np.bincount(np.minimum(length, most), minlength=most + 1)[1:]
    chance = np.append(stats.geom.pmf(np.arange(1, most), 1 / 4), stats.geom.sf(most - 1, 1 / 4))
    assert stats.chisquare(seen, chance * seen.sum()).pvalue > 1e-4
    gaps = np.concatenate([np.diff(at[edge:edge + n]) for edge, n in zip(edges[whole], length, strict=True)])
    assert stats.kstest(gaps / 20e9, "expon").pvalue > 1e-4


@pytest.mark.parametrize("traffic", [
    {"kind": "steady", "mean": "40/s"},
    {"kind": "diurnal", "mean": "40/s", "swing": "50%", "peak": "30m", "period": "2h"},
])
def test_with_sessions_requests_are_as_many_as_the_traffic_says_and_vary_as_clusters_do(traffic: Any) -> None:
    sessions = {"requests": 4, "gap": "1s", "longest": "1m"}
    at, _ = requests_of(day_of(traffic, sessions))
    # Of a Poisson process of clusters, E[N²]/E[N] = 2m − 1 times the variance of one without (Daley, Vere-Jones 2003).
    clumping = 2 * 4 - 1
    for start in range(0, 120, 20):
        edges = np.array([start, start + 20]) * 60.0
        expected = 40.0 * 1200.0 if traffic["kind"] == "steady" else float(
            np.diff(40.0 * (edges + 0.5 * 7200 / (2 * np.pi) * np.sin(2 * np.pi * (edges - 1800) / 7200)))[0]
        )
        seen = int(((at >= edges[0] * 1e9) & (at < edges[1] * 1e9)).sum())
        assert abs(seen - expected) < 4.5 * np.sqrt(clumping * expected)
    if traffic["kind"] == "steady":
        minutes = np.bincount(at // MINUTE, minlength=120)
        ratio = minutes.var(ddof=1) / minutes.mean()
        low, high = stats.chi2.ppf([1e-4, 1 - 1e-4], 119) / 119
        assert low * clumping * 0.9 < ratio < high * clumping  # at the edges of a minute clusters are cut


def test_a_block_of_sessions_does_not_depend_on_whether_others_were_drawn() -> None:
    table = {"kind": "steady", "mean": "30/s"}, SESSIONS
    one, other = day_of(*table), day_of(*table)
    other.block(0)
    other.block(0)
    a, b = one.block(1), other.block(1)
    assert (a.at == b.at).all()
    assert (a.user == b.user).all()
    assert (np.diff(a.at) >= 0).all()
    assert a.at[0] >= a.start
    assert a.at[-1] < a.end
