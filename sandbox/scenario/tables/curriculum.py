"""A team's curriculum: a file of its own, which names families of drills in the order in which they are sat."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec

PASSED, LAST = 70.0, 3


class CurriculumFile(Spec):
    """Families in order, and when one counts as learned."""

    format: Literal[1] = 1
    """Version of the format."""
    title: str = ""
    """What it is called."""
    families: list[str] = Field(min_length=1)
    """Files with `[drill]`, seen from this one, or names of bundled families."""
    passed: float = Field(default=PASSED, gt=0, le=100)
    """From how many points on average a family counts as learned."""
    last: int = Field(default=LAST, ge=1)
    """Over how many of its last sittings."""
