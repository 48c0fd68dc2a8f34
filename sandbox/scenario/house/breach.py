"""A rule that a plan breaks."""

from typing import NamedTuple

from sandbox.scenario.locate import Path


class Breach(NamedTuple):
    """Where in the scenario, why, what to do, and which key of the policy says so."""

    path: Path
    because: str
    do: str
    rule: Path
