"""Gates that may say no and never yes."""

from collections.abc import Iterator

from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Steps at which all that may decide was inferred without labels, and so may hold or roll back but not go on."""
    ramp = prospect.document.ramp
    if ramp.patience is not None and ramp.out_of_patience == "advance":
        return
    stuck = []
    for step in range(len(prospect.steps)):
        gates = [one for one in prospect.document.gates if not one.dry_run and (not one.steps or step + 1 in one.steps)]
        if gates and all(any(prospect.is_estimate(name) for name in gate.reads) for gate in gates):
            stuck.append(prospect.steps[step].title)
    if stuck:
        because = f"at {', '.join(stuck)} every gate that may decide reads estimates: they may hold or roll back, so "
        because += "the ramp never goes on"
        yield ("ramp",), because, "add a gate on failures, latency or labels there"


RULE = Rule("only-estimates", "a step that nothing but estimates may decide, and so nothing does", look)
