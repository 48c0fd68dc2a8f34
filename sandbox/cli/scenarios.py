"""Scenario files as the command line names them: by path, or a bundled one by its stem."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import sandbox
from sandbox.cli.errors import UsageError

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


APPROVALS = ".approvals.toml"
"""How the name of a file of approvals ends."""


def bundled_folder() -> Path:
    """Where the bundled scenarios are: beside the package once installed, beside its folder in the repository."""
    package = Path(sandbox.__file__).resolve().parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def bundled() -> Iterator[Path]:
    """The bundled scenario files, by name."""
    yield from (path for path in sorted(bundled_folder().glob("*.toml")) if not path.name.endswith(APPROVALS))


def without_approvals(names: Sequence[str]) -> list[str]:
    """The names without files of approvals, which `scenarios/*.toml` names too; raises UsageError where none is left.

    Approvals are read with the scenario they belong to.
    """
    left = [name for name in names if not name.endswith(APPROVALS)]
    if not left:
        scenario = names[0].removesuffix(APPROVALS) + ".toml"
        raise UsageError(f"{names[0]} holds approvals; name the scenario they are for, {scenario}")
    return left


def find(name: str) -> Path:
    """The file that is meant; raises UsageError."""
    path = Path(name)
    if path.is_file():
        return path
    if path.is_dir():
        raise UsageError(f"{name} is a folder; name the scenario files, as {name.rstrip('/')}/*.toml")
    stems = {one.stem: one for one in bundled()}
    found = stems.get(name.removesuffix(".toml"))
    if found is not None:
        return found
    near = get_close_matches(path.stem, list(stems), n=3, cutoff=0.5)
    hint = f"nearest bundled: {', '.join(near)}" if near else "`greenroom list` names the bundled ones"
    raise UsageError(f"no scenario file {name}; {hint}")


def load(path: Path) -> "Plan":
    """The plan in a file; raises ScenarioError with all its mistakes."""
    from sandbox.scenario.read import read_plan

    return read_plan(path)


def load_all(paths: Iterable[Path]) -> "list[Plan]":
    """The plans in some files; raises one ScenarioError with all the mistakes of all of them."""
    from sandbox.scenario.problems import Problem, ScenarioError

    plans: list[Plan] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            plans.append(load(path))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return plans


def lesson(text: str) -> str:
    """What a scenario's opening comment says its lesson is."""
    said: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        words = line.lstrip("# ").strip()
        if words.lower().startswith("lesson:"):
            said = [words.split(":", 1)[1].strip()]
        elif said:
            said.append(words)
    return " ".join(said)
