"""Users change arms."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class Unsticky(Bout):
    """A part of the requests draws its arm anew instead of by its user: the cookie is lost, the salt changes.

    Shares are what was set, and so are requests by arm; but a user is counted in the arm of its first request and is
    served by both. Whatever lasts in a user, what was learnt or bought, is mixed, and differences shrink.

    ```toml
    [[faults]]
    kind = "unsticky"
    part = "80%"
    at = "40m"
    ```

    Kohavi, Tang, Xu: Trustworthy online controlled experiments, Cambridge 2020, chapter 22, on leakage between
    variants.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "helps"
    apart: ClassVar[str] = (
        "Shares are what was set, so no test of the ratio sees it; requests of one user are on both arms in the record."
    )

    kind: Literal["unsticky"] = "unsticky"
    part: Share = Field(default=1.0, gt=0)
    """The part of requests whose arm is drawn anew."""

    @property
    def flips(self) -> float:
        """The part of requests whose arm is drawn anew."""
        return self.part
