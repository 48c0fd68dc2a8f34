"""Between the table that a decision sets and the one that is in force: faults of the rollout's own machinery."""

from collections.abc import Callable

from sandbox.base.routing import RoutingTable
from sandbox.world.agenda import Agenda
from sandbox.world.faults.bout import Bout

Applied = tuple[int, int, tuple[tuple[float, ...], ...]]
"""When a table came in force, its version, and the shares of its rows."""


class Machinery:
    """Applies tables, through whatever faults are imposed."""

    def __init__(self, table: RoutingTable, agenda: Agenda, apply: Callable[[RoutingTable], None]) -> None:
        self.applied: list[Applied] = []
        self._agenda, self._apply = agenda, apply
        self._before = self._wanted = self._in_force = table
        self._set_at = 0
        self._orders = 0

    def want(self, table: RoutingTable, faults: list[Bout], *, now: int) -> None:
        """A decision sets a table."""
        self._before, self._wanted, self._set_at = self._in_force, table, now
        self.turn(faults, now=now)

    def turn(self, faults: list[Bout], *, now: int) -> None:
        """A table was set, or a fault imposed or lifted: work out what is in force, and when."""
        self._orders += 1
        wait, table = 0, self._wanted
        for fault in faults:
            later, table = fault.carry_out(self._before, table, new=self._set_at >= fault.at)
            wait = max(wait, later)
        due = self._set_at + wait
        if due <= now:
            self._put(table, now=now)
            return
        order = self._orders
        self._agenda.note(due, lambda: self._put(table, now=due) if order == self._orders else None)

    def _put(self, table: RoutingTable, *, now: int) -> None:
        if table == self._in_force:
            return
        self._in_force = table
        self.applied.append((now, table.version, tuple(route.shares for route in table.routes)))
        self._apply(table)
