"""Whether the alerts did their part: which ought to have fired, which did, which should have kept quiet, and how soon.

A cause declares the metrics it shows in. An alert that reads one of them, or one of their family, of an arm that is
struck, may fire, and at least one of those must, at most LATEST after harm was observable. Another on an arm that is
struck may follow from it. Any other that fires is a false alarm, and in a control every one is. They are judged in the
flight in which nobody acts: this is about the plan's alerts, not about who was on call and quicker than they.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND
from sandbox.report.alerts import Fired, fired
from sandbox.report.debrief.cause import Cause

LATEST = 10 * 60 * NS_PER_SECOND
"""An expected alert that fires later than this after harm was observable is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """The alerts of a flight against its cause; `latency` in ns from when harm was observable to the first expected.

    `must` are the alerts of which one had to fire, empty where none reads what the cause shows in.
    """

    signals: tuple[str, ...]
    must: tuple[str, ...]
    expected: tuple[Fired, ...]
    false: tuple[Fired, ...]
    latency: int | None
    late: bool

    @property
    def met(self) -> bool:
        """Whether somebody was told in time of what there was to tell."""
        return not self.signals or (bool(self.expected) and not self.late)

    @property
    def precision(self) -> float | None:
        """The part of what fired that was expected; None where nothing fired."""
        count = len(self.expected) + len(self.false)
        return len(self.expected) / count if count else None


def alerting(flight: Flight, cause: Cause, *, reads: Mapping[str, tuple[str, ...]], observable: int | None) -> Alerting:
    """The alerts of a flight judged; `reads` names the metrics each alert reads."""
    signals = () if cause.control else cause.signals
    must = tuple(name for name, metrics in reads.items() if any(shows(one, signals) for one in metrics))
    since = 0 if cause.at is None else cause.at
    told = [one for one in fired(flight) if one.severity != "info"]
    expected = tuple(one for one in told if one.alert in must and one.fired_at >= since and _there(one, cause))
    first = expected[0].fired_at if expected else None
    latency = None if first is None or observable is None else first - observable
    return Alerting(
        signals=signals, must=must, expected=expected,
        false=tuple(one for one in told if one not in expected and not _follows(one, cause, since)),
        latency=latency, late=latency is not None and latency > LATEST,
    )


FAILURES = ("errors", "timeouts", "rejections")
"""What `failures` counts together."""


def shows(metric: str, signals: tuple[str, ...]) -> bool:
    """Whether a metric moves with one of the signals: it is of one family with it, as latency.p99 with latency.p50."""
    family, _, rest = metric.partition("{")[0].partition(".")
    families = FAILURES if family == "failures" else (family,)
    return bool(rest) and any(one.partition(".")[0] in families for one in signals)


def _there(one: Fired, cause: Cause) -> bool:
    return one.arm in ("", cause.model) or cause.model in ("", "all")


def _follows(one: Fired, cause: Cause, since: int) -> bool:
    return not cause.control and one.fired_at >= since and _there(one, cause)
