"""A page that nobody gets."""

from collections.abc import Iterator

from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Alerts that page, in a plan without [notify], and that make the ramp do nothing either."""
    document = prospect.document
    if document.notify is not None:
        return
    for index, alert in enumerate(document.alerts):
        if alert.severity == "page" and alert.action == "none":
            because = "it pages, there is no [notify] to carry the page, and the ramp does nothing about it"
            yield ("alerts", index), because, 'add [notify], or an action such as "hold"'


RULE = Rule("alert-reaches-nobody", "a page with nobody to get it, about which nothing is done", look)
