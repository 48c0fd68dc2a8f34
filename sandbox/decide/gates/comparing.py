"""What the gates that compare a candidate's metric with the incumbent's have in common."""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Evidence, Measure, Reading
from sandbox.base.units import Margin, Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.strand import LEAST_CROWD, Question, Strand, Weight, seen, weigh
from sandbox.decide.gates.wording import change
from sandbox.decide.statistics import stratified
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.normal_mixture import half_width


@dataclass(frozen=True, slots=True)
class Compared:
    """A strand for each step so far, and whether this step was already found beyond: a verdict does not fade."""

    strands: tuple[Strand, ...] = ()
    failed_since: int = -1


class Comparing(Asking):
    """The keys and the arithmetic of a comparison; `no-worse` and `better` differ in the bound."""

    compares: ClassVar[bool] = True
    looks: ClassVar[bool] = True
    lasts: ClassVar[Literal["step", "flight"]] = "flight"

    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of failing a candidate that is exactly at the bound: over the flight, at a look if fixed."""
    test: Literal["always-valid", "fixed", "peeked"] = "always-valid"
    """Look at every window, or once when the bake ends; "peeked" makes the fixed test at every window, as people who
    watch a dashboard do, and keeps no level."""
    unit: Literal["user", "request"] = "user"
    """What counts as independent. Percentiles, AUC, drift, what users say and every metric of one segment or group are
    not kept by user: they count requests, which are surer of a difference than they may be where few users ask much."""

    @model_validator(mode="after")
    def _reads_all(self) -> "Comparing":
        if self.over != "step" and self.test == "always-valid":
            raise ValueError('an always-valid test reads all there is; remove "over", or say test = "fixed"')
        return self

    @property
    def limit(self) -> Margin:
        """How much worse the candidate may be; negative where it must be better."""
        raise NotImplementedError

    def begin(self) -> Compared:
        """The state before the first look of a flight."""
        return Compared()

    def step(self, state: Compared, evidence: Evidence) -> tuple[Compared, Judgement]:
        """One look: the next state, and what it says."""
        readings, measure = evidence.merged[self.metric], evidence.measures[self.metric]
        old, new = readings[INCUMBENT], readings[evidence.arm]
        ask = self._question(evidence, old, new, measure)
        state = self._gathered(state, evidence, ask)
        sizes = _sizes(old, new, ask)
        n = sum(sizes)
        if (scarce := self._scarce(*sizes, matured=measure.matured)) is not None:
            return state, self.judged(Verdict.NO_DATA, scarce, n=n)
        if self.test == "fixed" and evidence.at < evidence.bake_ends:
            return state, self.judged(Verdict.INCONCLUSIVE, "waits for the end of the bake", n=n)
        counts = ask.counts_events and self.test == "always-valid"
        if ask.relative and old.value == 0.0 and not counts:
            return state, self.judged(Verdict.ERROR, "the incumbent's value is 0: a relative margin has no meaning; "
                                      "state the margin in the metric's unit", n=n)
        if self.test == "always-valid" and _is_mean(old):
            verdict, because, value, log_e = self._by_evidence(state, ask, measure)
        else:
            verdict, because, value = self._by_interval(old, new, ask, measure, evidence)
            log_e = None
        if state.failed_since == evidence.step_started and verdict is not Verdict.FAIL:
            verdict, because = Verdict.FAIL, f"{because}; was beyond it earlier in this step"
        if verdict is Verdict.FAIL:
            state = Compared(state.strands, evidence.step_started)
        if verdict is not Verdict.NO_DATA:
            because += " by user" if ask.by_user else " by request"
        return state, self.judged(
            verdict, because, value=_finite(value if ask.above else -value), bound=self.limit.amount, n=n,
            log_evidence=log_e,
        )

    def _question(self, evidence: Evidence, old: Reading, new: Reading, measure: Measure) -> Question:
        known = old.by_user is not None and new.by_user is not None
        return Question(
            arm=evidence.arm, metric=self.metric, relative=self.limit.relative, above=measure.lower_is_better,
            bound=self.limit.amount if measure.lower_is_better else -self.limit.amount, share=old.hits >= 0,
            by_user=self.unit == "user" and known,
            shares_differ=old.by_user is not None and old.by_user.strata > 1,
        )

    def _gathered(self, state: Compared, evidence: Evidence, ask: Question) -> Compared:
        strands = state.strands
        if not strands or strands[-1].step < evidence.step:
            strands = (*strands, Strand(evidence.step))
        if not _is_mean(evidence.merged[self.metric][INCUMBENT]) or self.test != "always-valid":
            return Compared(strands, state.failed_since)
        for look in evidence.looks:
            if self.metric in look.readings:
                strands = tuple(seen(one, look, ask) if one.step <= look.step else one for one in strands)
        return Compared(strands, state.failed_since)

    def _scarce(self, old: int, new: int, *, matured: bool) -> str | None:
        if min(old, new) >= self.minimum:
            return None
        if matured and not old + new:
            return "no label has matured yet"
        who = "incumbent" if old < self.minimum else "candidate"
        return f"{who} n {min(old, new):,} < {self.minimum:,}"

    # Always valid: evidence since each step began, mixed, so that what begins late is not drowned by what was before.

    def _by_evidence(self, state: Compared, ask: Question, measure: Measure) -> tuple[Verdict, str, float, float]:
        weighed = [weigh(strand, ask) for strand in state.strands]
        log_beyond, loudest = _mixed(weighed)
        now = weighed[-1]
        level = -math.log(self.alpha)
        if log_beyond >= level:
            value = loudest.value_beyond
            said = self._said(value, ask, measure, beyond=True)
            return Verdict.FAIL, f"{said}, p {_p(log_beyond)}", value, log_beyond
        if now.within >= level:
            said = self._said(now.value_within, ask, measure, beyond=False)
            return Verdict.PASS, f"{said}, p {_p(now.within)}", now.value_within, log_beyond
        value = now.value_within
        if math.isnan(value):
            return Verdict.NO_DATA, "no event yet", value, log_beyond
        crowd = stratified.crowd(state.strands[-1].sums)
        if now.within == -math.inf and ask.by_user and crowd < LEAST_CROWD:
            because = f"too few users: they weigh like {crowd:.1f} equal groups, {LEAST_CROWD:g} are needed"
            return Verdict.NO_DATA, because, value, log_beyond
        shown = change(value, relative=ask.relative, unit=measure.unit)
        limit = change(ask.bound, relative=ask.relative, unit=measure.unit)
        sign, other = ("≤", ">") if ask.above else ("≥", "<")
        because = f"{shown}, not yet surely {sign} {limit} (p {_p(now.within)}) nor {other} (p {_p(log_beyond)})"
        return Verdict.INCONCLUSIVE, because, value, log_beyond

    def _said(self, value: float, ask: Question, measure: Measure, *, beyond: bool) -> str:
        sign = (">" if ask.above else "<") if beyond else ("≤" if ask.above else "≥")
        shown = change(value, relative=ask.relative, unit=measure.unit)
        return f"{shown} {sign} {change(ask.bound, relative=ask.relative, unit=measure.unit)}"

    # An interval around the step's difference: for looks that are fixed, and for what is not a mean.

    def _by_interval(
        self, old: Reading, new: Reading, ask: Question, measure: Measure, evidence: Evidence
    ) -> tuple[Verdict, str, float]:
        if math.isnan(old.error) or math.isnan(new.error):
            return Verdict.NO_DATA, f"n {min(old.n, new.n):,} is too few to know the error", math.nan
        value, error = _difference(old, new, ask)
        if self.test != "always-valid":
            from statistics import NormalDist

            half = NormalDist().inv_cdf(1.0 - self.alpha) * error
        else:
            half = half_width(error, n=old.n + new.n, alpha=of_step(self.alpha, evidence.step))
        shown, limit, give = (
            change(one, relative=ask.relative, unit=measure.unit) for one in (value, ask.bound, half)
        )
        shown += f" ± {give.lstrip('+')}"
        beyond, within = (">", "≤") if ask.above else ("<", "≥")
        off = value - ask.bound if ask.above else ask.bound - value
        if off > half:
            return Verdict.FAIL, f"{shown} {beyond} {limit}", value
        if off + half <= 0.0:
            return Verdict.PASS, f"{shown} {within} {limit}", value
        return Verdict.INCONCLUSIVE, f"{shown} straddles {limit}", value


def _sizes(old: Reading, new: Reading, ask: Question) -> tuple[int, int]:
    """How many observations are compared: by user, those of users whose arm was drawn."""
    if ask.by_user and old.by_user is not None and new.by_user is not None:
        return int(old.by_user.n.sum()), int(new.by_user.n.sum())
    return old.n, new.n


def _is_mean(reading: Reading) -> bool:
    return reading.by_user is not None or reading.hits >= 0


def _difference(old: Reading, new: Reading, ask: Question) -> tuple[float, float]:
    """The value and its error, by users where they are told apart, else of the two errors (delta method)."""
    if ask.by_user and old.by_user is not None and new.by_user is not None:
        sums = stratified.by_users(
            stratified.Sums(), (old.by_user.n, new.by_user.n), (old.by_user.total, new.by_user.total),
            (old.error, new.error), strata=old.by_user.strata,
        )
        return stratified.difference(sums, relative=ask.relative, at=ask.bound, share=ask.share)
    if not ask.relative:
        return new.value - old.value, math.hypot(new.error, old.error)
    ratio = new.value / old.value
    return ratio - 1.0, math.hypot(new.error / old.value, ratio * old.error / old.value)


def _mixed(weighed: list[Weight]) -> tuple[float, Weight]:
    """Log evidence of being beyond, mixed over the steps since which it may be so, and the strand that says most.

    Weights 1/2, 1/6, 1/12 … add up to one; what has not begun counts as the 1 it begins with.
    """
    logs = [one.beyond - math.log((place + 1) * (place + 2)) for place, one in enumerate(weighed)]
    loudest = max(zip(logs, weighed, strict=True), key=lambda pair: pair[0])[1]
    top = max(*logs, 0.0)
    if top == math.inf:
        return top, loudest
    rest = 1.0 / (len(weighed) + 1)
    total = sum(math.exp(log - top) for log in logs) + rest * math.exp(-top)
    return top + math.log(total), loudest


def _p(log_e: float) -> str:
    p = math.exp(-max(0.0, log_e))
    return f"{p:.2g}" if p >= 1e-6 else "<1e-6"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
