"""A policy: the ramp, the gates and the alerts that together decide about one candidate."""

from dataclasses import dataclass

from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.series import Compat
from sandbox.decide.alerts.slo import Slo
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import Correction
from sandbox.decide.notify.table import NotifyTable
from sandbox.decide.ramp.calendar import CalendarTable
from sandbox.decide.ramp.kinds import AnyRamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What decides; several may ride one flight, and one of them flies it.

    `alerts` holds those that objectives bring with them, too.
    """

    name: str
    ramp: AnyRamp
    gates: tuple[Gate, ...]
    alerts: tuple[AnyAlert, ...] = ()
    slos: tuple[Slo, ...] = ()
    compat: Compat = "prom3"
    notify: NotifyTable | None = None
    correction: Correction = "bonferroni"
    calendar: CalendarTable | None = None
    threshold: float = 0.5
    """The score from which the candidate decides yes."""

    @property
    def reads(self) -> dict[str, str]:
        """Every metric that is read for it, and who asks for it first."""
        asked = [(name, f"gate {gate.name}") for gate in self.gates for name in gate.reads]
        asked += [(name, f"alert {alert.name}") for alert in self.alerts for name in alert.reads]
        asked += [(name, "the ramp") for name in self.ramp.reads]
        asked += [(slo.metric, f"slo {slo.name}") for slo in self.slos]
        return dict(reversed(asked))
