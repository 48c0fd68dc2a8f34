"""A program on many seeds as a study: what is flown is kept, and another time only the rest is flown."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.base.digest import fingerprint
from sandbox.lab.engines import Engine, results
from sandbox.lab.fleet import Told
from sandbox.lab.program import Leg, Programme, Task, fly_program, lost, one_big_step, releases
from sandbox.lab.program_page import Flown
from sandbox.lab.result import Result
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan

SMALL, BIG = "small steps", "one big step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What to fly: a plan's program and the same with one big step, on some seeds; `again` begins the command."""

    plan: Plan
    first: int
    seeds: int
    again: str = ""

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "program", "name": self.plan.name, "source": self.plan.source, "folder": str(self.plan.folder),
            "text": self.plan.text, "first": self.first, "seeds": self.seeds, "again": self.again,
            "versions": versions(),
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same schedule."""
        told = {name: value for name, value in self.head.items() if name not in ("again", "source")}
        return f"program-{self.plan.name}-{fingerprint(repr(sorted(told.items())).encode())[:8]}"

    @property
    def repeat(self) -> str:
        """The command that flies all of it again."""
        return f"{self.again} --seeds {self.first}..{self.first + self.seeds - 1}"

    @property
    def tasks(self) -> Iterator[Task]:
        """Both programs of every seed."""
        for seed in range(self.first, self.first + self.seeds):
            small = Task(
                text=self.plan.text, folder=self.plan.folder, name=self.plan.name, seed=seed,
                releases=releases(self.plan.document),
            )
            yield from (small, one_big_step(small))


def fly_schedule(
    schedule: Schedule, engine: Engine, *, study: Study | None = None, kept: Sequence[dict[str, Any]] = (),
    told: Told = lambda _: None,
) -> Flown:
    """Fly what is not flown yet; every program is kept in the study, if there is one, and told."""
    done = {(one.small, one.seed): one for one in map(programme_of, kept) if not one.failure}
    tasks = [one for one in schedule.tasks if (one.small, one.seed) not in done]
    for one in results(fly_program, tasks, engine, lost=lost):
        done[one.small, one.seed] = one
        result = result_of(one, repeat=f"{schedule.again} --seeds {one.seed}..{one.seed}")
        if study is not None:
            study.add(row_of(one, result))
        told(result)
    if study is not None:
        study.finish()
    return flown_of(schedule, done.values())


def programs_before(schedule: Schedule, rows: Sequence[dict[str, Any]]) -> Flown:
    """What a study kept, the last of each."""
    return flown_of(schedule, {(one.small, one.seed): one for one in map(programme_of, rows)}.values())


def flown_of(schedule: Schedule, done: Iterable[Programme]) -> Flown:
    """The programs by seed."""
    ordered = sorted(done, key=lambda one: one.seed)
    return Flown(
        plan=schedule.plan, releases=releases(schedule.plan.document),
        steps=tuple(one for one in ordered if one.small), big=tuple(one for one in ordered if not one.small),
    )


def result_of(one: Programme, *, repeat: str) -> Result:
    """A whole program as one row among flights."""
    return Result(
        setting="", candidate=SMALL if one.small else BIG, seed=one.seed, failure=one.failure,
        repeat=repeat if one.failure else "", digest=one.digest, gross=one.harmed, net=one.net,
        outcome=", ".join(leg.outcome for leg in one.legs),
    )


def row_of(one: Programme, result: Result) -> dict[str, Any]:
    """Plain values by name: those of a flight, and the releases as JSON."""
    legs = [
        {
            "model": leg.model, "incumbent": leg.incumbent, "at": leg.at, "until": leg.until, "outcome": leg.outcome,
            "ended_at": leg.ended_at, "gained": leg.gained.tolist(), "harmed": leg.harmed.tolist(),
            "helped": leg.helped.tolist(),
        }
        for leg in one.legs
    ]
    return {**result.as_row(), "legs": json.dumps(legs, separators=(",", ":"))}


def programme_of(row: dict[str, Any]) -> Programme:
    """The program of a row."""
    legs = tuple(Leg(**{**one, **_counts(one)}) for one in json.loads(row["legs"]))
    return Programme(
        seed=row["seed"], small=row["candidate"] == SMALL, legs=legs, digest=row["digest"], failure=row["failure"],
    )


def _counts(leg: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(leg[name], dtype=np.int64) for name in ("gained", "harmed", "helped")}
