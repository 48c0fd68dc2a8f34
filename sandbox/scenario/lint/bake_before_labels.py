"""A bake that ends before the labels it waits for."""

from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.decide.ramp.step import Step
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Gates on labels at steps that are baked before a cohort of theirs has matured."""
    horizon, ramp = prospect.horizon, prospect.document.ramp
    if horizon is None:
        return
    early: dict[int, list[Step]] = {}
    for one in prospect.asked():
        found = prospect.read(one.gate.metric or one.gate.reads[0])
        if found is not None and found.matured and ramp.bake_of(one.step) <= horizon:
            early.setdefault(one.index, []).append(prospect.steps[one.step])
    for index, steps in early.items():
        bakes = [ramp.bake if step.bake is None else step.bake for step in steps]
        titles, wait = ", ".join(step.title for step in steps), format_duration(horizon)
        baked = format_duration(max(bakes))
        because = f"{titles} bakes {baked}, its labels are judged after {wait}: it tests no quality"
        elsewhere = "" if any(not step.largest for step in steps) else ", or judge labels in the shadow step"
        yield ("gates", index, "metric"), because, f"bake longer than {wait}{elsewhere}"


RULE = Rule("bake-before-labels", "a gate on labels at a step that is baked before they have come", look)
