"""Skill: what an operator saved, of what could be saved, on the same seed.

Harm H is net: answers worse than in the flight that stays on the incumbent, minus answers better, so that taking a good
candidate from people costs what it was worth to them. Where something had to be done,

    skill = 1 − (H − H_oracle) / (H_nothing − H_oracle)

which is 1 for whoever does what the oracle does and 0 for whoever does nothing. Where nothing had to be done (no fault,
a harmless one, a good candidate, or an oracle that saves next to nothing) the decision is scored instead: taking the
candidate away from everybody is −1, never rewarded; else 1 less the part of the candidate's benefit that needless
holds and diversions cost, and approvals that never came where a plan waits for them: the benefit is the greater of what
nobody and the policy alone would have made of the day. Where rolling back is what such a cause asks for, though it
saved next to nobody here, only that cost counts. Scores below −1 are cut there; what they were before stands beside.
"""

from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.report.debrief.acts import ENDING, granted
from sandbox.report.debrief.cause import Cause

FLOOR = -1.0
LEAST = 20
"""Fewer answers than this between nothing and the oracle say nothing about anybody's skill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """The score of an operator's decisions, in [−1, 1], and what it comes from; harms are net requests.

    `needed` says whether anything had to be done; `cost` is what was lost against doing nothing, or against the policy
    alone where nothing was needed and that was better; 0 where nothing was lost.
    """

    value: float
    unclipped: float
    needed: bool
    because: str
    harm: int
    nothing: int
    oracle: int
    cost: int


def net_harm(flight: Flight) -> int:
    """Answers worse than on the incumbent, minus answers better."""
    return int(flight.truth.harmed.sum() - flight.truth.helped.sum())


def skill(flight: Flight, *, nothing: int, oracle: int, cause: Cause, alone: int | None = None) -> Skill:
    """The skill shown in a flight, beside the net harm of doing nothing, of the policy alone and of the oracle on the
    same seed; the policy alone does as nobody would where a plan waits for no approval.
    """
    harm = net_harm(flight)
    if cause.needless or nothing - oracle <= LEAST:
        undisturbed = nothing if alone is None or not cause.needless else min(nothing, alone)
        value, because = _decision(flight, harm, undisturbed, helps=cause.rollback == "helps")
        cost = max(0, harm - undisturbed)
        return _made(value, because, needed=False, harm=harm, nothing=nothing, oracle=oracle, cost=cost)
    value = 1.0 - (harm - oracle) / (nothing - oracle)
    because = f"of {nothing - oracle:,} answers that the oracle saves, {nothing - harm:,} were saved"
    cost = max(0, harm - nothing)
    return _made(value, because, needed=True, harm=harm, nothing=nothing, oracle=oracle, cost=cost)


def _made(
    value: float, because: str, *, needed: bool, harm: int, nothing: int, oracle: int, cost: int
) -> Skill:
    return Skill(
        value=min(1.0, max(FLOOR, value)), unclipped=value, needed=needed, because=because, harm=harm,
        nothing=nothing, oracle=oracle, cost=cost,
    )


def _decision(flight: Flight, harm: int, undisturbed: int, *, helps: bool) -> tuple[float, str]:
    cost, benefit = max(0, harm - undisturbed), max(0, -undisturbed)
    if took_away(flight) and not helps:
        lost = f", which cost {cost:,} better answers" if cost else ""
        return FLOOR, f"the candidate was taken away where nothing needed it{lost}"
    if not cost or benefit <= LEAST:
        return 1.0, "nothing needed to be done, and nothing was lost"
    return 1.0 - min(1.0, cost / benefit), f"needless steps or waits cost {cost:,} of {benefit:,} better answers"


def took_away(flight: Flight) -> bool:
    """Whether a person took the candidate away from everybody for good."""
    return flight.outcome in ("rolled_back", "aborted") and any(
        not one.arguments.get("segment") for one in granted(flight, *ENDING)
    )
