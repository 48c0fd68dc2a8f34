"""A fixed stretch of the day: its requests as columns, drawn whole, and what became of them.

Blocks are cut by time from the plan alone, never where the world happens to be advanced, so a column is made from the
same rows in the same order however the flight is cut.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sandbox.base.status import Status
from sandbox.base.telemetry import Codes, Flags, Floats, Ints, Users

KEY_BITS = 32
"""A request's number is its block's, shifted by this, plus its row."""

SHADOW_BIT = 1 << (KEY_BITS - 1)
"""Set in the number of an answer that nobody is shown; below it stands the row."""
ROW_MASK = SHADOW_BIT - 1

SHADOW_LUCK = -1
"""In place of an arm: the luck that says which requests are shadowed where not all are."""

NOBODYS = 255
"""In place of an arm: an answer that no model gave, no with a score of 0, for nothing."""

SECOND_TRY = 1_000
"""Added to an arm: the service times of second tries."""

LUCK_OF_ATTEMPT, LUCK_OF_BACKOFF = 1_000, 1_000_000
"""Added to an arm, times the number of an attempt: its luck in erring again, and how long it waits before."""

EXPERIENCE_LUCK, EXPERIENCE_DELAY = -2, -3
"""In place of an arm: the luck that says whose user speaks, and after how long."""

OPTING_LUCK, LEAVING_LUCK = -4, -5
"""In place of an arm: the luck that says whose user opts out of candidates, and whose leaves."""

FAULT_LUCK = -16
"""In place of an arm: the luck of the first fault, below it with second tries, then those of the others."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one arm would answer: score (n,) and decision (n,)."""

    score: Floats
    decision: Flags

    def where(self, rows: Flags, other: "Opinion") -> "Opinion":
        """Itself where rows (n,) says so, and another one elsewhere."""
        return Opinion(np.where(rows, self.score, other.score), np.where(rows, self.decision, other.decision))

    def decided_anew(self, rows: Flags, *, threshold: float) -> "Opinion":
        """Itself, with the decisions of rows (n,) as its scores have them."""
        return Opinion(self.score, np.where(rows, self.score >= np.float32(threshold), self.decision))

    def without(self, rows: Flags) -> "Opinion":
        """Itself, but for rows (n,) that come to no number: no threshold is passed by one, so the decision is no."""
        return Opinion(np.where(rows, np.float32(np.nan), self.score), self.decision & ~rows)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is done, for some groups, to the answers to those who arrive from `since` (ns) on; NaN for the others.

    thresholds (groups,) is the score from which it is yes; weights (groups,), where they are there, multiply the odds
    of the score before that.
    """

    since: int
    thresholds: Floats
    weights: Floats | None = None

    def amended(self, opinion: Opinion, *, at: Ints, group: Codes) -> Opinion:
        """The opinion as it is given to requests that arrive at (n,) from people of group (n,)."""
        own = self.thresholds[group]
        mine = (at >= self.since) & ~np.isnan(own)
        score = opinion.score
        if self.weights is not None:
            weighed = self.weights[group] * score
            score = np.where(mine, weighed / (1 - score + weighed), score)
        return Opinion(score, np.where(mine, score >= own, opinion.decision))


@dataclass(frozen=True, slots=True)
class OwnFeatures:
    """The features of an arm that gets others than the rest: read, served (n, d) and age (n,), as in a block."""

    read: npt.NDArray[np.floating]
    served: Floats
    age: Ints | None


@dataclass(slots=True)
class Block:
    """Requests that arrive in [start, end), sorted by time; nothing in it depends on what any policy does.

    at (n,) ns; user, segment, group (n,); features (n, d) as models read them, NaN where they get nothing; served (n,
    d) as telemetry sees them; age (n,) ns or None; label (n,) flag; known (n,) whether there is a truth; label_at (n,)
    ns, -1 for never; own: by arm, the features of those that get others; seen (n,) the label as it will be reported,
    None for the true one; after_yes, after_no (n,) whether the label stays unknown after such an answer, None for
    never; origin, copied (n,): where requests came twice, the row of each among those drawn, and which are copies.
    `opinion`, `demand`, `luck` and `charge` are drawn for an arm when first read.
    """

    number: int
    start: int
    end: int
    at: Ints
    user: Users
    segment: Codes
    group: Codes
    features: npt.NDArray[np.floating] | None
    served: Floats | None
    age: Ints | None
    label: Flags
    known: Flags | None
    label_at: Ints
    _opine: Callable[["Block", int], Opinion]
    _demand: Callable[["Block", int], Ints]
    _luck: Callable[["Block", int], Floats]
    _charge: Callable[["Block", int], Ints | int]
    own: dict[int, OwnFeatures] = field(default_factory=dict)
    seen: Flags | None = None
    after_yes: Flags | None = None
    after_no: Flags | None = None
    origin: Ints | None = None
    copied: Flags | None = None
    _drawn: dict[int, OwnFeatures] = field(default_factory=dict)
    _opinions: dict[int, Opinion] = field(default_factory=dict)
    _amendments: dict[int, list[Amendment]] = field(default_factory=dict)
    _demands: dict[int, Ints] = field(default_factory=dict)
    _lucks: dict[int, Floats] = field(default_factory=dict)
    _charges: dict[int, Ints | int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    @property
    def first_key(self) -> int:
        """The number of the first request."""
        return self.number << KEY_BITS

    @property
    def reported_label(self) -> Flags:
        """(n,) the label as it will be reported."""
        return self.label if self.seen is None else self.seen

    def read_by(self, arm: int) -> npt.NDArray[np.floating] | None:
        """(n, d) the features as the arm's model reads them."""
        return self.own[arm].read if arm in self.own else self.features

    def served_to(self, arm: Codes, rows: slice | Ints) -> tuple[Floats | None, Ints | None]:
        """The features (k, d) and ages (k,) of `rows` as telemetry sees them, each as served to the arm (k,) it got."""
        served = None if self.served is None else self.served[rows]
        age = None if self.age is None else self.age[rows]
        for index, own in self.own.items():
            mine = arm == index
            if served is not None:
                served = np.where(mine[:, None], own.served[rows], served)
            if age is not None and own.age is not None:
                age = np.where(mine, own.age[rows], age)
        return served, age

    def opinion(self, arm: int) -> Opinion:
        """What the arm would answer to every request of the block."""
        if arm == NOBODYS:
            return Opinion(np.zeros(len(self), dtype=np.float32), np.zeros(len(self), dtype=np.bool_))
        if arm not in self._opinions:
            opinion = self._opine(self, arm)
            for amendment in self._amendments.get(arm, ()):
                opinion = amendment.amended(opinion, at=self.at, group=self.group)
            self._opinions[arm] = opinion
        return self._opinions[arm]

    def amend(self, arm: int, amendment: Amendment) -> None:
        """The arm's answers are given as amended; what came before it, and other groups, are as ever."""
        self._amendments.setdefault(arm, []).append(amendment)
        if arm in self._opinions:
            self._opinions[arm] = amendment.amended(self._opinions[arm], at=self.at, group=self.group)

    def as_drawn(self, arm: int) -> OwnFeatures:
        """The features of an arm before anybody switched one off."""
        assert self.features is not None
        assert self.served is not None
        return self._drawn.get(arm) or self.own.get(arm) or OwnFeatures(self.features, self.served, self.age)

    def serve_otherwise(self, arm: int, own: OwnFeatures) -> None:
        """The arm's model reads these features instead; what it had answered to them it answers anew."""
        self._drawn.setdefault(arm, self.as_drawn(arm))
        self.own[arm] = own
        if self._opinions.pop(arm, None) is not None:
            self.opinion(arm)

    def ask_anew(self, arm: int) -> None:
        """The arm's model is another one: whatever it would have answered, it is asked anew."""
        self._opinions.pop(arm, None)

    def demand(self, arm: int, *, second: bool = False) -> Ints:
        """(n,) ns of service each request would take at the arm, in health, or a second try of it."""
        code = arm + SECOND_TRY * second
        if code not in self._demands:
            self._demands[code] = self._demand(self, code)
        return self._demands[code]

    def luck(self, arm: int) -> Floats:
        """(n,) uniform: the arm errs where this is below its error rate."""
        if arm not in self._lucks:
            self._lucks[arm] = self._luck(self, arm)
        return self._lucks[arm]

    def lucky(self, whose: int, draw: Callable[[], Floats]) -> Floats:
        """(n,) uniform luck that is none of the arms', drawn when first asked for."""
        if whose not in self._lucks:
            self._lucks[whose] = draw()
        return self._lucks[whose]

    def charge(self, arm: int) -> Ints | int:
        """What an answer of the arm costs, in millionths: (n,), or one number for all."""
        if arm == NOBODYS:
            return 0
        if arm not in self._charges:
            self._charges[arm] = self._charge(self, arm)
        return self._charges[arm]

    def attempt_luck(self, arm: int, attempt: int) -> Floats:
        """(n,) uniform: the luck of an attempt after the first, as `luck`."""
        return self.luck(arm + LUCK_OF_ATTEMPT * attempt)

    @property
    def scored_arms(self) -> tuple[int, ...]:
        """The arms whose opinion anybody has read."""
        return tuple(sorted(self._opinions))


@dataclass(slots=True)
class Fate:
    """What became of a block's requests: the arm that was asked first and whose answer it is, `by`, the step, status
    (n,) and latency (n,) ns, and how many are still open. Where nobody falls back `by` is the arm itself."""

    arm: Codes
    by: Codes
    step: npt.NDArray[np.int16]
    status: Codes
    latency: Ints
    open: int

    @classmethod
    def unknown(cls, n: int, *, falls_back: bool) -> "Fate":
        """The fate of n requests that have not arrived yet."""
        arm = np.zeros(n, dtype=np.uint8)
        return cls(
            arm=arm,
            by=arm.copy() if falls_back else arm,
            step=np.full(n, -1, dtype=np.int16),
            status=np.full(n, Status.IN_FLIGHT, dtype=np.uint8),
            latency=np.zeros(n, dtype=np.int64),
            open=n,
        )
