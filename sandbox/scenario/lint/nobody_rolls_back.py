"""A way back that nobody may take."""

from collections.abc import Iterator

from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """A failed gate only holds, no alert rolls back, and patience never ends: users stay on a bad candidate."""
    document = prospect.document
    ramp = document.ramp
    ends = ramp.patience is not None and ramp.out_of_patience == "roll back"
    if ramp.on_fail == "hold" and not ends and not any(alert.action == "roll back" for alert in document.all_alerts):
        because = "a failed gate holds, no alert rolls back, patience never ends: users stay on a bad candidate"
        yield ("ramp", "on_fail"), because, 'say on_fail = "roll back", give it patience, or an alert that rolls back'


RULE = Rule("nobody-rolls-back", "a plan in which nothing ever rolls back", look)
