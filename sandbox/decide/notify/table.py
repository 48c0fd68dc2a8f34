"""`[notify]`: routes, inhibitions and silences, with Alertmanager's words and defaults."""

from pydantic import ConfigDict, Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration

MINUTE = 60 * NS_PER_SECOND


class Route(Spec):
    """Whom alerts with these labels go to; what is not said is as on the route around it."""

    match: dict[str, str] = {}
    """Labels and their values, all of which an alert must have; `alertname`, `severity` and `arm` are always there."""
    to: str = ""
    """Who is told."""
    continue_: bool = Field(default=False, alias="continue")
    """Whether the routes after this one are tried, too."""
    group_by: list[str] | None = None
    """The labels whose values make a group."""
    group_wait: Duration | None = None
    """How long a new group gathers alerts."""
    group_interval: Duration | None = Field(default=None, gt=0)
    """How long a group waits before it tells of changes."""
    repeat_interval: Duration | None = Field(default=None, gt=0)
    """After how long it tells again of what still fires."""
    escalate_after: Duration | None = Field(default=None, gt=0)
    """How long a notification may go without an acknowledgement before `escalate_to` is told."""
    escalate_to: str = ""
    """Who is told then."""
    routes: list["Route"] = []
    """Routes within this one; the first that matches wins."""

    model_config = ConfigDict(serialize_by_alias=True)

    @model_validator(mode="after")
    def _escalates_to_somebody(self) -> "Route":
        if self.escalate_after is not None and not self.escalate_to:
            raise ValueError("escalate_after needs escalate_to: who is told then?")
        return self


class Inhibit(Spec):
    """While an alert matching `source` fires, those matching `target` are muted."""

    source: dict[str, str] = Field(min_length=1)
    """Labels of what mutes."""
    target: dict[str, str] = Field(min_length=1)
    """Labels of what is muted."""
    equal: list[str] = []
    """Labels that both must have in common; a label that both lack counts as common."""


class Silence(Spec):
    """Nobody is told of what matches, for a while."""

    match: dict[str, str] = Field(min_length=1)
    """Labels of what is silenced."""
    from_: Duration = Field(default=0, alias="from")
    """When it begins."""
    until: Duration
    """When it ends; at that instant it is over."""

    model_config = ConfigDict(serialize_by_alias=True)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Silence":
        if self.until <= self.from_:
            raise ValueError("it ends before it begins; set until after from")
        return self


class NotifyTable(Spec):
    """How alerts reach people, as Prometheus Alertmanager does it; escalation is a pager's, not Alertmanager's.

    A route matches by equal labels only. A repeat waits for the first round of its group after `repeat_interval` has
    strictly passed: with the defaults, 4h 05m.
    """

    to: str = "on-call"
    """Who is told where no route says otherwise."""
    group_by: list[str] = []
    """The labels whose values make a group; all alerts are one group unless said."""
    group_wait: Duration = 30 * NS_PER_SECOND
    """How long a new group gathers alerts before it is told of."""
    group_interval: Duration = Field(default=5 * MINUTE, gt=0)
    """How long between two rounds of a group."""
    repeat_interval: Duration = Field(default=240 * MINUTE, gt=0)
    """After how long, at the next round, what still fires is told of again."""
    send_resolved: bool = True
    """Whether people are told that something is over."""
    routes: list[Route] = []
    """Who is told instead, by labels; the first that matches wins."""
    inhibit: list[Inhibit] = []
    """What mutes what."""
    silences: list[Silence] = []
    """What nobody is told of, and when."""
