"""What happens when nobody acknowledges.

Alertmanager knows neither acknowledgement nor escalation; pagers do. This is the plainest of their policies: who was
told must acknowledge within a while of the first unacknowledged notification of a group, else somebody else is told,
once.
(PagerDuty, "Escalation policies", 2024: escalation_delay_in_minutes; here with one rule and no loop.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.base.units import format_duration
from sandbox.decide.notify.notification import Key, Notification


@dataclass(frozen=True, slots=True)
class Page:
    """A notification that waits for an acknowledgement, for how long in ns, and who is told if none comes."""

    note: Notification
    after: int
    to: str
    acknowledged: bool = False
    escalated: bool = False

    @property
    def due(self) -> int:
        """When somebody else is told."""
        return self.note.at + self.after


Pages = Mapping[Key, Page]


def followed(pages: Pages, key: Key, page: Page | None) -> Pages:
    """A group was told again: it waits since its first notification; told that all is over, it waits no more."""
    others = {one: kept for one, kept in pages.items() if one != key}
    if page is None:
        return others
    return {**others, key: pages.get(key, page)}


def next_miss(pages: Pages) -> int | None:
    """When the next page will have gone without an acknowledgement for too long."""
    return min((page.due for page in pages.values() if not page.acknowledged and not page.escalated), default=None)


def missed(pages: Pages, *, at: int) -> tuple[Pages, list[Notification]]:
    """The escalations that are due at an instant."""
    after, sent = dict(pages), []
    for key, page in pages.items():
        if page.due == at and not page.acknowledged and not page.escalated:
            after[key] = replace(page, escalated=True)
            why = f"{page.note.to} did not acknowledge for {format_duration(page.after)}"
            sent.append(replace(page.note, at=at, to=page.to, resolved=(), why=why))
    return after, sent
