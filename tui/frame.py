"""What the cockpit paints: immutable values, so that the latest can replace any other and nothing is seen half done."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.base.clock import clock
from sandbox.report.log import Line
from tui.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class GateNow:
    """What a gate said last, and at which looks of this step it said what."""

    name: str
    verdict: str
    because: str
    n: int
    at: int
    decides: bool
    needs: str = ""
    """How small a p settles it, where it tells one."""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNow:
    """An alert that has been active: its state, since when, why, and what people did about it."""

    name: str
    arm: str
    severity: str
    state: str
    since: int
    active_at: int
    because: str
    kind: str = ""
    acknowledged: str = ""
    silenced: str = ""
    escalated: str = ""
    fired: bool = False
    """Whether it fires or has fired, and was not only pending."""

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return f"{self.name}/{self.arm}"

    @property
    def firing(self) -> bool:
        """Whether it fires."""
        return self.state == "firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNow:
    """What is left of an error budget: the part of the window's whole budget, and how fast it burns."""

    name: str
    arm: str
    left: float
    burn: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNow:
    """What became of a step of a runbook, when, and by whom where it was somebody else than whoever sits there."""

    what: Literal["under way", "done", "not done", "verified", "not verified"]
    at: int
    by: str = ""

    def __str__(self) -> str:
        return f"{self.what} at {clock(self.at)}{f' by {self.by}' if self.by else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A runbook that is for what fires, or was begun: the alerts it is for, and the step that comes next in it."""

    alerts: tuple[str, ...]
    next: int | Literal["done", "escalate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A letter on the event strip: r ramp, A alert, o operator; when."""

    at: int
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RampNow:
    """Where the ramp stands, what was set, what is seen, and why it waits."""

    phase: str = "waiting"
    step: int = -1
    since: int = 0
    bake_ends: int = 0
    set_share: float = 0.0
    seen_share: float | None = None
    waits_for: str = ""
    because: str = ""
    """Why it took its last step."""
    held: bool = False
    diverted: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing is left to decide."""
        return self.phase in ("promoted", "rolled_back", "aborted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructor:
    """What is true, for the instructor's panel and nobody else."""

    lines: tuple[Line, ...] = ()
    harmed: int = 0
    helped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A flight as its telemetry and its journal show it, up to an instant."""

    at: int = 0
    ramp: RampNow = RampNow()
    gates: tuple[GateNow, ...] = ()
    alerts: tuple[AlertNow, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    budgets: tuple[BudgetNow, ...] = ()
    series: dict[str, Series] = field(default_factory=dict)
    steps: dict[tuple[str, int], StepNow] = field(default_factory=dict)
    """What became of a runbook's steps, by its name and their number."""
    suggested: dict[str, Suggested] = field(default_factory=dict)
    """The runbooks that are for what goes on, by their name."""
    unseen: bool = False
    """Whether an alert has fired that nobody acknowledged since."""
    matured_to: int = 0
    outcome: str = ""
    instructor: Instructor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A view and the clock it was taken by: what a screen shows."""

    view: View = View()
    state: str = "paused"
    speed: float = 1.0
    reached: float = 0.0
    """How fast the clock really goes, where it cannot keep up; 0 where it can."""
    trouble: str = ""
    """What went wrong in the engine."""
    compiling: float = 0.0
    """For how many seconds the engine has been compiled for this machine; 0 where it is not."""

    @property
    def at(self) -> int:
        """The flight's clock, in ns."""
        return self.view.at
