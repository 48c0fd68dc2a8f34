"""A bake that ends before the labels it waits for."""

from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Gates on labels at steps that are baked before a cohort of theirs has matured."""
    horizon, ramp = prospect.horizon, prospect.document.ramp
    if horizon is None:
        return
    early: dict[int, list[int]] = {}
    for one in prospect.asked():
        found = prospect.read(one.gate.metric or one.gate.reads[0])
        if found is not None and found.matured and ramp.bake_of(one.step) <= horizon:
            early.setdefault(one.index, []).append(one.step)
    for index, numbers in early.items():
        steps = [prospect.steps[number] for number in numbers]
        bakes = [ramp.bake if step.bake is None else step.bake for step in steps]
        titles, wait = ", ".join(step.title for step in steps), format_duration(horizon)
        baked = format_duration(max(bakes))
        given_up = any(prospect.patience(number) <= horizon for number in numbers)
        then = "patience ends before they come, and it tests no quality" if given_up else "the ramp is held until then"
        because = f"at {titles} the bake ends after {baked}, and labels are judged after {wait}: {then}"
        elsewhere = "" if any(not step.largest for step in steps) else ", or judge labels in the shadow step"
        yield ("gates", index, "metric"), because, f"bake longer than {wait}{elsewhere}"


RULE = Rule("bake-before-labels", "a gate on labels at a step that is baked before they have come", look)
