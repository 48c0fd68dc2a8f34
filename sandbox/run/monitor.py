"""Monitoring: at every tick the instruments are scraped, alerts evaluated, people told; all of it for the journal.

A hitch is what a fault does to it: a misspelt rule reads series nobody keeps, notifications go elsewhere or nowhere, or
nothing is evaluated at all. Alertmanager, told no more of what fires, calls it resolved after resolve_timeout; once
Prometheus is back it is told again.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from sandbox.base.window import Layout, Window
from sandbox.decide.alerts.acting import Demand
from sandbox.decide.alerts.machine import Labels, State, Turn
from sandbox.decide.alerts.scene import Scene
from sandbox.decide.alerts.slo import Slo, spent
from sandbox.decide.alerts.watch import Watch, look, watch
from sandbox.decide.notify.dispatch import Desk, acknowledge, advance, receive
from sandbox.decide.notify.notification import Notification
from sandbox.decide.notify.table import NotifyTable, Silence
from sandbox.decide.policy import Policy
from sandbox.observe.metrics.view import Reference
from sandbox.run.misdirected import misdirected
from sandbox.run.scrape import Scraper
from sandbox.world.faults.hitch import NO_HITCH

RESOLVE_TIMEOUT = 300 * 1_000_000_000
"""After how long Alertmanager calls resolved what it hears no more of, in ns: its default."""

Note = tuple[str, dict[str, Any]]
"""An entry for the journal: its kind and its facts."""


class Monitor:
    """The alerts of one policy in flight, and the series they read."""

    def __init__(
        self, policy: Policy, *, layout: Layout, reference: Reference | None, tick: int, also: Iterable[str] = (),
    ) -> None:
        self.watches = [watch(alert) for alert in policy.alerts]
        self.hitch = NO_HITCH
        self._policy_says, self._desk = policy.notify, Desk()
        self._given_up: set[Labels] = set()
        self._silences: list[Silence] = []
        self._disabled: list[str] = []
        self._slos, self._compat, self._layout, self._tick = policy.slos, policy.compat, layout, tick
        reads = [name for one in policy.alerts for name in cast(Any, one).reads]
        scraped = [*reads, *(slo.metric for slo in policy.slos), *also]
        self._scraper = Scraper(scraped, layout=layout, reference=reference)
        self._units = {one.name: one.unit for one in self._scraper.metrics}
        self._lower_is_better = {one.name: one.lower_is_better for one in self._scraper.metrics}

    @property
    def _notify(self) -> NotifyTable | None:
        """Who is told, as things stand."""
        says = self._policy_says
        if says is not None and self._silences:
            says = says.model_copy(update={"silences": [*says.silences, *self._silences]})
        return says if says is None or self.hitch == NO_HITCH else misdirected(says, self.hitch)

    @property
    def disabled(self) -> tuple[str, ...]:
        """The alerts that are not evaluated now."""
        return tuple(self._disabled)

    def silenced(self, at: int) -> tuple[tuple[str, int], ...]:
        """The alerts that somebody silenced and that are silent at an instant, each with when that ends, in ns."""
        return tuple((one.match["alertname"], one.until) for one in self._silences if one.from_ <= at < one.until)

    @property
    def demands(self) -> Iterator[Demand]:
        """What firing alerts want of the ramp."""
        for one in self.watches:
            yield from one.demands

    def see(self, window: Window) -> None:
        """A window became readable; it is scraped at the next tick."""
        self._scraper.see(window)

    def tick(self, at: int) -> Iterator[Note]:
        """Tell what was due by now, then scrape and evaluate, one alert after the other."""
        yield from self._told(at)
        if self.hitch.down is not None:
            self._unheard(at)
            return
        self._heard_again(at)
        scraped = self._scraper.scrape(at)
        if scraped:
            yield "scrape", {"samples": scraped}
        scene = self.scene(at)
        for number, before in enumerate(self.watches):
            if before.alert.name in self._disabled:
                continue
            missing = before.alert.name in self.hitch.misspelt or "" in self.hitch.misspelt
            after, turns = look(before, replace(scene, series={}) if missing else scene)
            self.watches[number] = after
            for turn in turns:
                yield "alert", _facts(turn, before, after)
                self._heard(after, turn, at)
        yield from self._told(at)

    def scene(self, at: int) -> Scene:
        """What may be asked of all that was scraped, at an instant."""
        return Scene(
            at=at, tick=self._tick, series=self._scraper.series, arms=self._layout.arms, units=self._units,
            compat=self._compat,
        )

    def _heard(self, one: Watch, turn: Turn, at: int) -> None:
        """Whoever tells people hears what began to fire, and what is over."""
        if self._notify is not None and State.FIRING in (turn.state, turn.was):
            labels, fires = one.alert.labelled(turn.labels), turn.state is State.FIRING
            self._desk = receive(self._notify, self._desk, labels, fires=fires, at=at)

    def _unheard(self, at: int) -> None:
        """Nobody is told that anything still fires."""
        assert self.hitch.down is not None
        if self._notify is None or at - self.hitch.down < RESOLVE_TIMEOUT:
            return
        for labels in tuple(self._desk.firing):
            self._given_up.add(labels)
            self._desk = receive(self._notify, self._desk, labels, fires=False, at=at)

    def _heard_again(self, at: int) -> None:
        """What was given up and fires to this day is told of anew."""
        if not self._given_up or self._notify is None:
            return
        for one in self.watches:
            for labels, alert in one.alerts.items():
                if alert.state is State.FIRING and one.alert.labelled(labels) in self._given_up:
                    self._desk = receive(self._notify, self._desk, one.alert.labelled(labels), fires=True, at=at)
        self._given_up.clear()

    def acknowledge(self, at: int) -> Iterator[Note]:
        """Somebody has seen all that was sent by now."""
        yield from self._told(at)
        self._desk = acknowledge(self._desk)

    def silence(self, alert: str, *, at: int, until: int) -> Iterator[Note]:
        """Nobody is told of an alert from now on, for a while."""
        yield from self._told(at)
        self._silences.append(Silence.model_construct(match={"alertname": alert}, from_=at, until=until))

    def unsilence(self, alert: str, *, at: int) -> Iterator[Note]:
        """Somebody ends what silences there are of an alert."""
        yield from self._told(at)
        self._silences = [one for one in self._silences if one.match["alertname"] != alert or one.until <= at]

    def disable(self, alert: str, *, at: int) -> Iterator[Note]:
        """An alert is evaluated no more, and what fires of it is over."""
        yield from self._told(at)
        self._disabled.append(alert)
        for number, before in enumerate(self.watches):
            if before.alert.name != alert:
                continue
            self.watches[number] = watch(before.alert)
            for labels, one in before.alerts.items():
                turn = Turn(
                    at=at, labels=labels, state=State.INACTIVE, was=one.state, active_at=one.active_at, value=one.value
                )
                yield "alert", _facts(turn, before, before)
                self._heard(before, turn, at)

    def enable(self, alert: str) -> None:
        """An alert is evaluated again, from the next tick on, as if it were new."""
        self._disabled.remove(alert)

    def _told(self, upto: int) -> Iterator[Note]:
        if self._notify is not None:
            self._desk, sent = advance(self._notify, self._desk, upto=upto)
            for one in sent:
                yield "notify", _message(one)

    def close(self, at: int) -> Iterator[Note]:
        """What the flight spent of its error budgets, after all that was still to be told."""
        yield from self._told(at)
        for slo in self._slos:
            for arm in self._layout.arms if slo.model == "all" else (slo.model,):
                yield "slo", self._spent(slo, arm, at)

    def _spent(self, slo: Slo, arm: str, at: int) -> dict[str, Any]:
        events = self._scraper.counted(slo.metric, arm, "events")
        hits = self._scraper.counted(slo.metric, arm, "hits")
        bad = hits if self._lower_is_better[slo.metric] else events - hits
        window = round(slo.window / slo.speed)
        burn, part = spent(bad, events, budget=slo.budget, elapsed=at, window=window)
        return {
            "slo": slo.name, "arm": arm, "bad": int(bad), "events": int(events), "burn": burn, "spent": part,
            "window": slo.window, "speed": slo.speed, "elapsed": at,
        }


def _facts(turn: Turn, before: Watch, after: Watch) -> dict[str, Any]:
    alert = after.alert
    because = (after if turn.labels in after.because else before).because[turn.labels]
    return {
        "alert": alert.name, "kind": alert.kind, "severity": alert.severity, "labels": dict(turn.labels),
        "state": turn.state.value, "was": turn.was.value, "because": because,
        "value": turn.value if math.isfinite(turn.value) else None,
        "active_at": turn.active_at, "action": alert.action,
    }


def _message(note: Notification) -> dict[str, Any]:
    place, group = note.group
    return {
        "sent_at": note.at, "to": note.to, "route": list(place), "group": dict(group), "why": note.why,
        "firing": [_titled(labels) for labels in note.firing],
        "resolved": [_titled(labels) for labels in note.resolved],
    }


def _titled(labels: Labels) -> str:
    """An alert as people name it: its name, and the arm it is about."""
    named = dict(labels)
    return f"{named['alertname']} ({named['arm']})" if "arm" in named else named["alertname"]
