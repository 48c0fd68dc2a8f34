"""Somebody who does what a timeline says."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec


class Scripted(Spec):
    """Somebody who gives the commands of a file at their times, whatever happens.

    ```toml
    [oncall]
    kind = "scripted"
    script = "actions.toml"
    ```
    """

    kind: Literal["scripted"] = "scripted"
    script: str = Field(min_length=1)
    """The file, beside the scenario: `[[commands]]` with `at`, `kind`, the arguments, and `actor` if it matters."""
