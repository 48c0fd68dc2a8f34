"""The users of a synthetic day: who they are, how often they ask, and where routing will put them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.base.telemetry import Codes, Users
from sandbox.world import population
from sandbox.world.population import Slice

SLOTS_PER_USER = 32
"""Activity is measured in slots of a table with about this many a user, so drawing a user is one look-up."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """segment, group (u,) codes; unit (u,) the user's place on the routing line; opted_out, private (u,); slots (m,).

    slots holds each user as often as it is active: a uniform index into it is a user drawn by activity. No candidate
    answers who opted_out, nor who is private, whom it never shadows and whose features nobody records; None: nobody is.
    """

    segment: npt.NDArray[np.uint8]
    group: npt.NDArray[np.uint8]
    unit: npt.NDArray[np.float64]
    opted_out: npt.NDArray[np.bool_] | None
    slots: npt.NDArray[np.int32]
    private: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.unit)

    def places(self, user: Users) -> tuple[Codes, Codes]:
        """The segment and the group of each user (n,): (n,) codes."""
        return _of_user(self.segment, user), _of_user(self.group, user)


def gather(users: population.Users, *, segments: tuple[Slice, ...], groups: tuple[Slice, ...], seed: int) -> Crowd:
    """The crowd that a scenario's tables describe, for one seed."""
    count = users.count
    activity = np.exp(users.activity * stream(seed, "users.activity").standard_normal(count))
    table = 1 << int(np.ceil(np.log2(max(1 << 16, SLOTS_PER_USER * count))))
    edges = np.floor(np.cumsum(activity) / activity.sum() * table + 0.5).astype(np.int64)
    repeats = np.diff(edges, prepend=0)
    return Crowd(
        segment=_members(segments, seed=seed, what="segment", count=count),
        group=_members(groups, seed=seed, what="group", count=count),
        unit=stream(seed, "routing.unit").random(count),
        opted_out=who_opted_out(users, seed=seed, count=count),
        slots=np.repeat(np.arange(count, dtype=np.int32), repeats),
        private=who_is_private(users, seed=seed, count=count),
    )


def who_opted_out(users: population.Users, *, seed: int, count: int) -> npt.NDArray[np.bool_] | None:
    """(u,) which users no candidate answers: they opted out, or never agreed; None where there are none."""
    out = stream(seed, "users.opt_out").random(count) < users.opt_out if users.opt_out else None
    private = who_is_private(users, seed=seed, count=count)
    return private if out is None else out if private is None else np.asarray(out | private)


def who_is_private(users: population.Users, *, seed: int, count: int) -> npt.NDArray[np.bool_] | None:
    """(u,) which users never agreed to be tried on; None where all did."""
    if users.consent >= 1.0:
        return None
    return np.asarray(stream(seed, "users.consent").random(count) >= users.consent)


def _of_user(code: Codes, user: Users) -> Codes:
    return code[user] if code.any() else np.zeros(len(user), dtype=np.uint8)


def _members(slices: tuple[Slice, ...], *, seed: int, what: str, count: int) -> npt.NDArray[np.uint8]:
    if not slices:
        return np.zeros(count, dtype=np.uint8)
    edges = np.cumsum([one.share for one in slices])
    draws = stream(seed, f"users.{what}").random(count) * edges[-1]
    places = np.searchsorted(edges, draws, side="right")
    return np.asarray(np.minimum(places, len(slices) - 1), dtype=np.uint8)
