"""What somebody is told."""

from dataclasses import dataclass

from sandbox.decide.alerts.machine import Labels

Key = tuple[tuple[int, ...], Labels]
"""A group: the place of its route, and the labels its alerts share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message: when, to whom, about which group, what fires, what is over, and why it was sent."""

    at: int
    to: str
    group: Key
    firing: tuple[Labels, ...]
    resolved: tuple[Labels, ...]
    why: str
