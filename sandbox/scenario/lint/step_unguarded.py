"""A step at which nothing is asked."""

from collections.abc import Iterator

from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Steps that serve users where no gate may decide and no alert may act: the bake alone lets them through."""
    document = prospect.document
    if any(alert.action != "none" for alert in document.all_alerts):
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


RULE = Rule("step-unguarded", "a step that serves users while nothing may stop it", look)
