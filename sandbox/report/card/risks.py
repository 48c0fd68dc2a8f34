"""What the candidate did to each group and segment, against the incumbent's answers to the same requests."""

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.base.arms import INCUMBENT
from sandbox.base.flight import Flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Answers of candidates to some users, how many were worse and better than the incumbent's, worse ones by kind."""

    who: str
    answers: int
    worse: int
    better: int
    by_kind: tuple[int, ...]

    def per_thousand(self, count: int) -> float:
        """A count of a thousand answers."""
        return 1_000.0 * count / self.answers if self.answers else 0.0

    def as_json(self) -> dict[str, Any]:
        """The same as a program reads it."""
        return asdict(self)


def risks(flight: Flight) -> tuple[Risk, ...]:
    """Everybody, then each group and each segment where there are several; none where no candidate answered."""
    layout = flight.header.layout
    slices = [("everybody", slice(None), slice(None))]
    if len(layout.groups) > 1:
        slices += [(f"group {name}", slice(None), slice(at, at + 1)) for at, name in enumerate(layout.groups)]
    if len(layout.segments) > 1:
        slices += [(f"segment {name}", slice(at, at + 1), slice(None)) for at, name in enumerate(layout.segments)]
    found = tuple(_risk(flight, who, segments, groups) for who, segments, groups in slices)
    return found if found[0].answers else ()


def _risk(flight: Flight, who: str, segments: slice, groups: slice) -> Risk:
    truth = flight.truth
    requests, harmed, helped = (
        counts[:, INCUMBENT + 1 :, segments, groups] for counts in (truth.requests, truth.harmed, truth.helped)
    )
    return Risk(
        who=who, answers=int(requests.sum()), worse=int(harmed.sum()), better=int(helped.sum()),
        by_kind=tuple(harmed.sum(axis=(0, 1, 2, 3)).tolist()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The parts of true and of false cases of a group that a model decides yes; None where there is no such case."""

    group: str
    model: str
    true_yes: float | None
    false_yes: float | None


def rates(flight: Flight) -> tuple[Rates, ...]:
    """What each model would decide for each group, answered or not; nothing where there are no groups."""
    layout = flight.header.layout
    counts = flight.truth.decided.sum(axis=0)
    if len(layout.groups) < 2 or counts.shape[1] != len(layout.groups):
        return ()
    return tuple(
        Rates(group=name, model=model, true_yes=_part(counts[arm, at, 3], counts[arm, at, 2]),
              false_yes=_part(counts[arm, at, 1], counts[arm, at, 0]))
        for at, name in enumerate(layout.groups) for arm, model in enumerate(layout.arms)
    )


def _part(yes: int, no: int) -> float | None:
    return float(yes) / float(yes + no) if yes + no else None
