"""Many flights: the same orders give the same scorecards in the same order, whatever the number of processes."""

import multiprocessing
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.base.flight import Flight
from sandbox.base.recording import Recording
from sandbox.lab.engines import deaf_children
from sandbox.lab.keeping import Keep, keeping
from sandbox.report.scorecard import Scorecard, score
from sandbox.run.errors import RigError
from sandbox.run.pieces import Watcher, fly_on
from sandbox.run.rig import inputs
from sandbox.run.session import Session
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan
from sandbox.scenario.recorded_file import RecordingError
from sandbox.scenario.replay import read_recording
from sandbox.scenario.replaying import looped, thinned
from sandbox.scenario.script import Script
from sandbox.world.traffic.replay import Replay

if TYPE_CHECKING:
    from sandbox.record.landing import Landing


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One flight to fly: `path` of the scenario, `source` as the user named it, `store` to land it in, if any; `script`
    is what somebody at the controls does.
    """

    path: Path
    source: str
    seed: int | None = None
    store: Path | None = None
    keep_journal: bool = False
    repeat: str = ""
    script: Script = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the flights of one scenario share: its plan, its replay file as columns, and the hashes of its inputs."""

    plan: Plan
    recording: Recording | None
    inputs: dict[str, str]


def prepare(plan: Plan) -> Prepared:
    """Read what a plan's flights need; raises RigError and RecordingError."""
    traffic = plan.document.traffic
    recording = recording_of(plan, traffic) if isinstance(traffic, Replay) else None
    return Prepared(plan, recording, inputs(plan))


def recording_of(plan: Plan, traffic: Replay) -> Recording:
    """The recording that a plan replays, in columns; raises RecordingError."""
    recording = thinned(read_recording(traffic, folder=plan.folder), traffic.thin)
    if not traffic.loop:
        return recording
    try:
        return looped(recording, until=plan.document.scenario.duration)
    except OverflowError as error:
        raise RecordingError(f"{traffic.path}: traffic.loop comes to {error}; shorten the flight or thin it") from None


def fly_all(
    orders: Sequence[Order], *, jobs: int = 1, watch: Watcher | None = None
) -> Generator[Scorecard, None, None]:
    """Fly orders, in processes of their own where `jobs` is above 1; scorecards come in the order of orders.

    Closing it leaves the rest unflown.
    """
    if jobs <= 1 or len(orders) <= 1:
        yield from _one_by_one(orders, watch)
        return
    context = multiprocessing.get_context("spawn")
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(max_workers=min(jobs, len(orders)), mp_context=context) as pool:
        try:
            with deaf_children():
                flights = [pool.submit(_in_worker, order) for order in orders]
            for flight in flights:
                yield flight.result()
        except BrokenProcessPool:
            raise RigError(
                "a process that flew was killed, for want of memory perhaps, or ended by a model's own code; "
                "fly with -j 1 to see which flight"
            ) from None
        except BaseException:
            # Nothing is cancelled: the pool's own thread trips over a cancelled flight when its workers are gone.
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.terminate()
            raise


def _one_by_one(orders: Sequence[Order], watch: Watcher | None) -> Iterator[Scorecard]:
    path, prepared = None, None
    for order in orders:
        if prepared is None or order.path != path:
            path, prepared = order.path, prepare(read_plan(order.path))
        yield fly(prepared, order, watch=watch)


@lru_cache(maxsize=2)
def _prepared(path: Path) -> Prepared:
    """Prepared once a process; a file that broke since it was first read is told in an error that can travel."""
    try:
        return prepare(read_plan(path))
    except ScenarioError as error:
        raise RigError(str(error)) from None


def _in_worker(order: Order) -> Scorecard:
    return fly(_prepared(order.path), order)


def fly(prepared: Prepared, order: Order, *, watch: Watcher | None = None) -> Scorecard:
    """Fly one order to its end, land it where it says so, and score it."""
    plan = replace(prepared.plan, source=order.source)
    seed = plan.document.scenario.seed if order.seed is None else order.seed
    begun = replace(prepared, plan=plan)
    if order.store is None:
        return _scored(flown(begun, seed=seed, watch=watch, script=order.script), order)
    with _landing(begun, order.store, seed=seed) as landing:
        keep = keeping(plan.document.record.requests, seed=seed, into=landing.write_requests)
        flight = flown(begun, seed=seed, keep=keep, watch=watch, script=order.script)
        run = landing.land(flight)
        return replace(_scored(flight, order, run=run), trouble=_trouble(landing))


def _scored(flight: Flight, order: Order, *, run: str = "") -> Scorecard:
    return score(flight, keep_journal=order.keep_journal, run=run, repeat=order.repeat)


def _trouble(landing: "Landing") -> str:
    """Why the catalogue did not take a landed run in, and what to do about it."""
    from sandbox.record.errors import CatalogueDamagedError

    if landing.trouble is None:
        return ""
    said = str(landing.trouble)
    return said if isinstance(landing.trouble, CatalogueDamagedError) else f"{said}; then run: greenroom rebuild"


def _landing(prepared: Prepared, store: Path, *, seed: int) -> "Landing":
    from sandbox.record.store import Store

    document = prepared.plan.document
    features = document.feature_names if document.record.features else ()
    return Store(store).begin(prepared.plan.name, seed=seed, features=features)


def flown(
    prepared: Prepared, *, seed: int, keep: Keep | None = None, watch: Watcher | None = None, script: Script = ()
) -> Flight:
    """Fly to the end, in pieces while somebody watches; how a flight is cut changes nothing about it."""
    session = Session(prepared.plan, seed=seed, recording=prepared.recording, keep=keep, inputs=prepared.inputs)
    for line in script:
        fly_on(session, to=line.at, watch=watch)
        session.apply(line.kind, actor=line.actor, **line.arguments)
    fly_on(session, to=prepared.plan.document.scenario.duration, watch=watch)
    return session.finish()
