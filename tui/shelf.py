"""The scenarios there are: bundled ones and the user's own files, each as a line of the library.

A list of eighty shows at once: `glance` reads a file's own words, and `offer` the plan that they make, which takes
most of a second the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from sandbox.cli.scenarios import bundled, lesson

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A scenario on the shelf; `trouble` says why it cannot be flown, and without a plan it was only glanced at."""

    path: Path
    name: str
    title: str
    lesson: str
    faults: int = 0
    drifts: int = 0
    lasts: str = ""
    difficulty: str = ""
    reads: tuple[str, ...] = ()
    """The metrics that its gates read."""
    kinds: tuple[str, ...] = ()
    """The kinds of its gates, faults, drifts and traffic, how severe its alerts are, and the tables it has."""
    trouble: str = ""
    plan: "Plan | None" = field(default=None, repr=False)

    @property
    def read(self) -> bool:
        """Whether its plan was made, or what is wrong with it is known."""
        return self.plan is not None or bool(self.trouble)


def offered(*, own: Path) -> Iterator[Offered]:
    """Scenario files in the user's folder, then the bundled ones, all at a glance."""
    mine = (path for path in sorted(own.glob("*.toml")) if _is_scenario(path))
    yield from map(glance, mine)
    yield from (glance(path) for path in bundled() if path.parent != own.resolve())


def glance(path: Path) -> Offered:
    """A scenario file by its own words; whatever is wrong with it is told by `offer`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomli.loads(text)
    except (OSError, ValueError, RecursionError):
        return Offered(path=path, name=path.stem, title="", lesson="")
    story = raw.get("scenario")
    said: dict[str, Any] = story if isinstance(story, dict) else {}
    return Offered(
        path=path, name=path.stem, title=str(said.get("title", "")), lesson=lesson(text) or str(said.get("story", "")),
        lasts=str(said.get("duration", "")), difficulty=str(said.get("difficulty", "")),
        reads=tuple(_said_of("metric", raw)), kinds=(*_said_of("kind", raw), *_said_of("severity", raw), *raw),
    )


def _said_of(key: str, table: Any) -> Iterator[str]:
    """What a file says behind a key, wherever it stands."""
    for name, value in table.items() if isinstance(table, dict) else ():
        if name == key and isinstance(value, str):
            yield value
        yield from _said_of(key, value)
    for one in table if isinstance(table, list) else ():
        yield from _said_of(key, one)


def offer(path: Path) -> Offered:
    """A scenario file as it stands on the shelf."""
    from sandbox.base.units import format_duration
    from sandbox.scenario.problems import ScenarioError
    from sandbox.scenario.read import read_plan

    try:
        plan = read_plan(path)
    except ScenarioError as error:
        return Offered(path=path, name=path.stem, title="cannot be read", lesson="", trouble=str(error))
    document = plan.document
    return Offered(
        path=path, name=path.stem, title=document.scenario.title,
        lesson=lesson(plan.text) or document.scenario.story, faults=len(document.faults), drifts=len(document.drift),
        lasts=format_duration(document.scenario.duration), difficulty=document.scenario.difficulty,
        reads=tuple(plan.policy.reads), plan=plan,
        kinds=tuple(dict.fromkeys(
            (*(one.kind for one in (*plan.gates, *document.faults, *document.drift, document.traffic)),
             *(one.severity for one in document.all_alerts), *sorted(document.model_fields_set))
        )),
    )


def _is_scenario(path: Path) -> bool:
    """Whether a TOML file means to be a scenario, and no family of drills: other files have no such table."""
    return _has(path, "[scenario]") and not is_family(path)


def is_family(path: Path) -> bool:
    """Whether a TOML file means to be a family of drills, whose world nobody should see beforehand."""
    return _has(path, "[drill]")


def _has(path: Path, table: str) -> bool:
    try:
        return any(line.strip() == table for line in path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError):
        return False
