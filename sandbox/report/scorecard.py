"""Everything a reader may want to know about one flight, small enough to hand between processes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sandbox.base.flight import Flight
from sandbox.base.journal import Entry
from sandbox.base.status import STATUSES
from sandbox.base.window import SERVED, Window
from sandbox.report.alerts import Budget, Fired, Told, budgets, fired, told
from sandbox.report.asked import Asked, asked
from sandbox.report.decisions import Decision, Said, decisions, ending, failed_gate, failures
from sandbox.report.exit_code import ExitCode
from sandbox.report.expectations import Expectation, exit_code, expectations, largest_share
from sandbox.report.further import further
from sandbox.report.harm import Harm, harm, overloads
from sandbox.report.log import Line, log
from sandbox.report.policies import Ridden, ridden


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """What the instruments showed of one arm at one step of the ramp, windows merged."""

    step: int
    arm: str
    windows: int
    offered: int
    statuses: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """One flight, scored: what it did, what came of it, what was expected, and its log."""

    name: str
    title: str
    source: str
    scenario_hash: str
    seed: int
    digest: str
    outcome: str
    ended_at: int
    closed_at: int | None
    largest_share: float
    failed_gate: str | None
    failed_before_harm: int
    decisions: tuple[Decision, ...]
    harm: Harm
    expectations: tuple[Expectation, ...]
    exit_code: ExitCode
    log: tuple[Line, ...] = field(repr=False)
    failures: tuple[Said, ...] = field(repr=False)
    truth: dict[str, Any] = field(repr=False)
    alerts: tuple[Fired, ...] = field(repr=False)
    notifications: tuple[Told, ...] = field(repr=False)
    budgets: tuple[Budget, ...] = field(repr=False)
    policies: tuple[Ridden, ...] = field(repr=False)
    seen: tuple[StepSeen, ...] = field(repr=False)
    windows: int
    cohorts: int
    inputs: dict[str, str] = field(repr=False)
    versions: dict[str, str] = field(repr=False)
    asked: Asked = field(default=Asked(), repr=False)
    journal: tuple[Entry, ...] = field(default=(), repr=False)
    run: str = ""
    repeat: str = ""
    trouble: str = ""
    """What kept the run out of the store's catalogue, and what to do; the run itself is safe."""
    releases: tuple[str, ...] = ()
    """The models that the scenario releases later, none of which is in this flight."""

    @property
    def unflown(self) -> str:
        """That the scenario has more releases than the one that flew, and what flies them; nothing where it has not."""
        return further(self.releases, source=self.source or self.name)

    @property
    def detected_at(self) -> int | None:
        """When the first gate failed, or alert paged or acted, after harm had begun."""
        return self.harm.detected_at


def score(flight: Flight, *, keep_journal: bool = False, run: str = "", repeat: str = "") -> Scorecard:
    """The scorecard of a flight; `run` is its name in the store, `repeat` the command that flies it again."""
    header, suffered, last = flight.header, harm(flight), ending(flight)
    checked = expectations(flight, suffered)
    return Scorecard(
        name=header.name, title=header.title, source=header.source, scenario_hash=header.scenario_hash,
        seed=header.seed, digest=flight.digest, outcome=flight.outcome, ended_at=flight.ended_at,
        closed_at=None if last is None else last.at, largest_share=largest_share(flight),
        failed_gate=failed_gate(flight), failed_before_harm=_failed_before_harm(flight, suffered),
        decisions=decisions(flight), harm=suffered, expectations=checked, exit_code=exit_code(checked),
        log=log(flight, suffered), failures=failures(flight), truth=_truth(flight), alerts=fired(flight),
        notifications=told(flight), budgets=budgets(flight), policies=ridden(flight), seen=tuple(_seen(flight)),
        windows=sum(not window.matured for window in flight.windows),
        cohorts=sum(window.matured for window in flight.windows), inputs=dict(header.inputs),
        versions=dict(header.versions), asked=asked(flight.journal),
        journal=flight.journal if keep_journal else (), run=run, repeat=repeat,
        releases=tuple(str(one["model"]) for one in header.plan.get("releases") or ()),
    )


def _failed_before_harm(flight: Flight, suffered: Harm) -> int:
    """Gates that failed and decided before harm had begun, each once."""
    began = None if suffered.onset is None else suffered.onset.at
    return len({one.gate for one in failures(flight) if began is None or one.at < began})


def _truth(flight: Flight) -> dict[str, Any]:
    truth, arms = flight.truth, flight.header.layout.arms
    right, judged = truth.right.sum(axis=0).tolist(), truth.judged.sum(axis=0).tolist()
    return {
        "intervals": [
            {"kind": one.kind, "name": one.name, "from": one.start, "until": one.end, "models": list(one.arms)}
            for one in truth.intervals
        ],
        "models": {
            arm: {
                "requests": int(truth.requests[:, index].sum()),
                **{status.name.lower(): int(truth.statuses[index, status]) for status in STATUSES},
                "in_flight": int(truth.in_flight[index]),
                "accuracy": right[index] / judged[index] if judged[index] else None,
            }
            for index, arm in enumerate(arms)
        },
        "overloads": [
            {"model": model, "from": start, "until": end, "worst": ratio}
            for model, start, end, ratio in overloads(flight)
        ],
        "users_on_candidate": truth.users_on_candidate,
    }


def _seen(flight: Flight) -> Iterator[StepSeen]:
    layout = flight.header.layout
    by_step: dict[int, list[Window]] = {}
    for window in flight.windows:
        if not window.matured:
            by_step.setdefault(window.step, []).append(window)
    for step in sorted(by_step):
        counts = np.zeros(layout.size, dtype=np.int64)
        for window in by_step[step]:
            window.counts.add_to(counts)
        for index, arm in enumerate(layout.arms):
            status = layout.part(counts, "status")[index, SERVED].sum(axis=(0, 1))
            yield StepSeen(
                step=step, arm=arm, windows=len(by_step[step]),
                offered=int(layout.part(counts, "offered")[index, SERVED].sum()),
                statuses={one.name.lower(): int(status[one]) for one in STATUSES},
            )
