"""What is wrong between tables, and what it rests on."""

from typing import NamedTuple

from sandbox.scenario.locate import Path


class Complaint(NamedTuple):
    """Where it stands, what it says, and what else of the file it was judged by.

    It is not said where a mistake stands in what it rests on: it may be there only because of that.
    """

    path: Path
    message: str
    rests_on: tuple[Path, ...] = ()
