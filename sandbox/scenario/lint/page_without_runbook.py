"""A page that whoever is on call can only take for nothing."""

from collections.abc import Iterator

from sandbox.operate.oncall.simulated import Simulated
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Alerts that page a simulated on-call, and that no runbook is for: they acknowledge, and close the incident."""
    document = prospect.document
    if not isinstance(document.oncall, Simulated):
        return
    covered = {name for book in document.runbook.values() for name in book.alerts}
    for index, alert in enumerate(document.alerts):
        if alert.severity == "page" and alert.action == "none" and alert.name not in covered:
            because = "it pages whoever is on call, and no runbook says what to do about it"
            yield ("alerts", index), because, f'add "{alert.name}" to the alerts of a [runbook.NAME]'


RULE = Rule("page-without-runbook", "a page about which nobody knows what to do", look)
