"""Engines: the same rows wherever flights are flown, whatever happens to workers."""

import json
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.lab.engines import TRIES, Cluster, EngineError, Here, Processes, results, standing
from sandbox.lab.fleet import Mission, fly_fleet
from sandbox.lab.ranges import range_of
from sandbox.lab.screen import quantity_named, screen
from sandbox.lab.screening import Screening
from sandbox.lab.sensitivity import sensitivity
from sandbox.lab.tune import Search, tune
from sandbox.lab.tuned_page import tuned_page
from sandbox.report.render.page import as_json
from sandbox.scenario.read import read_plan
from tests.lab.toys import deadly, failing, twice

STUDIED = """
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "60%"
[certify]
degradations = [{ kind = "errors", rate = "30%" }]
"""


def given_up(task, because):
    return (task, because)


@pytest.mark.parametrize("engine", [Here(), Processes(2)])
def test_every_task_is_done_once(engine):
    assert sorted(results(twice, range(9), engine, lost=given_up)) == list(range(0, 18, 2))


def test_a_worker_that_dies_is_replaced_and_what_kills_it_every_time_is_given_up(tmp_path):
    tasks = [(str(tmp_path), number) for number in range(8)]
    done = list(results(deadly, tasks, Processes(2), lost=given_up))
    told = [one for one in done if isinstance(one, tuple)]
    assert sorted(one for one in done if isinstance(one, int)) == [0, 1, 2, 4, 5, 6, 7]
    assert [task for task, _ in told] == [(str(tmp_path), 3)]
    assert f"died {TRIES} times" in told[0][1]


class BreaksOnce:
    """Workers that are found gone when a task is handed over, the first time."""

    window = 2

    def __init__(self, after):
        self.left = after

    @contextmanager
    def opened(self, *, alone):
        with ThreadPoolExecutor(1) as pool:
            submit = pool.submit
            pool.submit = lambda function, task: self.taken(submit, function, task)
            yield pool

    def taken(self, submit, function, task):
        self.left -= 1
        if self.left == 0:
            raise BrokenProcessPool("a worker is gone")
        return submit(function, task)


@pytest.mark.parametrize("after", [1, 2, 3, 6])
def test_a_task_that_broken_workers_could_not_take_is_not_forgotten(after):
    done = list(results(twice, range(6), BreaksOnce(after), lost=given_up))
    assert sorted(done) == [0, 2, 4, 6, 8, 10]


class BreaksBesideOthers:
    """Shared workers that always die, and workers of one's own that die so many times before they hold."""

    window = 4

    def __init__(self, *, deaths_alone):
        self.deaths = deaths_alone

    @contextmanager
    def opened(self, *, alone):
        with ThreadPoolExecutor(1) as pool:
            pool.submit = pool.submit if alone and self.deaths == 0 else self.breaks
            self.deaths -= alone and self.deaths > 0
            yield pool

    def breaks(self, function, task):
        future = Future()
        future.set_exception(BrokenProcessPool("a worker is gone"))
        return future


@pytest.mark.parametrize(("deaths", "given"), [(0, 0), (1, 0), (TRIES - 1, 0), (TRIES, 1), (TRIES + 1, 1)])
def test_a_death_beside_others_is_held_against_nobody_and_a_task_is_given_up_for_its_own_alone(deaths, given):
    done = list(results(twice, range(6), BreaksBesideOthers(deaths_alone=deaths), lost=given_up))
    assert len(done) == 6
    assert len([one for one in done if isinstance(one, tuple)]) == given


def test_a_task_that_fails_is_told_and_the_rest_goes_on():
    done = list(results(failing, range(4), Processes(2), lost=given_up))
    assert sorted(map(str, done)) == ["(2, 'ValueError: two is too many')", "0", "1", "3"]


def missions(path: Path, *, seeds: range) -> list[Mission]:
    text = path.read_text()
    return [
        Mission(text=text, folder=path.parent, name="tiny", setting="", candidate="as written", seed=seed)
        for seed in seeds
    ]


def test_a_flight_that_cannot_be_flown_is_a_row_that_says_why_and_how_to_repeat_it(scenario):
    broken = scenario('[models.third]\nkind = "callable"\ntarget = "gone:score"\n')
    mission = Mission(
        text=broken.read_text(), folder=broken.parent, name="tiny", setting="", candidate="null", seed=4, repeat="again"
    )
    good = missions(scenario(name="good"), seeds=range(1))
    rows = {row.candidate: row for row in fly_fleet([mission, *good], Here())}
    assert "gone.py: cannot be read" in rows["null"].failure
    assert rows["null"].repeat == "again"
    assert not rows["as written"].failure


def test_any_engine_gives_the_same_rows(scenario):
    orders = missions(scenario(), seeds=range(4))
    alone = sorted(fly_fleet(orders, Here()), key=lambda row: row.seed)
    assert sorted(fly_fleet(orders, Processes(2)), key=lambda row: row.seed) == alone
    assert len({row.digest for row in alone}) == 4


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A scheduler and two workers in processes of their own: (address, workers)."""
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    ends = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", *words, "--scheduler-file", str(file)], stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, cwd=tmp_path,
        )
        ends.append(process)
        return process

    start("distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
    patient(file.exists)
    workers = [
        start("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        for _ in range(2)
    ]
    address = json.loads(file.read_text())["address"]
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
    yield address, workers
    for process in ends:
        process.kill()
        process.wait()


def patient(ready) -> None:
    for _ in range(2_400):
        if ready():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_cluster_that_loses_a_worker_midway_gives_every_row_with_the_digests_of_here(scenario, cluster):
    address, workers = cluster
    orders = missions(scenario(), seeds=range(12))
    rows = []
    for row in fly_fleet(orders, Cluster(address)):
        rows.append(row)
        if len(rows) == 3:
            workers[0].kill()
    assert sorted(rows, key=lambda row: row.seed) == sorted(fly_fleet(orders, Here()), key=lambda row: row.seed)


@pytest.mark.proof
@pytest.mark.parametrize("what", ["tune", "sensitivity"])
def test_a_study_on_a_cluster_that_loses_a_worker_midway_comes_to_the_same_page(scenario, cluster, what):
    address, workers = cluster
    plan = read_plan(scenario(STUDIED))
    bake = (range_of("ramp.bake", ("1m..2m",)),)

    def page(engine, told=lambda _: None) -> str:
        if what == "tune":
            asked = Search(plan=plan, ranges=bake, trials=3, first=3, seeds=2, held_out=2)
            return as_json(tuned_page(tune(asked, engine, told=told)))
        asked = Screening(plan=plan, ranges=(range_of("traffic.mean", ("10/s..40/s",)),), first=3, seeds=3, walks=2)
        return as_json(sensitivity(screen(asked, engine, told=told), quantity=quantity_named("net harm")))

    done = []

    def told(row) -> None:
        done.append(row)
        if len(done) == 5:
            workers[0].kill()

    with standing(Cluster(address)) as engine:
        there = page(engine, told)
    assert len(done) > 10
    assert workers[0].poll() is not None
    assert there == page(Here())


def test_a_cluster_that_is_not_there_is_told(monkeypatch):
    pytest.importorskip("distributed")
    with pytest.raises(EngineError, match=r"no cluster answers at tcp://127\.0\.0\.1:1"):
        list(results(twice, [1], Cluster("tcp://127.0.0.1:1"), lost=given_up))
