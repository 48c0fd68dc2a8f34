"""Harm as a reader wants it: how much, of which kind, to whom, at which step, and when it began.

Harm begins where the net harm to requests that candidates answered is more than `plan.acceptable_harm` of them and
more than chance. Window by window the excess, net harm less what is acceptable, is added up, and a sum that falls to 0
begins anew (Page's CUSUM, 1954). Harm is evident at the first window where the net harm of the running stretch is at
least 20 requests and at least 4 times the square root of all that were served otherwise there (McNemar's test: were
harm and help a toss of a coin, that many would be a 4 sigma surprise). Its onset is the start of that stretch: of that
one window where harm comes at a blow, of an earlier one where it creeps. A drift or fault that reaches a candidate and
sets in within the stretch explains it, and the onset is then the instant at which it set in. Of those that set in
together one that leaves the incumbent alone explains more, since harm is against the incumbent, and then a fault where
answers were late or failed rather than wrong. What began before that is noise, and a judgement that failed before it
was not detection.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.flight import Flight
from sandbox.base.truth import HarmKind, Interval, Truth
from sandbox.base.units import parse_share
from sandbox.report.alerts import fired
from sandbox.report.decisions import Stay, failures, stays

KINDS = tuple(kind.name.lower() for kind in HarmKind)
LEAST = 20
"""Fewer net harmed requests than this are never called a begin."""
SURPRISE = 4.0
"""How many standard deviations of chance net harm must exceed."""

FULL = 0.95
"""A pool that is busier than this over a window is out of capacity."""

Column = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Requests, and how many of them were harmed and helped, by kind in the order of KINDS."""

    requests: int
    harmed: tuple[int, ...]
    helped: tuple[int, ...]

    @property
    def gross(self) -> int:
        """Requests served worse."""
        return sum(self.harmed)

    @property
    def net(self) -> int:
        """Requests served worse minus requests served better."""
        return sum(self.harmed) - sum(self.helped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfair:
    """Wrong answers the worst group got beyond what it had got, had its rate moved like everybody else's.

    `surprise` is that number in standard deviations of chance; below 3 or so it is noise.
    """

    group: str
    requests: int
    surprise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """When harm began, when it was evident in truth, and what explains it (empty where nothing does).

    `net` of `requests` that candidates answered from then until it was evident were served worse.
    """

    at: int
    evident_at: int
    explained_by: str
    net: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """The harm of one flight against the same flight that stays on the incumbent."""

    total: Tally
    on_candidates: Tally
    users: int
    net_users: int
    users_on_candidate: int
    by_group: tuple[tuple[str, Tally], ...]
    by_segment: tuple[tuple[str, Tally], ...]
    by_step: tuple[tuple[Stay, Tally], ...]
    unfair: Unfair | None
    onset: Onset | None
    detected_at: int | None

    @property
    def detection_delay(self) -> int | None:
        """From the onset to the first failed gate that decides, or alert that pages or acts; None where none came."""
        if self.onset is None or self.detected_at is None:
            return None
        return self.detected_at - self.onset.at


def harm(flight: Flight) -> Harm:
    """The harm of a flight, from its truth."""
    truth, layout = flight.truth, flight.header.layout
    began = onset(flight)
    return Harm(
        total=_tally(truth), on_candidates=_tally(truth, arms=slice(INCUMBENT + 1, None)), users=truth.harmed_users,
        net_users=truth.net_harmed_users, users_on_candidate=truth.users_on_candidate,
        by_group=tuple((name, _tally(truth, groups=slice(i, i + 1))) for i, name in enumerate(layout.groups)),
        by_segment=tuple((name, _tally(truth, segments=slice(i, i + 1))) for i, name in enumerate(layout.segments)),
        by_step=_by_step(flight), unfair=_unfair(truth, layout.groups), onset=began,
        detected_at=None if began is None else _detected_at(flight, began),
    )


def _tally(
    truth: Truth, *, windows: slice | npt.NDArray[np.bool_] = slice(None), arms: slice = slice(None),
    segments: slice = slice(None), groups: slice = slice(None),
) -> Tally:
    harmed, helped, requests = (
        counts[windows][:, arms, segments, groups] for counts in (truth.harmed, truth.helped, truth.requests)
    )
    return Tally(
        requests=int(requests.sum()), harmed=tuple(harmed.sum(axis=(0, 1, 2, 3)).tolist()),
        helped=tuple(helped.sum(axis=(0, 1, 2, 3)).tolist()),
    )


def _by_step(flight: Flight) -> tuple[tuple[Stay, Tally], ...]:
    """A window belongs to what was in force at its start."""
    starts = flight.truth.starts
    return tuple(
        (stay, _tally(flight.truth, windows=(starts >= stay.start) & (starts < stay.end))) for stay in stays(flight)
    )


def _unfair(truth: Truth, groups: tuple[str, ...]) -> Unfair | None:
    """The group whose net rate of wrong answers on candidates rose most beyond that of the rest."""
    cells = slice(INCUMBENT + 1, None)
    n = truth.requests[:, cells].sum(axis=(0, 1, 2))
    harmed = truth.harmed[:, cells, ..., HarmKind.WRONG].sum(axis=(0, 1, 2))
    helped = truth.helped[:, cells, ..., HarmKind.WRONG].sum(axis=(0, 1, 2))
    found: Unfair | None = None
    for index, name in enumerate(groups):
        others = int(n.sum() - n[index])
        if others == 0 or n[index] == 0:
            continue
        mine, rest = harmed[index] - helped[index], (harmed - helped).sum() - harmed[index] + helped[index]
        excess = float(mine) / float(n[index]) - float(rest) / others
        moved, moved_rest = harmed[index] + helped[index], (harmed + helped).sum() - harmed[index] - helped[index]
        spread = math.sqrt(float(moved) / float(n[index]) ** 2 + float(moved_rest) / others**2)
        requests = max(0, round(excess * int(n[index])))
        if found is None or requests > found.requests:
            found = Unfair(group=name, requests=requests, surprise=excess / spread if spread else 0.0)
    return found


def acceptable_harm(flight: Flight) -> float:
    """The net part of a candidate's requests that the plan allows to be served worse."""
    return parse_share(flight.header.plan.get("plan", {}).get("acceptable_harm", "1%"))


def onset(flight: Flight) -> Onset | None:
    """When harm began, as the head of this page defines it; None where it never did."""
    truth = flight.truth
    cells = slice(INCUMBENT + 1, None)
    requests = truth.requests[:, cells].sum(axis=(1, 2, 3))
    harmed = truth.harmed[:, cells].sum(axis=(1, 2, 3, 4))
    helped = truth.helped[:, cells].sum(axis=(1, 2, 3, 4))
    found = _first_stretch(harmed, helped, requests, acceptable=acceptable_harm(flight))
    if found is None:
        return None
    first, last = found
    start, end = int(truth.starts[first]), int(truth.starts[last]) + flight.header.tick
    stretch = slice(first, last + 1)
    net, n = int((harmed - helped)[stretch].sum()), int(requests[stretch].sum())
    bent = [one for one in truth.intervals if start <= one.start < end and _reaches_candidates(flight, one)]
    if bent:
        explains = partial(_explains, incumbent=flight.header.layout.arms[INCUMBENT], slow=_slow(truth, stretch))
        cause = max(bent, key=explains)
        return Onset(at=cause.start, evident_at=end, explained_by=f"the {cause.name} {cause.kind}", net=net, requests=n)
    because = _what_else(flight, first=first, last=last)
    return Onset(at=start, evident_at=end, explained_by=because, net=net, requests=n)


def _explains(one: Interval, *, incumbent: str, slow: bool) -> tuple[int, bool, bool]:
    """The later the better; of the same instant what spares the incumbent, then a fault where answers were slow."""
    return one.start, incumbent not in one.arms, slow and one.kind == "fault"


def _slow(truth: Truth, stretch: slice) -> bool:
    """Whether candidates' answers were more often late or failed there than wrong."""
    kinds = truth.harmed[stretch, INCUMBENT + 1 :].sum(axis=(0, 1, 2, 3))
    return bool(kinds[HarmKind.LATE] + kinds[HarmKind.FAILED] > kinds[HarmKind.WRONG])


def _what_else(flight: Flight, *, first: int, last: int) -> str:
    """Where the world was not bent: a pool that filled up, or the step that began with the stretch."""
    full = overloads(flight, first=first, last=last + 1)
    if full:
        return f"the {full[0][0]}'s full pool"
    at = int(flight.truth.starts[first])
    return next((f"the step to {stay.title}" for stay in stays(flight) if stay.start == at and stay.share > 0), "")


def _first_stretch(harmed: Column, helped: Column, requests: Column, *, acceptable: float) -> tuple[int, int] | None:
    """First and last window of the stretch at which harm is evident first."""
    first, net, moved, excess = 0, 0, 0, 0.0
    for window, (bad, good, n) in enumerate(zip(harmed.tolist(), helped.tolist(), requests.tolist(), strict=True)):
        if excess <= 0.0:
            first, net, moved, excess = window, 0, 0, 0.0
        net, moved, excess = net + bad - good, moved + bad + good, excess + bad - good - acceptable * n
        if excess > 0.0 and net >= LEAST and net >= SURPRISE * math.sqrt(moved):
            return first, window
    return None


def _reaches_candidates(flight: Flight, interval: Interval) -> bool:
    return any(arm in interval.arms for arm in flight.header.layout.arms[INCUMBENT + 1 :])


def _detected_at(flight: Flight, began: Onset) -> int | None:
    """The first gate that failed and decides, or alert that pages somebody or acts, from then on."""
    noticed = [one.at for one in failures(flight)]
    noticed += [one.fired_at for one in fired(flight) if one.severity == "page" or one.action != "none"]
    return min((at for at in noticed if at >= began.at), default=None)


def overloads(flight: Flight, *, first: int = 0, last: int | None = None) -> tuple[tuple[str, int, int, float], ...]:
    """Stretches of windows in which a pool was out of capacity: (model, from, until, how busy at most)."""
    truth, tick = flight.truth, flight.header.tick
    found = []
    for arm, name in enumerate(flight.header.layout.arms):
        work, room = truth.work_ns[first:last, arm], truth.room_ns[first:last, arm]
        ratio = np.divide(work, room, out=np.zeros(len(work)), where=room > 0)
        over = np.flatnonzero(np.diff(np.concatenate(([0], ratio > FULL, [0]))))
        for begin, end in over.reshape(-1, 2).tolist():
            start = int(truth.starts[first + begin])
            found.append((name, start, start + (end - begin) * tick, float(ratio[begin:end].max())))
    return tuple(sorted(found, key=lambda one: (one[1], one[0])))
