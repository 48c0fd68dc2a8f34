"""Families of drills: those that come with greenroom, and those a team keeps in a folder, in an order of its own."""

from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import APPROVALS, bundled_folder, load

if TYPE_CHECKING:
    from sandbox.drill.curriculum import Curriculum
    from sandbox.drill.family import Family


def families() -> "list[Family]":
    """The bundled families, in the order of the curriculum."""
    from sandbox.drill.curriculum import in_order
    from sandbox.drill.family import Family
    from sandbox.drill.family import families as files

    return in_order([Family.of(load(path)) for path in files(bundled_folder())])


def curriculum(place: Path | None) -> "Curriculum":
    """The bundled families; or those in a folder, from the easy to the hard; or those that a file names, as it does."""
    from sandbox.drill.curriculum import Curriculum

    if place is None:
        return Curriculum(families=tuple(families()))
    if place.is_dir():
        return _folder(place)
    if not place.is_file():
        raise UsageError(f'{place} is neither a folder of families nor a file with families = ["mine.toml"]')
    return _written(place)


def _folder(place: Path) -> "Curriculum":
    from sandbox.drill.curriculum import Curriculum, in_order
    from sandbox.drill.family import Family
    from sandbox.scenario.text import parsed, text_of

    paths = [path for path in sorted(place.glob("*.toml")) if not path.name.endswith(APPROVALS)]
    found = [path for path in paths if "drill" in parsed(text_of(path), str(path))]
    if not found:
        raise UsageError(f"no file in {place} has [drill]; docs/drills.md tells how to write a family")
    return Curriculum(families=tuple(in_order([Family.of(load(path)) for path in found])))


def _written(place: Path) -> "Curriculum":
    from sandbox.base.names import nowhere
    from sandbox.drill.curriculum import Curriculum
    from sandbox.drill.family import Family
    from sandbox.scenario.problems import Problem, ScenarioError
    from sandbox.scenario.read import read_document
    from sandbox.scenario.tables.curriculum import CurriculumFile

    file, places = read_document(place, CurriculumFile)
    known = {one.name: one for one in families()}
    chosen, wrong = list[Family](), list[Problem]()
    for index, name in enumerate(file.families):
        path = place.parent / name
        if path.is_file():
            chosen.append(Family.of(load(path)))
        elif name in known:
            chosen.append(known[name])
        else:
            line = places[("families",)][0]
            said = f"no file {path}, and {nowhere('family', name, tuple(known))}"
            wrong.append(Problem(str(place), line, f"families[{index}]", said))
    if wrong:
        raise ScenarioError(wrong)
    return Curriculum(families=tuple(chosen), passed=file.passed, last=file.last, title=file.title)
