"""A file that several scenarios share: the runbooks of an organisation."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.operate.runbook import Runbook


class SharedFile(Spec):
    """What a scenario takes in from a file that its `shared` names."""

    format: Literal[1] = 1
    """Version of the file format."""
    runbook: dict[str, Runbook] = Field(min_length=1)
    """The runbooks, by name."""
