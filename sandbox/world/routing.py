"""Applies the routing table: from a user's place on the line to the arm that answers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.routing import RoutingTable, lanes
from sandbox.base.telemetry import Codes, Flags, Floats, Users
from sandbox.world.crowd import Crowd


@dataclass(frozen=True, slots=True)
class Asking:
    """Requests of user (n,) in segment (n,); unit (n,) where they lie on the routing line, if not at their users'
    places; luck () -> (n,) uniform, in being shadowed.
    """

    crowd: Crowd
    user: Users
    segment: Codes
    unit: npt.NDArray[np.float64] | None
    luck: Callable[[], Floats]

    def only(self, rows: Flags) -> "Asking":
        """Some of them."""
        unit = None if self.unit is None else self.unit[rows]
        return Asking(self.crowd, self.user[rows], self.segment[rows], unit, lambda: self.luck()[rows])


@dataclass(frozen=True, slots=True)
class Routed:
    """arm (n,) that answers; shadow (n, arms) whether an arm does so unseen; step (n,) of the ramp, or one for all;
    split (n,) whether a share drew the arm, or None where one drew all of them.
    """

    arm: Codes
    shadow: Flags
    step: int | npt.NDArray[np.int16]
    split: Flags | None


@dataclass(frozen=True, slots=True)
class Router:
    """A table made ready for columns: edges and arms of each segment's line."""

    table: RoutingTable
    edges: tuple[npt.NDArray[np.float64], ...]
    arms: tuple[npt.NDArray[np.uint8], ...]
    uniform: bool
    segments: tuple[str, ...]

    @classmethod
    def of(cls, table: RoutingTable, *, segments: tuple[str, ...]) -> "Router":
        """The router of a table for these segments."""
        lines = [lanes(table.shares(segment)) for segment in segments]
        return cls(
            table=table,
            edges=tuple(np.array([edge for edge, _ in line]) for line in lines),
            arms=tuple(np.array([arm for _, arm in line], dtype=np.uint8) for line in lines),
            uniform=all(line == lines[0] for line in lines),
            segments=segments,
        )

    def routed(self, asking: Asking) -> Routed:
        """Who is answered by whom, seen and unseen."""
        crowd, user, segment = asking.crowd, asking.user, asking.segment
        arm = self.route(crowd, user=user, segment=segment, unit=asking.unit)
        return Routed(
            arm, self._shadowed(asking, arm), self.table.step, self.drawn(crowd, user=user, segment=segment)
        )

    def _shadowed(self, asking: Asking, arm: Codes) -> Flags:
        shares, private = self.table.shadow, asking.crowd.private
        flags = np.zeros((len(arm), len(shares)), dtype=np.bool_)
        for index, share in enumerate(shares):
            if share >= 1.0:
                flags[:, index] = arm != index
            elif share > 0.0:
                flags[:, index] = (arm != index) & (asking.luck() < share)
        if private is not None:
            flags &= ~private[asking.user][:, None]
        return flags

    def route(
        self, crowd: Crowd, *, user: Users, segment: Codes, unit: npt.NDArray[np.float64] | None = None
    ) -> Codes:
        """The arm of each request of user (n,) in segment (n,): (n,) codes; unit (n,) where not its user's place."""
        unit = crowd.unit[user] if unit is None else unit
        if self.uniform:
            arm = self._along(0, unit)
        else:
            arm = np.zeros(len(user), dtype=np.uint8)
            for code in range(len(self.edges)):
                rows = segment == code
                arm[rows] = self._along(code, unit[rows])
        if crowd.opted_out is not None:
            arm = np.asarray(np.where(crowd.opted_out[user], 0, arm), dtype=np.uint8)
        return arm

    def drawn(self, crowd: Crowd, *, user: Users, segment: Codes) -> Flags | None:
        """Whether a share drew the arm of each request (n,), or None where one drew all of them."""
        first = self.table.drawn
        split = None if not first else np.isin(segment, [
            code for code, name in enumerate(self.segments) if name in first
        ])
        if crowd.opted_out is not None:
            inside = ~crowd.opted_out[user]
            split = inside if split is None else split & inside
        return split

    def _along(self, segment: int, unit: npt.NDArray[np.float64]) -> Codes:
        edges, arms = self.edges[segment], self.arms[segment]
        if len(edges) == 2 and arms[1] == 0:
            return np.asarray((unit < edges[0]) * arms[0], dtype=np.uint8)
        return arms[np.minimum(np.searchsorted(edges, unit, side="right"), len(arms) - 1)]
