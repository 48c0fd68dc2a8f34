"""A fleet: many flights of many variants, each kept as one row, those that fail among them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox.base.interrupts import interrupted
from sandbox.base.recording import Recording
from sandbox.lab.engines import Engine, results
from sandbox.lab.flights import Prepared, flown, recording_of
from sandbox.lab.result import Result, from_row, result_of
from sandbox.record.studies import Study
from sandbox.report.scorecard import score
from sandbox.run.rig import inputs
from sandbox.scenario.approvals import assumed, files_hash
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from sandbox.world.traffic.replay import Replay

Key = tuple[str, str, bool, int]
"""Which flight: setting, candidate, whether nobody decides, seed."""

Told = Callable[[Result], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """One flight to fly: a variant's text with the folder that its paths start from, and a seed.

    `repeat` is the command that flies it again.
    """

    text: str = field(repr=False)
    folder: Path
    name: str
    setting: str
    candidate: str
    seed: int
    unstopped: bool = False
    repeat: str = ""

    @property
    def key(self) -> Key:
        """Which flight it is."""
        return self.setting, self.candidate, self.unstopped, self.seed


def fly_fleet(missions: Sequence[Mission], engine: Engine) -> Iterator[Result]:
    """Fly missions, in no order; what cannot be flown comes as a result that says why."""
    yield from results(flown_mission, missions, engine, lost=lost)


def fly_kept(
    missions: Sequence[Mission], engine: Engine, *, into: dict[Key, Result], study: Study | None = None,
    told: Told = lambda _: None,
) -> None:
    """Fly those missions that are not flown yet; each result is put `into`, kept in the study, and told."""
    for result in fly_fleet([one for one in missions if one.key not in into], engine):
        into[result.key] = result
        if study is not None:
            study.add(result.as_row())
        told(result)


def flown_before(rows: Iterable[dict[str, Any]]) -> dict[Key, Result]:
    """What a study kept; what could not be flown then is flown again."""
    results = map(from_row, rows)
    return {one.key: one for one in results if not one.failure}


def flown_mission(mission: Mission) -> Result:
    """One mission's row, whatever happens to it."""
    try:
        flight = flown(prepared(mission.text, mission.folder, mission.name), seed=mission.seed)
        return result_of(
            score(flight), setting=mission.setting, candidate=mission.candidate, unstopped=mission.unstopped
        )
    except Exception as error:  # one flight of a thousand that fails is told, and the rest goes on
        if interrupted(error):
            raise KeyboardInterrupt from error
        return lost(mission, f"{type(error).__name__}: {error}")


def lost(mission: Mission, because: str) -> Result:
    """The row of a mission that could not be flown."""
    return Result(
        setting=mission.setting, candidate=mission.candidate, unstopped=mission.unstopped, seed=mission.seed,
        failure=" ".join(because.split()), repeat=mission.repeat,
    )


@lru_cache(maxsize=64)
def prepared(text: str, folder: Path, name: str) -> Prepared:
    """Prepared once a process."""
    plan = Plan(name=name, text=text, document=read_text(text, name=name), folder=folder, source=name)
    traffic = plan.document.traffic
    recording = _recording(_Key(plan)) if isinstance(traffic, Replay) else None
    found = inputs(plan)
    agreed = assumed(plan.document, plan=plan.hash, files=files_hash(found))
    return Prepared(replace(plan, approvals=agreed), recording, found)


class _Key:
    """A plan, which is as another one where it replays the same: variants share what they read."""

    def __init__(self, plan: Plan) -> None:
        assert isinstance(plan.document.traffic, Replay)
        self.plan, self.traffic = plan, plan.document.traffic
        self._said = f"{plan.folder} {plan.document.scenario.duration} {self.traffic.model_dump_json()}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)


@lru_cache(maxsize=3)
def _recording(key: _Key) -> Recording:
    return recording_of(key.plan, key.traffic)
