"""Operations on the ramp: who is answered by the candidate."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.base.units import Share
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class OnRamp(Operation):
    """Something done to a rollout that has not come to its end."""

    subject: ClassVar[Subject] = "ramp"

    def refusal(self, standing: Standing) -> str:
        """A rollout that is over moves no more."""
        return f"the rollout is over: {standing.phase.replace('_', ' ')}" if standing.over else ""


class Onward(OnRamp):
    """Something that puts the candidate before more users, or lets the policy do so."""

    def refusal(self, standing: Standing) -> str:
        """Not while everybody is being sent back."""
        if said := super().refusal(standing):
            return said
        back = [kind for kind, said in standing.under_way if kind in ("roll back", "abort") and not said.get("segment")]
        return f"{back[0]} is under way" if back else ""


class Hold(OnRamp):
    """Stay on this step until resumed: the policy neither advances nor rolls back meanwhile.

    ```toml
    [[commands]]
    at = "12m"
    kind = "hold"
    ```
    """

    kind: Literal["hold"] = "hold"

    def already(self, standing: Standing) -> bool:
        """It is held."""
        return standing.held and not standing.over

    def refusal(self, standing: Standing) -> str:
        """What is held cannot be held again."""
        return super().refusal(standing) or ("already held" if standing.held else "")


class Resume(Onward):
    """Let the policy go on.

    ```toml
    [[commands]]
    at = "12m"
    kind = "resume"
    ```
    """

    kind: Literal["resume"] = "resume"

    def already(self, standing: Standing) -> bool:
        """It is not held."""
        return not standing.held and not standing.over

    def refusal(self, standing: Standing) -> str:
        """Only what is held can be resumed."""
        return super().refusal(standing) or ("" if standing.held else "not held")


def _unapproved(roles: list[str]) -> str:
    """That somebody must approve first; empty where nobody must."""
    return f"it waits for the approval of {', '.join(dict.fromkeys(roles))}" if roles else ""


class Advance(Onward):
    """Go to the next step of the ramp, whatever gates say; where somebody must agree to it, once they have.

    ```toml
    [[commands]]
    at = "12m"
    kind = "advance"
    ```
    """

    kind: Literal["advance"] = "advance"

    def refusal(self, standing: Standing) -> str:
        """There must be a step to go to."""
        if said := super().refusal(standing):
            return said
        if standing.phase == "waiting":
            return "the ramp has not begun"
        if standing.step + 1 >= standing.steps:
            return "this is the last step; promote instead"
        return _unapproved([role for step, role in standing.unapproved if step == standing.step + 2])


class Promote(Onward):
    """Make the candidate answer everybody; where somebody must agree to that or to a step before, once they have.

    ```toml
    [[commands]]
    at = "12m"
    kind = "promote"
    ```
    """

    kind: Literal["promote"] = "promote"

    def refusal(self, standing: Standing) -> str:
        """A candidate that nobody has met is not promoted, nor one that somebody must approve first."""
        if said := super().refusal(standing):
            return said
        if standing.phase == "waiting":
            return "the ramp has not begun"
        return _unapproved([role for _, role in standing.unapproved])


class Abort(OnRamp):
    """Stop the rollout and send everybody back.

    ```toml
    [[commands]]
    at = "12m"
    kind = "abort"
    ```
    """

    kind: Literal["abort"] = "abort"

    def already(self, standing: Standing) -> bool:
        """The incumbent answers everybody again."""
        return standing.phase in ("rolled_back", "aborted")


class RollBack(Operation):
    """Send everybody back to the incumbent, or one segment, or a part of those whom the candidate answers.

    A part leaves the ramp where it is, at a smaller share, and its step begins anew; hold it if it must stay there.

    ```toml
    [[commands]]
    at = "12m"
    kind = "roll back"
    segment = "eu"
    part = "50%"
    ```
    """

    subject: ClassVar[Subject] = "ramp"
    kind: Literal["roll back"] = "roll back"
    segment: str | None = None
    """The segment that goes back; all of them unless said."""
    part: Share = Field(default=1.0, gt=0)
    """How much of the candidate's share is taken from it."""

    def already(self, standing: Standing) -> bool:
        """The incumbent answers them again."""
        back = standing.phase in ("rolled_back", "aborted")
        return back or (self.segment in standing.diverted and self.part == 1.0)

    def refusal(self, standing: Standing) -> str:
        """Somebody must be on the candidate; a promoted one goes back whole."""
        if standing.phase in ("rolled_back", "aborted", "waiting"):
            return "the incumbent already answers everybody"
        if self.segment is None and self.part == 1.0:
            return ""
        if standing.phase == "promoted":
            return "the candidate was promoted; roll back all of it"
        if self.segment is not None:
            return sending_back(standing, self.segment, part=self.part)
        return "" if standing.share > 0.0 else "the candidate answers nobody"


class Divert(OnRamp):
    """Send one segment back to the incumbent, or a part of it; the others go on.

    ```toml
    [[commands]]
    at = "12m"
    kind = "divert"
    segment = "eu"
    ```
    """

    kind: Literal["divert"] = "divert"
    segment: str
    """The segment."""
    part: Share = Field(default=1.0, gt=0)
    """How much of the candidate's share in it is taken away."""

    def already(self, standing: Standing) -> bool:
        """The incumbent answers the segment again."""
        return self.segment in standing.diverted or standing.phase in ("rolled_back", "aborted")

    def refusal(self, standing: Standing) -> str:
        """The segment must be there, not sent back already, and not the last one."""
        return super().refusal(standing) or sending_back(standing, self.segment, part=self.part)


class Readmit(OnRamp):
    """Let a segment that was sent back take part again.

    ```toml
    [[commands]]
    at = "12m"
    kind = "readmit"
    segment = "eu"
    ```
    """

    kind: Literal["readmit"] = "readmit"
    segment: str
    """The segment."""

    def refusal(self, standing: Standing) -> str:
        """Only what was sent back can be let in again."""
        if said := super().refusal(standing) or _off_the_ramp(standing, self.segment):
            return said
        return "" if self.segment in (*standing.diverted, *standing.cut) else f"{self.segment} was not sent back"


def sending_back(standing: Standing, segment: str, *, part: float) -> str:
    """Why a segment cannot be sent back now."""
    if said := _off_the_ramp(standing, segment):
        return said
    if segment in standing.diverted:
        return f"{segment} was sent back already"
    if part == 1.0 and {*standing.diverted, segment} >= set(standing.segments):
        return "no segment would be left; roll back instead"
    return ""


def _off_the_ramp(standing: Standing, segment: str) -> str:
    if segment not in standing.segments:
        return nowhere("segment", segment, standing.segments)
    return "the ramp has not begun" if standing.phase == "waiting" else ""
