"""What is due to a candidate in some world: that it is promoted, that it is not, or either, by what it would do there
if everybody had it and nobody stopped it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.lab.operating import characteristics
from sandbox.lab.result import Result
from sandbox.lab.wording import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a candidate is: better on every day, harmful beyond what is acceptable, or neither; unknown where no such
    day was flown. `effect` is the net part of requests that it would serve worse.
    """

    candidate: Literal["better", "harmful", "neither", "unknown"]
    effect: float = math.nan
    near: bool = False

    def met(self, flight: Result) -> bool:
        """Whether a flight with somebody who decides came to what is due."""
        if self.candidate == "harmful":
            return not flight.promoted
        return flight.promoted or self.candidate != "better"

    def __str__(self) -> str:
        if self.candidate == "unknown":
            return "unknown"
        limit = ", near the limit" if self.near and self.candidate != "better" else ""
        return f"{self.candidate} ({percent(self.effect)}{limit})"


def due_of(left: Sequence[Result], *, acceptable: float) -> Due:
    """What is due by flights in which nobody decides."""
    days = [one for one in left if one.exposed and not one.failure]
    if not days:
        return Due(candidate="unknown")
    one = characteristics(days, kind="", acceptable=acceptable, began=0, sequential=False)
    better = all(day.exposed_net < 0 for day in days)
    return Due(
        candidate="harmful" if one.harmful else "better" if better else "neither", effect=one.effect, near=one.near,
    )
