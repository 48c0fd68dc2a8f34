"""What alerts did, read back from the journal: which fired and for how long, who was told, what budgets were spent."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.base.journal import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """One alert from its firing to its end; `resolved_at` is None where it still fires."""

    alert: str
    severity: str
    action: str
    arm: str
    active_at: int
    fired_at: int
    resolved_at: int | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a flight spent of an error budget: how many times too fast it burnt, and what part of the whole is gone."""

    slo: str
    arm: str
    bad: int
    events: int
    burn: float
    spent: float
    window: int
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notification: when, to whom, what fires in it and what no longer does, and why it was sent."""

    at: int
    to: str
    firing: tuple[str, ...]
    resolved: tuple[str, ...]
    why: str


def fired(flight: Flight) -> tuple[Fired, ...]:
    """Every alert that fired, in order."""
    ends: dict[tuple[str, str], int] = {}
    found = []
    for entry in reversed(flight.journal):
        if entry.kind != "alert":
            continue
        facts, arm = entry.facts, arm_of(entry)
        if facts["was"] == "firing":
            ends[facts["alert"], arm] = entry.at
        elif facts["state"] == "firing":
            found.append(Fired(
                alert=str(facts["alert"]), severity=str(facts["severity"]), action=str(facts["action"]), arm=arm,
                active_at=int(facts["active_at"]), fired_at=entry.at,
                resolved_at=ends.pop((facts["alert"], arm), None), because=str(facts["because"]),
            ))
    return tuple(reversed(found))


def arm_of(entry: Entry) -> str:
    """The arm an alert is about; empty where it is about none."""
    return str(entry.facts["labels"].get("arm", ""))


def budgets(flight: Flight) -> tuple[Budget, ...]:
    """What was spent of every error budget."""
    return tuple(
        Budget(
            slo=str(one["slo"]), arm=str(one["arm"]), bad=int(one["bad"]), events=int(one["events"]),
            burn=float(one["burn"]), spent=float(one["spent"]), window=int(one["window"]), speed=float(one["speed"]),
        )
        for one in (entry.facts for entry in flight.journal if entry.kind == "slo")
    )


def told(flight: Flight) -> tuple[Told, ...]:
    """Every notification, in order."""
    return tuple(_told(flight))


def _told(flight: Flight) -> Iterator[Told]:
    for entry in flight.journal:
        if entry.kind == "notify":
            facts = entry.facts
            yield Told(
                at=int(facts["sent_at"]), to=str(facts["to"]), firing=tuple(facts["firing"]),
                resolved=tuple(facts["resolved"]), why=str(facts["why"]),
            )
