"""Where flights are flown: here, in processes of this machine, or on a Dask cluster; one code path for all.

Results come as they are finished, in no order. A worker that dies is replaced and what it flew is flown again. What was
flown beside a death too often is flown alone, where a death can only be its own; what dies three times so is given up,
and told. The processes that begin here never hear an interrupt.
"""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

TRIES = 3
"""How often a flight may take a worker of its own down before it is given up."""

BESIDE = 2
"""How often a flight may be in the air when workers shared with others die, before it gets one of its own."""


class EngineError(Exception):
    """Flights cannot be flown where they were to be; the message says what to do."""


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes that begin in this block never hear an interrupt: it is for the one that gave the orders.

    They inherit the block; one that made itself deaf would still hear an interrupt while it starts.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def outlive_nobody() -> None:
    """This worker goes when the process that gave it work is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def quiet_tracker() -> None:
    """Begin the process by which Python clears up after one that was killed, and have it do so without a word."""
    before = list(sys.warnoptions)
    sys.warnoptions.append("ignore::UserWarning:multiprocessing.resource_tracker")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions[:] = before


@dataclass(frozen=True, slots=True)
class Here:
    """This process, one after the other."""

    window: int = 1


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine."""

    jobs: int

    @property
    def window(self) -> int:
        """Enough that no worker waits, and few enough that few are flown again."""
        return 2 * self.jobs

    @contextmanager
    def opened(self, *, alone: bool) -> Iterator[Executor]:
        """A pool of fresh processes, which are gone when it is left."""
        others = multiprocessing.active_children()
        quiet_tracker()
        context = multiprocessing.get_context("spawn")
        workers = 1 if alone else self.jobs
        pool = ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=outlive_nobody)
        try:
            yield pool
            pool.shutdown()
        except BaseException:
            # Nothing is cancelled: the pool's own thread trips over a cancelled flight when its workers are gone.
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.terminate()
            pool.shutdown(wait=False)
            raise


@dataclass(frozen=True, slots=True)
class Cluster:
    """An existing Dask cluster; it retries on its own what a dead worker had begun."""

    address: str
    window: int = 64

    @contextmanager
    def opened(self, *, alone: bool) -> Iterator[Executor]:
        """The cluster's workers; raises EngineError where there are none."""
        try:
            from distributed import Client
        except ImportError:
            raise EngineError('flights on a cluster need Dask; pip install "greenroom[dask]"') from None
        try:
            client: Any = Client(self.address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(f"no cluster answers at {self.address}: {error or type(error).__name__}") from None
        with client:
            if not client.scheduler_info()["workers"]:
                raise EngineError(f"the cluster at {self.address} has no workers; start some with: dask worker")
            yield client.get_executor(pure=False, retries=TRIES)


@dataclass(slots=True)
class _Flying(Generic[Task, Done]):
    function: Callable[[Task], Done]
    waiting: deque[Task]
    lost: dict[int, int] = field(default_factory=dict)
    running: dict[Future[Done], Task] = field(default_factory=dict)

    def hand_over(self, pool: Executor, window: int) -> None:
        while self.waiting and len(self.running) < window:
            task = self.waiting[0]
            with deaf_children():
                self.running[pool.submit(self.function, task)] = task
            self.waiting.popleft()  # only now: a pool that broke meanwhile takes nothing

    def broke(self) -> list[Task]:
        """Its workers are gone: what was in the air, any of which may have taken them down."""
        tasks = list(self.running.values())
        self.running.clear()
        for task in tasks:
            self.lost[id(task)] = self.lost.get(id(task), 0) + 1
        return tasks


@dataclass(slots=True)
class Standing:
    """Workers that stay from one call to the next; those that trouble took down are replaced at the next call."""

    engine: Processes | Cluster
    _kept: AbstractContextManager[Executor] | None = None
    _pool: Executor | None = None

    @property
    def window(self) -> int:
        """As many as its engine takes."""
        return self.engine.window

    @contextmanager
    def opened(self, *, alone: bool) -> Iterator[Executor]:
        """The workers, begun where there are none; raises what its engine raises."""
        if alone:
            with self.engine.opened(alone=True) as pool:
                yield pool
            return
        if self._kept is None or self._pool is None:
            self._kept = self.engine.opened(alone=False)
            self._pool = self._kept.__enter__()
        try:
            yield self._pool
        except BaseException:
            self.close(*sys.exc_info())
            raise

    def close(self, *trouble: Any) -> None:
        """Let the workers go."""
        kept, self._kept, self._pool = self._kept, None, None
        if kept is not None:
            with suppress(*([type(trouble[1])] if any(trouble) else [])):
                kept.__exit__(*(trouble or (None, None, None)))


@contextmanager
def standing(engine: "Engine") -> Iterator["Engine"]:
    """The engine with its workers kept until the block is left."""
    if isinstance(engine, Here | Standing):
        yield engine
        return
    kept = Standing(engine)
    try:
        yield kept
    except BaseException:
        kept.close(*sys.exc_info())
        raise
    kept.close()


Engine = Here | Processes | Cluster | Standing


def results(
    function: Callable[[Task], Done], tasks: Sequence[Task], engine: Engine, *, lost: Callable[[Task, str], Done],
) -> Iterator[Done]:
    """What the function makes of every task, as it is done; of a task that cannot be done, what `lost` makes of it."""
    if isinstance(engine, Here):
        yield from map(function, tasks)
        return
    flying = _Flying(function, deque(tasks))
    suspects: list[Task] = []
    while flying.waiting:
        try:
            with engine.opened(alone=False) as pool:
                yield from _until_empty(flying, pool, engine.window, lost)
        except BrokenExecutor:
            for task in flying.broke():
                again = flying.lost[id(task)] < BESIDE
                flying.waiting.appendleft(task) if again else suspects.append(task)
    for task in suspects:
        yield _alone(function, task, engine, lost)


def _until_empty(
    flying: _Flying[Task, Done], pool: Executor, window: int, lost: Callable[[Task, str], Done]
) -> Iterator[Done]:
    flying.hand_over(pool, window)
    while flying.running:
        done, _ = wait(flying.running, return_when=FIRST_COMPLETED)
        for future in done:
            trouble = future.exception()
            if isinstance(trouble, BrokenExecutor):
                raise trouble
            task = flying.running.pop(future)
            yield future.result() if trouble is None else lost(task, f"{type(trouble).__name__}: {trouble}")
        flying.hand_over(pool, window)


def _alone(
    function: Callable[[Task], Done], task: Task, engine: Processes | Cluster | Standing,
    lost: Callable[[Task, str], Done],
) -> Done:
    """A task that may have taken others down with it gets a worker of its own, and a new one where that dies."""
    for _ in range(TRIES):
        with suppress(BrokenExecutor), engine.opened(alone=True) as pool, deaf_children():
            return pool.submit(function, task).result()
    return lost(task, f"its process died {TRIES} times, for want of memory perhaps, or ended by a model's own code")
