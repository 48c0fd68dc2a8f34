"""What is wrong between tables, and what it rests on."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from sandbox.base.names import nowhere as nowhere
from sandbox.scenario.locate import Path


class Complaint(NamedTuple):
    """Where it stands, what it says, and what else of the file it was judged by.

    It is not said where a mistake stands in what it rests on: it may be there only because of that.
    """

    path: Path
    message: str
    rests_on: tuple[Path, ...] = ()


def no_metric(name: str, known: Iterable[str]) -> str:
    """That there is no such metric, and what is near, or all there is."""
    return f'no metric "{name}"; nearest: {", ".join(get_close_matches(name, known, n=3, cutoff=0.4) or known)}'
