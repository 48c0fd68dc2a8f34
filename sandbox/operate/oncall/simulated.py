"""Somebody who is paged, wakes up or does not, takes their time and follows the runbook, the right one or not."""

from typing import Literal

from pydantic import Field

from sandbox.operate.oncall.person import Person


class Simulated(Person):
    """Somebody made up: acknowledges, decides and follows the runbook of the alert that paged them.

    They see what is told and scraped, and nothing else: who misdiagnoses follows another runbook to its end. Roles that
    a notification, a runbook or a command calls react by the same distributions unless `others` says otherwise, each
    with luck of their own.

    ```toml
    [oncall]
    kind = "simulated"
    acknowledge = { p50 = "3m", p99 = "20m" }
    asleep = "5%"
    misdiagnose = "10%"

    [oncall.others.lead]
    acknowledge = "10m"
    ```

    PagerDuty, "Incident response documentation", response.pagerduty.com (2025), for the order of acknowledging,
    declaring, following a runbook and handing up.
    """

    kind: Literal["simulated"] = "simulated"
    others: dict[str, Person] = Field(default={})
    """Roles that react otherwise."""

    def who(self, role: str) -> Person:
        """How whoever has a role reacts."""
        return self.others.get(role, self)
