"""Worth, complaints and slow answers, against the raw columns and the chances a scenario states."""

from typing import Any

import numpy as np
import pytest

from sandbox.base.reading import Reading
from sandbox.base.rows import RequestRows
from sandbox.observe.business import Business
from sandbox.observe.collector import reference_of
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Reference, View
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tests.observe.made import answers, cohort_of, labels, window_of

WORTH = Business(answer=0.1, right_yes=5.0, wrong_yes=-20.0, right_no=0.2, wrong_no=-3.0)


@pytest.mark.parametrize("where", ["", "{segment=us}", "{group=a}"])
def test_the_worth_of_answers_is_the_mean_of_what_each_is_worth(where: str) -> None:
    columns = labels(8_000, 6)
    known = reference_of(np.zeros((2, 2), dtype=np.float32))
    view = cohort_of(columns)
    view = View(view.layout, view.counts, view.share, Reference(known.edges, known.counts, worth=WORTH.worth))
    mine = columns.arm == 1
    mine &= {"": True, "{segment=us}": columns.segment == 1, "{group=a}": columns.group == 0}[where]
    yes, true = columns.decision[mine], columns.label[mine]
    worth = 0.1 + np.select([yes & true, yes & ~true, ~yes & ~true], [5.0, -20.0, 0.2], -3.0)
    reading = metric(f"business.value{where}").read(view)[1]
    assert (reading.value, reading.n) == (pytest.approx(worth.mean()), len(worth))
    assert reading.error == pytest.approx(worth.std() / len(worth) ** 0.5)


@pytest.mark.parametrize(("limit", "seconds"), [("10ms", 0.01), ("60ms", 0.06), ("1s", 1.0)])
def test_answers_over_a_limit_are_counted_to_within_a_bucket_on_the_strict_side(limit: str, seconds: float) -> None:
    columns = answers(20_000, 3)
    took = columns.latency[(columns.arm == 1) & np.isin(columns.status, (0, 2)) & (columns.segment == 1)] / 1e9
    reading = metric(f"latency.over.{limit}{{segment=us}}").read(window_of(columns))[1]
    assert reading.n == len(took)
    assert (took > seconds).mean() <= reading.value <= (took > seconds / 1.0203).mean()


@pytest.mark.parametrize("name", ["latency.over.5", "latency.over.2h", "latency.over.fast"])
def test_a_limit_that_is_no_latency_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"unit|cannot be told|not a duration"):
        metric(name)


SAYS = {"complaints": {"well": "1%", "wrong": "10%", "late": "30%", "failed": "50%"}, "praise": "5%", "delay": "20s"}


def flown(**keys: Any) -> tuple[Session, Any, list[RequestRows]]:
    kept: list[RequestRows] = []
    session = Session(Plan(name="t", text="", document=Document.model_validate({
        "scenario": {"title": "t", "duration": "10m", "tick": "20s"}, "traffic": {"kind": "steady", "mean": "100/s"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic", "errors": "20%"}},
        "users": {"slow": "60ms"}, "labels": {"delay": "10s", "maturity": "4m"},
        "ramp": {"steps": ["50%"], "bake": "9m"}, **keys,
    })), keep=kept.append)
    return session, session.finish(), kept


def read(session: Session, flight: Any, name: str) -> tuple[Reading, ...]:
    layout = session.collector.layout
    cohort = np.zeros(layout.label_size, dtype=np.int64)
    for window in flight.windows:
        if window.matured:
            window.counts.add_to(cohort)
    return metric(name).read(View(layout, cohort, (0.5, 0.5), None))


def test_users_complain_as_often_as_the_scenario_says_of_how_they_were_served() -> None:
    session, flight, kept = flown(experience=SAYS)
    columns = {name: np.concatenate([getattr(rows, name) for rows in kept])
               for name in ("at", "arm", "status", "latency", "decision", "label")}
    matured = columns["at"] < 6 * 60 * 10**9
    for arm in (0, 1):
        mine = matured & (columns["arm"] == arm)
        status, latency = columns["status"][mine], columns["latency"][mine]
        failed = (status == 1) | (status == 3)
        late = ~failed & ((status == 2) | (latency > 60_000_000))
        wrong = ~failed & ~late & (columns["decision"] != columns["label"])[mine]
        well = ~failed & ~late & ~wrong
        assert min(failed.sum() if arm else 1_000, late.sum(), wrong.sum()) > 500
        chance = 0.5 * failed + 0.3 * late + 0.1 * wrong[:] + 0.01 * well
        heard = read(session, flight, "experience.complaints")[arm]
        assert heard.n == mine.sum()
        assert abs(heard.value - chance.mean()) < 4 * heard.error
        content = read(session, flight, "experience.satisfaction")[arm]
        praise = 0.05 * well.sum()
        assert abs(content.value - praise / (praise + chance.sum())) < 4 * content.error


def test_what_users_say_does_not_depend_on_how_time_is_cut_and_silence_changes_nothing_else() -> None:
    session, whole, kept = flown(experience=SAYS)
    cut = Session(session.plan)
    for at in range(0, 600 * 10**9, 7 * 10**9):
        cut.advance(at)
        cut.touch()
    assert cut.finish().digest == whole.digest
    _, silent, plain = flown()
    for name in ("at", "arm", "status", "latency", "label", "score"):
        assert all((getattr(a, name) == getattr(b, name)).all() for a, b in zip(kept, plain, strict=True))
    assert silent.digest != whole.digest


STAYS = [{"kind": "no-worse", "metric": "experience.abandonment", "margin": "50%", "dry_run": True}]
SEATS = {"count": 3_000, "slow": "60ms"}
UPSET = {"leaving": {"late": "20%", "failed": "30%"}}


@pytest.mark.parametrize("where", ["", "{segment=us}"])
def test_who_stays_away_is_counted_at_the_last_request_before_the_cohort_matured(where: str) -> None:
    halves = [{"name": "eu", "share": "50%"}, {"name": "us", "share": "50%"}]
    session, flight, kept = flown(experience=UPSET, gates=STAYS, users=SEATS, segments=halves)
    user, at, arm, segment = (np.concatenate([getattr(rows, name) for rows in kept])
                              for name in ("user", "at", "arm", "segment"))
    gone, routed = np.zeros(2, dtype=int), np.zeros(2, dtype=int)
    for cohort in (one for one in flight.windows if one.matured):
        before = at < cohort.end + 240 * 10**9
        last = dict(zip(user[before].tolist(), np.flatnonzero(before).tolist(), strict=True))
        rows = np.flatnonzero((cohort.start <= at) & (at < cohort.end))
        if where:
            rows = rows[segment[rows] == 1]
        final = rows[[last[one] == row for one, row in zip(user[rows].tolist(), rows.tolist(), strict=True)]]
        gone += np.bincount(arm[final], minlength=2)
        routed += np.bincount(arm[rows], minlength=2)
    seen = read(session, flight, f"experience.abandonment{where}")
    assert [(one.hits, one.n) for one in seen] == list(zip(gone.tolist(), routed.tolist(), strict=True))
    assert seen[1].value > seen[0].value + 4 * (seen[0].error + seen[1].error), "the candidate errs, and is left"


def test_who_stays_away_does_not_depend_on_how_time_is_cut_and_nobody_is_followed_unless_asked() -> None:
    session, whole, _ = flown(experience=UPSET, gates=STAYS, users=SEATS)
    cut = Session(session.plan)
    for at in range(0, 600 * 10**9, 7 * 10**9):
        cut.advance(at)
        cut.touch()
    assert cut.finish().digest == whole.digest
    unasked, flight, _ = flown(experience=UPSET, users=SEATS)
    assert "gone" not in unasked.collector.layout.label_parts
    assert {one.value for one in read(unasked, flight, "experience.complaints")} != {0.0}
    assert all(one.empty for one in read(unasked, flight, "experience.abandonment"))
