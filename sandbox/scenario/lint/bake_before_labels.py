"""A bake that ends before the labels it waits for."""

from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Gates on labels at steps that are baked before a cohort of theirs has matured."""
    horizon, ramp = prospect.horizon, prospect.document.ramp
    said: set[int] = set()
    if horizon is None:
        return
    for one in prospect.asked():
        found = prospect.read(one.gate.metric or one.gate.reads[0])
        bake = ramp.bake_of(one.step)
        if found is None or not found.matured or bake > horizon or one.index in said:
            continue
        said.add(one.index)
        title, wait = prospect.steps[one.step].title, format_duration(horizon)
        because = f"{title} bakes {format_duration(bake)}, its labels are judged after {wait}: it tests no quality"
        yield ("gates", one.index, "metric"), because, f"bake longer than {wait}, or judge labels in the shadow step"


RULE = Rule("bake-before-labels", "a gate on labels at a step that is baked before they have come", look)
