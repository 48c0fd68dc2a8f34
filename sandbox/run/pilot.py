"""A pilot: one policy at the controls, which sees windows and nothing else.

It holds the folds of its gates and of its ramp. Whether what it decides is carried out is not its business: the policy
that flies and those that only ride along are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sandbox.base.action import Action
from sandbox.base.arms import INCUMBENT, Arms
from sandbox.base.reading import Evidence, Look
from sandbox.base.verdict import Judgement, Verdict
from sandbox.base.window import SCORE_BINS, SERVED, SHADOW, Layout, Window
from sandbox.decide.alerts.acting import heed
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import sharing, together
from sandbox.decide.policy import Policy
from sandbox.decide.ramp import allocating, almanac, approving, mitigating
from sandbox.decide.ramp import climb as climbing
from sandbox.decide.ramp.almanac import Almanac
from sandbox.decide.ramp.approving import Asked
from sandbox.decide.ramp.bandit import Bandit
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Reference
from sandbox.run.monitor import Monitor
from sandbox.run.sight import Sight, look


@dataclass(slots=True)
class Watch:
    """A gate, what it sees, what it has not been asked about yet, and its state."""

    gate: Gate
    sights: tuple[Sight, ...]
    state: Any
    looks: list[Look] = field(default_factory=list)
    last: Judgement | None = None

    def begin(self) -> None:
        """A step begins: forget, unless the gate lasts the flight."""
        if self.gate.merges == "step":
            for sight in self.sights:
                sight.clear()
        if self.gate.lasts == "step":
            self.looks.clear()
            self.state = self.gate.begin()

    def see(self, window: Window, *, of_this_step: bool) -> None:
        """Take in a window, where it belongs to what the gate reads."""
        if of_this_step or self.gate.merges == "flight":
            for sight in self.sights:
                sight.see(window)
        to_look_at = self.gate.looks and (of_this_step or self.gate.lasts == "flight")
        if to_look_at and (one := look(window, self.sights)) is not None:
            self.looks.append(one)


class Pilot:
    """One policy in flight: where its ramp stands, what its gates say, what it would do."""

    def __init__(
        self, policy: Policy, *, arms: Arms, layout: Layout, reference: Reference | None, tick: int,
        almanac: Almanac | None = None, granted: frozenset[tuple[int, str]] = frozenset(),
        also: Iterable[str] = (),
    ) -> None:
        self.policy = policy
        self.climb = Climb()
        self.held = False
        self.approvals = Asked(granted=granted)
        self.arm = arms.index(policy.ramp.model)
        self._arms, self._layout = arms, layout
        self._answered = 0
        self._almanac = almanac
        shape = (len(layout.groups), 2, SCORE_BINS)
        self._grades = None if policy.ramp.mitigation == "none" else np.zeros(shape, dtype=np.int64)
        self.monitor = Monitor(policy, layout=layout, reference=reference, tick=tick, also=also)
        self._rewards = tuple(Sight(layout, metric(name), reference, None) for name in policy.ramp.reads)
        self._learned = allocating.Learned()
        gates = sharing(policy.gates, correction=policy.correction)
        first = sorted(gates, key=lambda gate: not gate.vouches)
        self.watches = tuple(self._watch(gate, reference) for gate in first)

    def _watch(self, gate: Gate, reference: Reference | None) -> Watch:
        stretch = gate.over if isinstance(gate.over, int) else None
        sights = tuple(Sight(self._layout, metric(name), reference, stretch) for name in gate.reads)
        return Watch(gate, sights, gate.begin())

    @property
    def climbing(self) -> bool:
        """Whether there is anything left to decide, and the ramp has begun."""
        return self.climb.phase is Phase.CLIMBING

    def take_off(self, at: int) -> None:
        """The ramp begins."""
        self.climb = climbing.begin(self.policy.ramp, at=at)

    def begin_step(self) -> None:
        """The current step is applied: its gates begin."""
        self._answered = 0
        for watch in self.watches:
            watch.begin()

    def jump(self, step: int, *, at: int) -> None:
        """Somebody put the ramp on another step."""
        self.climb = replace(self.climb, step=step, since=at, held_by="", share=None)

    def divert(self, segment: str, *, part: float) -> None:
        """Somebody sent a segment back, or a part of what the candidate still answers in it."""
        kept = dict(self.climb.cuts)
        left = kept.pop(segment, 1.0) * (1.0 - part)
        if left > 0.0:
            self.climb = replace(self.climb, cuts=(*kept.items(), (segment, left)))
        else:
            self.climb = replace(self.climb, cuts=tuple(kept.items()), diverted=(*self.climb.diverted, segment))

    def readmit(self, segment: str) -> None:
        """Somebody let a segment take part again."""
        others = tuple(name for name in self.climb.diverted if name != segment)
        cuts = tuple(one for one in self.climb.cuts if one[0] != segment)
        self.climb = replace(self.climb, diverted=others, cuts=cuts)

    def lower(self, share: float, *, at: int) -> None:
        """Somebody lowered the share of this step."""
        self.climb = replace(self.climb, share=share, since=at, held_by="")

    def end(self, phase: Phase, *, at: int) -> None:
        """Somebody ended the rollout."""
        self.climb = replace(self.climb, phase=phase, since=at, held_by="")

    def see(self, window: Window) -> None:
        """Take in a window that became readable."""
        self.monitor.see(window)
        if not self.climbing or window.step < 0:
            return
        if isinstance(self.policy.ramp, Bandit) and (one := look(window, self._rewards)) is not None:
            self._learned = allocating.seen(self.policy.ramp, self._learned, one, arm=self.arm)
        if self._grades is not None and window.matured:
            self._grades += self._layout.part(window.counts.dense(), "grades")[self.arm]
        of_this_step = window.step == self.climb.step and window.start >= self.climb.since
        for watch in self.watches:
            watch.see(window, of_this_step=of_this_step)
        if of_this_step and not window.matured:
            status = self._layout.part(window.counts.dense(), "status")
            self._answered += int(status[self.arm, SERVED, ..., 0].sum() + status[self.arm, SHADOW, ..., 0].sum())

    def judge(self, at: int, shares: tuple[float, ...]) -> Iterator[Judgement]:
        """Ask every gate that is to be asked."""
        asked = [watch for watch in self.watches if self._is_asked(watch.gate, shares)]
        alone = tuple(self._ask(watch, at, shares) for watch in asked)
        gates = tuple(watch.gate for watch in asked)
        for watch, judgement in zip(asked, together(alone, gates, correction=self.policy.correction), strict=True):
            watch.last = judgement
            yield judgement

    def _ask(self, watch: Watch, at: int, shares: tuple[float, ...]) -> Judgement:
        evidence = self._evidence(watch, at, shares)
        if (mixed := self._mixed(watch.gate, evidence)) is not None:
            watch.looks.clear()
            watch.last = mixed
            return mixed
        watch.state, judgement = watch.gate.step(watch.state, evidence)
        watch.looks.clear()
        watch.last = self._trusted(watch.gate, judgement)
        return watch.last

    def _mixed(self, gate: Gate, evidence: Evidence) -> Judgement | None:
        """No comparison at a step for some segments only, where a metric mixes those who take part with the rest."""
        step = self.policy.ramp.climbs[self.climb.step]
        some = step.segments or step.shares or self.climb.diverted or self.climb.cuts
        if not gate.compares or gate.vouches or not some:
            return None
        by_user = getattr(gate, "unit", "") == "user"
        for name in gate.reads:
            drawn = by_user and evidence.merged[name][INCUMBENT].by_user is not None
            if not drawn and "segment=" not in name:
                because = "segments have shares of their own" if step.shares else "only some segments take part"
                because += f", and {name} mixes them with the rest"
                return gate.judged(Verdict.NO_DATA, f"{because}; name one, as {{segment=eu}}")
        return None

    def _trusted(self, gate: Gate, judgement: Judgement) -> Judgement:
        """A judgement as far as the split can be trusted: on a wrong split nothing that compares means anything."""
        if not gate.compares or gate.vouches:
            return judgement
        for other in self.watches:
            vouches = other.gate.vouches and not other.gate.dry_run
            if vouches and other.last is not None and other.last.verdict is Verdict.ERROR:
                because = f"{other.last.gate}: {other.last.because}"
                return replace(judgement, verdict=Verdict.ERROR, because=because)
        return judgement

    def decide(self, judgements: tuple[Judgement, ...], *, at: int) -> Action | None:
        """What the ramp concludes from this step's judgements; nothing while somebody holds it."""
        if self.held:
            return None
        after, action = climbing.step(
            self.policy.ramp, self.climb, judgements, at=at, answered=self._answered,
            only_estimates=self._only_estimates(),
        )
        after, action = self._mitigated(after, action, judgements, at=at)
        learned = self._learned
        demands = tuple(self.monitor.demands)
        after, action = heed(self.climb, after, action, demands, at=at)
        if isinstance(self.policy.ramp, Bandit):
            bad = any(one.decides and one.verdict in (Verdict.FAIL, Verdict.ERROR) for one in judgements)
            learned, after, action = allocating.heed(
                self.policy.ramp, after, self._learned, action, arm=self.arm, at=at, may_rise=not (bad or demands),
                lower_is_better=self._rewards[0].metric.lower_is_better,
            )
        self.approvals, allowed = approving.heed(self.policy.ramp, self.approvals, action, at=at)
        share = self.policy.ramp.climbs[self.climb.step].share if self.climb.share is None else self.climb.share
        allowed = almanac.heed(self._almanac, allowed, at=at, share=share)
        if allowed is action:
            self._learned = learned
        self.climb = after if allowed is action else replace(self.climb, held_by=allowed.because)
        return allowed

    def _mitigated(
        self, after: Climb, action: Action, judgements: tuple[Judgement, ...], *, at: int
    ) -> tuple[Climb, Action]:
        if self._grades is None:
            return after, action
        reads = {watch.gate.name: watch.gate.reads for watch in self.watches}
        failed = {one.gate: reads[one.gate] for one in judgements if one.decides and one.verdict is Verdict.FAIL}
        return mitigating.heed(
            self.policy.ramp, self.climb, after, action, failed=failed, judgements=judgements, grades=self._grades,
            groups=self._layout.groups, threshold=self.policy.threshold, at=at,
        )

    def unapproved(self, at: int) -> str:
        """Whose approval the ramp waits for before it begins; empty where it waits for nobody's."""
        return approving.waiting(self.policy.ramp, self.approvals, step=1, at=at)

    def waits(self, at: int) -> str:
        """What the calendar has a step wait for, and until when."""
        return "" if self._almanac is None else self._almanac.wait(at)

    def begins_at(self, since: int = 0) -> int | None:
        """When, from an instant on, the first step may begin, in ns; None where the calendar never lets it."""
        start = max(since, self.policy.ramp.start)
        return start if self._almanac is None else self._almanac.next_open(start)

    def approve(self, role: str) -> None:
        """Somebody agrees to the step that comes next."""
        step = approving.next_step(self.policy.ramp, self.climb)
        self.approvals = approving.approve(self.approvals, role, step=step)

    def refuse(self, role: str, because: str) -> None:
        """Somebody says no to the step that comes next."""
        step = approving.next_step(self.policy.ramp, self.climb)
        self.approvals = approving.refuse(self.approvals, role, step=step, because=because)

    def _only_estimates(self) -> bool:
        """Whether all that may decide at this step, asked now or not, was inferred without labels."""
        deciding = [
            watch for watch in self.watches
            if not watch.gate.dry_run and (not watch.gate.steps or self.climb.step + 1 in watch.gate.steps)
        ]
        return bool(deciding) and all(any(sight.metric.estimated for sight in watch.sights) for watch in deciding)

    def _is_asked(self, gate: Gate, shares: tuple[float, ...]) -> bool:
        if (gate.compares and shares[INCUMBENT] == 0.0) or (gate.segment and gate.segment in self.climb.diverted):
            return False
        return not gate.steps or self.climb.step + 1 in gate.steps

    def _evidence(self, watch: Watch, at: int, shares: tuple[float, ...]) -> Evidence:
        arm = self._arms.index(watch.gate.model)
        for sight in watch.sights:
            sight.forget(at)
        return Evidence(
            at=at, arm=arm, step=self.climb.step, share=shares[arm], step_started=self.climb.since,
            bake_ends=self.climb.since + self.policy.ramp.bake_of(self.climb.step),
            merged={sight.metric.name: sight.read(shares) for sight in watch.sights},
            measures={sight.metric.name: sight.metric.measure for sight in watch.sights},
            looks=tuple(watch.looks),
        )
