"""What people said was wrong, held against what was: part by part, and how sure they were.

The right kind on the right model and segments: 1; a quarter less for each part that is wrong or left out. The right
class and another kind: a half. "Nothing is wrong" is an answer like any other, and the right one in a control. The last
answer counts. The confidence p that was stated is told as (p − right)², Brier's score, beside the points and not in
them; so is an onset that was named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.base.flight import Flight
from sandbox.base.units import parse_duration, parse_share
from sandbox.report.debrief.acts import granted
from sandbox.report.debrief.cause import NOTHING, Cause

COMMAND = "diagnose"
CLASS_ONLY = 0.5
"""What the right class is worth where the kind is wrong."""
WHERE = 0.25
"""What a wrong model, or wrong segments, cost where the kind is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One diagnosis: whose it is, the kind, the model and segment where said, a confidence in [0, 1], and its onset
    in ns.
    """

    at: int
    actor: str
    kind: str
    model: str
    segment: str
    confidence: float
    onset: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The last answer and what it is worth; no answer where nobody gave one. `off` is how far its onset was off."""

    answer: Answer | None
    truth: Cause
    points: float
    because: str
    brier: float | None = None
    off: int | None = None

    @property
    def credited(self) -> str:
        """What it is worth and why, and who gave it."""
        return self.because if self.answer is None else f"{self.because} (said by {self.answer.actor})"


def answers(flight: Flight) -> tuple[Answer, ...]:
    """Every diagnosis that was given, in order."""
    return tuple(_answer(one.at, one.actor, one.arguments) for one in granted(flight, COMMAND))


def _answer(at: int, actor: str, said: dict[str, Any]) -> Answer:
    confidence, onset = said.get("confidence"), said.get("onset")
    return Answer(
        at=at, actor=actor, kind=str(said["cause"]), model=str(said.get("model") or ""),
        segment=str(said.get("segment") or ""),
        confidence=1.0 if confidence is None else parse_share(confidence) if isinstance(confidence, str)
        else float(confidence),
        onset=None if onset is None else parse_duration(onset) if isinstance(onset, str) else int(onset),
    )


def diagnosis(flight: Flight, truth: Cause, *, classes: dict[str, str]) -> Diagnosis:
    """The diagnosis of a flight; `classes` says of each kind in which class it is."""
    given = answers(flight)
    if not given:
        return Diagnosis(answer=None, truth=truth, points=0.0, because=_unsaid(truth))
    last = given[-1]
    points, because = _worth(last, truth, classes)
    right = last.kind in (truth.kind, *truth.also) or (truth.control and classes.get(last.kind) == NOTHING)
    return Diagnosis(
        answer=last, truth=truth, points=points, because=because, brier=(last.confidence - float(right)) ** 2,
        off=None if last.onset is None or truth.at is None else last.onset - truth.at,
    )


def _unsaid(truth: Cause) -> str:
    if not truth.control:
        return "nobody said what was wrong"
    if truth.kind == NOTHING:
        return "nobody said that nothing was wrong"
    return f"it was {truth.kind}, which needs nobody: {NOTHING} or {truth.kind} was right, and nobody said either"


def _worth(said: Answer, truth: Cause, classes: dict[str, str]) -> tuple[float, str]:
    if truth.control and classes.get(said.kind) == NOTHING:
        return 1.0, "nothing was wrong that needed anybody, and that is what was said"
    if said.kind in truth.also:
        return 1.0, "the right kind, of what an instructor had strike"
    if truth.kind != said.kind:
        if truth.taxonomy == classes.get(said.kind):
            return CLASS_ONLY, f"the right class ({truth.taxonomy}), another kind: it was {truth.kind}"
        return 0.0, _else(truth)
    wrong = tuple(_misplaced(said, truth))
    return 1.0 - WHERE * len(wrong), "; ".join(("the right kind", *wrong))


def _else(truth: Cause) -> str:
    if not truth.control:
        return f"it was {truth.kind}"
    return "nothing was wrong" if truth.kind == NOTHING else f"it was {truth.kind}, which needs nobody"


def _misplaced(said: Answer, truth: Cause) -> Iterator[str]:
    if said.model and truth.model not in ("", said.model):
        yield f"on {truth.model}, not {said.model}"
    if said.segment and said.segment not in truth.segments:
        yield f"in {', '.join(truth.segments) or 'every segment'}, not in {said.segment} alone"
    elif truth.segments and not said.segment:
        yield f"only in {', '.join(truth.segments)}, which was not said"
