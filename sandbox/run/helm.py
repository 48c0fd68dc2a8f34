"""The helm: from where the ramp stands to the routing table that is set."""

from collections.abc import Callable

from sandbox.base.action import Action, Adjust, Advance, Divert, Promote, Reallocate, Reweight
from sandbox.base.routing import Route, RoutingTable, idle_table
from sandbox.base.units import format_share
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import Step
from sandbox.run.deck import Deck


class Helm:
    """Sets who is answered by whom; what was set is journalled, what comes in force is the world's."""

    def __init__(self, deck: Deck, ramp: Pacing) -> None:
        self._deck, self._ramp = deck, ramp
        self._arm = deck.pilot.arm
        self.table = idle_table(len(deck.world.spec.arms))

    @property
    def _climb(self) -> Climb:
        return self._deck.pilot.climb

    @property
    def _segments(self) -> tuple[str, ...]:
        return self._deck.collector.layout.segments

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of each arm where shares draw."""
        return self.table.routes[0].shares

    # What may be done.

    def enact(self, action: Action) -> None:
        """Carry out what the policy concluded."""
        if isinstance(action, Advance):
            self.go_to_step(action.because)
        elif isinstance(action, Divert):
            self._divert(action)
        elif isinstance(action, Reallocate):
            self.apply_step("share", action.because)
        elif isinstance(action, Adjust | Reweight):
            self._mitigate(action)
        elif isinstance(action, Promote):
            self.promote(action.because)
        else:
            self.send_back(action.because, word="roll back")

    def go_to_step(self, because: str, *, what: str = "step") -> None:
        """The step on which the ramp stands begins."""
        self._deck.pilot.begin_step()
        self.apply_step(what, because)

    def apply_step(self, what: str, because: str) -> None:
        """The step on which the ramp stands is set anew, for whoever takes part in it now."""
        step = self._ramp.climbs[self._climb.step]
        shadow = tuple(step.shadow if arm == self._arm else 0.0 for arm in range(len(self.table.shadow)))
        self._set(RoutingTable(self.table.version + 1, self._climb.step, self._of_step(step), shadow), what, because)

    def promote(self, because: str) -> None:
        """The candidate answers everybody who was not sent back."""
        routes = self._by_segment(lambda _: 1.0) if self._climb.cuts else self._routes(1.0, ())
        self._end(routes, "promote", because)

    def send_back(self, because: str, *, word: str) -> None:
        """The incumbent answers everybody."""
        self._end((Route(self._line(0.0)),), word, because)

    def begin_window(self) -> None:
        """From now on the collector counts under the table that is set."""
        self._deck.collector.begin(
            self._deck.now, step=self.table.step, share=self.shares, segments=self.table.drawn,
            first=self.table.routes[0].segments or (),
        )

    # How it comes about.

    def _mitigate(self, action: Adjust | Reweight) -> None:
        world = self._deck.world
        self._deck.touch()
        if isinstance(action, Adjust):
            world.set_thresholds(self._arm, dict(action.thresholds))
        else:
            world.set_weights(self._arm, dict(action.weights), threshold=self._deck.pilot.policy.threshold)
        self.go_to_step(action.because, what=action.word)

    def _divert(self, action: Divert) -> None:
        if set(self._segments) <= set(self._climb.diverted):
            self._deck.pilot.end(Phase.ROLLED_BACK, at=self._deck.now)
            self.send_back(action.because, word="roll back")
            return
        self.apply_step(f"divert {', '.join(action.segments)}", action.because)

    def _of_step(self, step: Step) -> tuple[Route, ...]:
        share = step.share if self._climb.share is None else self._climb.share
        if step.shares:
            return self._by_segment(step.share_in)
        if self._climb.cuts:
            return self._by_segment(lambda name: share if name in (step.segments or self._segments) else 0.0)
        return self._routes(share, tuple(step.segments))

    def _routes(self, share: float, segments: tuple[str, ...]) -> tuple[Route, ...]:
        """The share for those who take part: the segments named, or all, without those that were diverted."""
        gone = self._climb.diverted
        if not segments and not gone:
            return (Route(self._line(share)),)
        left = tuple(name for name in segments or self._segments if name not in gone)
        return (Route(self._line(share), left), Route(self._line(0.0))) if left else (Route(self._line(0.0)),)

    def _by_segment(self, share_in: Callable[[str], float]) -> tuple[Route, ...]:
        """A row for each share that some segments have: those that draw first, the largest of them before all."""
        rows, kept = dict[float, list[str]](), dict(self._climb.cuts)
        for name in self._segments:
            share = 0.0 if name in self._climb.diverted else kept.get(name, 1.0) * self._ramp.reached(share_in(name))
            rows.setdefault(share, []).append(name)
        order = sorted(rows, key=lambda share: (not 0.0 < share < 1.0, -share))
        return tuple(Route(self._line(share), tuple(rows[share])) for share in order)

    def _end(self, routes: tuple[Route, ...], what: str, because: str) -> None:
        unshadowed = (0.0,) * len(self.table.shadow)
        self._set(RoutingTable(self.table.version + 1, self._climb.step, routes, unshadowed), what, because)

    def _set(self, table: RoutingTable, what: str, because: str) -> None:
        deck = self._deck
        deck.touch()
        if deck.collector.began != deck.now:
            deck.collector.close(deck.now)
            deck.read()
        self.table = table
        deck.world.set_routing(table)
        self.begin_window()
        deck.note("ramp", {
            "what": what, "step": table.step, "title": self._title(table.step), "share": self.shares[self._arm],
            "because": because, "version": table.version,
        })

    def _title(self, step: int) -> str:
        if self._climb.share is not None:
            return format_share(self._climb.share)
        return self._ramp.climbs[max(0, step)].title

    def _line(self, share: float) -> tuple[float, ...]:
        line = [0.0] * len(self.table.shadow)
        share = self._ramp.reached(share)
        line[0], line[self._arm] = 1.0 - share, share
        return tuple(line)
