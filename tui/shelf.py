"""The scenarios there are: bundled ones and the user's own files, each as a line of the library."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.cli.scenarios import bundled, lesson
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A scenario on the shelf; `trouble` says why it cannot be flown."""

    path: Path
    name: str
    title: str
    lesson: str
    faults: int = 0
    drifts: int = 0
    duration: int = 0
    trouble: str = ""
    plan: Plan | None = field(default=None, repr=False)


def offered(*, own: Path) -> Iterator[Offered]:
    """Scenario files in the user's folder, then the bundled ones."""
    yield from (offer(path) for path in sorted(own.glob("*.toml")) if _is_scenario(path))
    yield from (offer(path) for path in bundled() if path.parent != own.resolve())


def offer(path: Path) -> Offered:
    """A scenario file as it stands on the shelf."""
    try:
        plan = read_plan(path)
    except ScenarioError as error:
        return Offered(path=path, name=path.stem, title="cannot be read", lesson="", trouble=str(error))
    document = plan.document
    return Offered(
        path=path, name=path.stem, title=document.scenario.title,
        lesson=lesson(plan.text) or document.scenario.story, faults=len(document.faults), drifts=len(document.drift),
        duration=document.scenario.duration, plan=plan,
    )


def _is_scenario(path: Path) -> bool:
    """Whether a TOML file means to be a scenario: others have no such table."""
    try:
        return "[scenario]" in path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
