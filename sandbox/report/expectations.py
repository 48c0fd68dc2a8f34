"""`[expect]` held against what happened: each key met, missed, or inconclusive, with what was got and wanted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.base.bound import parse_bound
from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.truth import Interval
from sandbox.base.units import format_duration, format_share, parse_duration, parse_share
from sandbox.report.alerts import fired
from sandbox.report.decisions import decisions, ending, failed_gate
from sandbox.report.exit_code import ExitCode, worst
from sandbox.report.harm import Harm

State = Literal["met", "missed", "inconclusive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that had to come out, and what came out; `key` is its place in the file, as "expect.outcome"."""

    key: str
    state: State
    got: str
    want: str

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rpartition(".")[2]


Answer = tuple[State, str, str]
Check = Callable[[Any, Flight, Harm], Answer]


def expectations(flight: Flight, suffered: Harm) -> tuple[Expectation, ...]:
    """Everything `[expect]` says, in the order of the table, then preconditions that were not met."""
    stated = {key: value for key, value in flight.header.plan.get("expect", {}).items() if value is not None}
    if not stated:
        return ()
    answers = {key: CHECKS[key](value, flight, suffered) for key, value in stated.items() if key in CHECKS}
    return (
        *(
            Expectation(key=f"expect.{key}", state=state, got=got, want=want)
            for key, (state, got, want) in answers.items()
        ),
        *_preconditions(flight),
    )


def exit_code(checked: tuple[Expectation, ...], *, allow_inconclusive: bool = False) -> ExitCode:
    """What one flight's expectations come to; one that could not be judged may be allowed, one missed never is."""
    if not checked:
        return ExitCode.NOTHING_ASSERTED
    codes = {
        "met": ExitCode.MET, "missed": ExitCode.MISSED,
        "inconclusive": ExitCode.MET if allow_inconclusive else ExitCode.INCONCLUSIVE,
    }
    return worst(codes[one.state] for one in checked)


def _judged(met: bool) -> State:
    return "met" if met else "missed"


def _outcome(value: Any, flight: Flight, _: Harm) -> Answer:
    return _judged(flight.outcome == value), flight.outcome, str(value)


def _detected_within(value: Any, flight: Flight, suffered: Harm) -> Answer:
    want = f"≤ {value}"
    if suffered.onset is None:
        return "inconclusive", "harm never began, so there was nothing to detect", want
    delay = suffered.detection_delay
    if delay is None:
        return "missed", "never detected", want
    return _judged(delay <= parse_duration(value)), format_duration(delay), want


def _promoted_by(value: Any, flight: Flight, _: Harm) -> Answer:
    want, last = f"by {clock(parse_duration(value))}", ending(flight)
    if last is None or last.what != "promote":
        return "missed", "never promoted", want
    return _judged(last.at <= parse_duration(value)), f"at {clock(last.at)}", want


def largest_share(flight: Flight) -> float:
    """The largest share of traffic the candidate was ever given."""
    return max((one.share for one in decisions(flight)), default=0.0)


def _largest_share(value: Any, flight: Flight, _: Harm) -> Answer:
    share = largest_share(flight)
    return _judged(share <= parse_share(value) + 1e-12), format_share(share), f"≤ {value}"


def _number(read: Callable[[Harm], int]) -> Check:
    def check(value: Any, _: Flight, suffered: Harm) -> Answer:
        bound, number = parse_bound(value), read(suffered)
        return _judged(bound.met(number)), f"{number:,}", f"{bound.sign} {bound.number:,.10g}"

    return check


def _failed_gate(value: Any, flight: Flight, _: Harm) -> Answer:
    gate = failed_gate(flight)
    return _judged(gate == value), gate or "no gate rolled back", str(value)


def _pages(value: Any, flight: Flight, _: Harm) -> Answer:
    bound, count = parse_bound(value), sum(one.severity == "page" for one in fired(flight))
    return _judged(bound.met(count)), f"{count:,}", f"{bound.sign} {bound.number:,.10g}"


def _alert_fired(value: Any, flight: Flight, _: Harm) -> Answer:
    names = tuple(dict.fromkeys(one.alert for one in fired(flight)))
    return _judged(value in names), ", ".join(names) or "no alert fired", str(value)


def _tpr_gap(value: Any, flight: Flight, _: Harm) -> Answer:
    bound = parse_bound(value)
    want = f"{bound.sign} {bound.number:,.10g}"
    gap = true_tpr_gap(flight)
    if gap is None:
        return "inconclusive", "no gap: there are no groups, or one had no true case", want
    return _judged(bound.met(gap)), f"{gap:.3g}", want


def true_tpr_gap(flight: Flight) -> float | None:
    """The largest difference between groups in true cases the candidate would decide yes, as mitigated last."""
    moves = [one for one in decisions(flight) if one.what in ("adjust", "reweight", "step")]
    last = next((one.at for one in reversed(moves) if one.what != "step"), moves[0].at if moves else None)
    if last is None or not flight.truth.decided.size:
        return None
    arm = flight.header.layout.arms.index(flight.header.plan["ramp"]["model"])
    tables = flight.truth.decided[flight.truth.starts >= last][:, arm].sum(axis=0)
    true = tables[:, 2:].sum(axis=1)
    if len(true) < 2 or not true.all():
        return None
    rates = tables[:, 3] / true
    return float(rates.max() - rates.min())


CHECKS: dict[str, Check] = {
    "outcome": _outcome,
    "detected_within": _detected_within,
    "promoted_by": _promoted_by,
    "largest_share": _largest_share,
    "harmed_users": _number(lambda suffered: suffered.users),
    "harmed_requests": _number(lambda suffered: suffered.total.gross),
    "net_harm": _number(lambda suffered: suffered.total.net),
    "failed_gate": _failed_gate,
    "tpr_gap": _tpr_gap,
    "pages": _pages,
    "alert_fired": _alert_fired,
}


def _preconditions(flight: Flight) -> Iterator[Expectation]:
    faults = [one for one in flight.truth.intervals if one.kind == "fault"]
    for number, fault in enumerate(faults):
        if not _struck(flight, fault):
            yield Expectation(
                key=f"faults.{number}", state="inconclusive", want=f"strikes at {clock(fault.start)}",
                got=f"never struck: {_lacked(fault)}",
            )


WAITS_FOR = {
    "slow-rollback": (("roll back", "abort"), "nothing was rolled back"),
    "partial-rollback": (("roll back", "abort"), "nothing was rolled back"),
    "incompatible-rollback": (("roll back", "abort"), "nothing was rolled back"),
    "unapplied": (("step", "promote", "roll back", "abort"), "no share was set"),
}
"""Faults that can do nothing before the ramp does something: what, and how it is said that it did not."""


def _lacked(fault: Interval) -> str:
    if fault.name in WAITS_FOR:
        return f"{WAITS_FOR[fault.name][1]} while it lasted"
    return f"{' and '.join(fault.arms)} had no work by then"


def _struck(flight: Flight, fault: Interval) -> bool:
    """Whether what a fault needs happened while it lasted: what it waits for, or anything asked of a pool it lay on."""
    if fault.name in WAITS_FOR:
        words, _ = WAITS_FOR[fault.name]
        moves = [one for one in flight.journal if one.kind == "ramp" and fault.start <= one.at < fault.end]
        return any(one.facts["what"] in words for one in moves)
    if not fault.arms:
        return True
    starts, arms = flight.truth.starts, [flight.header.layout.arms.index(name) for name in fault.arms]
    during = (starts + flight.header.tick > fault.start) & (starts < fault.end)
    asked = flight.truth.requests[during][:, arms].sum() + flight.truth.work_ns[during][:, arms].sum()
    return bool(asked > 0)
