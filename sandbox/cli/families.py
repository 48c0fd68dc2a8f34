"""The families of drills that come with greenroom."""

from typing import TYPE_CHECKING

from sandbox.cli.scenarios import bundled_folder, load

if TYPE_CHECKING:
    from sandbox.drill.family import Family


def families() -> "list[Family]":
    """The bundled families, in the order of the curriculum."""
    from sandbox.drill.curriculum import in_order
    from sandbox.drill.family import Family
    from sandbox.drill.family import families as files

    return in_order([Family.of(load(path)) for path in files(bundled_folder())])
