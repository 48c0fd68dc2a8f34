"""A step at which nothing is asked."""

from collections.abc import Iterator

from sandbox.operate.oncall.simulated import Simulated
from sandbox.scenario.document import Document
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path

ENDS = ("roll back", "abort", "divert", "hold")
"""Operations that take users off a candidate, or let no more of them come."""


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Steps that serve users where no gate may decide, no alert may act, and nobody is called who may end them."""
    document = prospect.document
    if any(alert.action != "none" for alert in document.all_alerts) or _somebody_ends(document):
        return
    if not any(at.largest for at in prospect.steps):
        because = "no step serves users: from the shadow everybody is promoted at once, and nothing is asked after that"
        yield ("ramp",), because, 'add steps such as "5%" and "25%"'
        return
    guarded = {one.step for one in prospect.asked()}
    bare = [step for step, at in enumerate(prospect.steps) if step not in guarded and at.largest > 0.0]
    if not bare:
        return
    if not guarded:
        because = "no gate may decide and no alert may act: only time promotes"
        yield ("ramp",), because, "add a gate that is not a dry run"
        return
    titles = ", ".join(prospect.steps[step].title for step in bare)
    because = f"at {titles} no gate is asked and no alert may act"
    if any(prospect.steps[step].largest >= 1.0 for step in bare):
        because += "; at 100% nobody is left to compare with"
    yield ("ramp",), because, 'add a threshold, or an alert with action = "roll back"'


def _somebody_ends(document: Document) -> bool:
    """Whether somebody who follows runbooks is paged, and one of theirs may take users off the candidate.

    Only a simulated on-call is sure to look: a person may be at the cockpit or not, a script does the same whatever
    happens, and the autopilot follows no runbook.
    """
    if not isinstance(document.oncall, Simulated) or document.notify is None:
        return False
    pages = {alert.name for alert in document.all_alerts if alert.severity == "page"}
    return any(
        step.action is not None and step.action.kind in ENDS
        for book in document.runbook.values() if pages & set(book.alerts) for step in book.all_steps
    )


RULE = Rule("step-unguarded", "a step that serves users while nothing may stop it", look)
