"""The score of a drill: a hundred points, most of them for what became of users.

60 for the decision (its skill, which may be negative), 20 for the diagnosis, 20 for the process; less 5 for each hint
taken, 5 for each pause, 20 for each command that the runbook forbids. Nothing gives points for being asked less, so a
pause or a hint never raises a score. An exercise whose clock did not run, or ran at another speed, is scored alike and
marked: its points compare only with others of its kind.
"""

from dataclasses import dataclass, field

DECISION, DIAGNOSIS, PROCESS = 60.0, 20.0, 20.0
HINT, PAUSE, FORBIDDEN = 5.0, 5.0, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """How an exercise was sat, which no journal of the flight knows: by whom, in which mode, with what help.

    `mode` is "live" where the clock ran at the fixed speed, "practice" where it ran at another, "stepped" where each
    command said how far to fly, "replayed" where no exercise was dealt. `paused` is wall-clock seconds in all.
    """

    family: str = ""
    case: str = ""
    operator: str = ""
    mode: str = "replayed"
    speed: float = 0.0
    hints: tuple[str, ...] = ()
    pauses: tuple[tuple[int, float], ...] = ()
    """Each pause as (ns of the flight's clock, seconds it took)."""
    injected: tuple[str, ...] = ()
    lesson: str = ""
    """What the case is there to teach."""
    chosen: bool = False
    """Whether an instructor chose the case or the seed."""

    @property
    def paused(self) -> float:
        """Seconds of all pauses."""
        return sum(seconds for _, seconds in self.pauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What each part gave and took."""

    decision: float
    diagnosis: float
    process: float
    hints: float = 0.0
    pauses: float = 0.0
    forbidden: float = 0.0
    total: float = field(init=False)

    def __post_init__(self) -> None:
        total = self.decision + self.diagnosis + self.process - self.hints - self.pauses - self.forbidden
        object.__setattr__(self, "total", round(total, 1))


def points(*, skill: float, diagnosis: float, process: float, forbidden: int, sitting: Sitting) -> Points:
    """The points of an exercise from its parts, each skill in [−1, 1] and the others in [0, 1]."""
    return Points(
        decision=DECISION * skill, diagnosis=DIAGNOSIS * diagnosis, process=PROCESS * process,
        hints=HINT * len(sitting.hints), pauses=PAUSE * len(sitting.pauses), forbidden=FORBIDDEN * forbidden,
    )
