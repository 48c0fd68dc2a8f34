"""Names in an operation that point nowhere, whatever it asks for and however things stand."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.base.names import nowhere
from sandbox.operate.operations.operation import Operation

Names = Mapping[str, Sequence[str]]
"""What there is, by the argument that names it; an argument that stands nowhere here may name anything."""

_OF_THE_PLAN = ("approve", "refuse")
"""Whose role is one that a step waits for, which only the moment can tell."""


def strays(wanted: Operation, there: Names) -> Iterator[tuple[str, str]]:
    """Each argument that names what there is not, and what is near."""
    for argument, known in there.items():
        said = getattr(wanted, argument, None)
        free = argument == "role" and wanted.kind in _OF_THE_PLAN
        if isinstance(said, str) and not free and said not in known:
            yield argument, nowhere(argument, said, tuple(known))
