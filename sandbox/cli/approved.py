"""How a plan's approvals stand, as commands say it."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.scenario.approvals import Standing
    from sandbox.scenario.plan import Plan


def standing(plan: "Plan", *, scenario: Path, inputs: Mapping[str, str] | None = None) -> "list[Standing]":
    """How each approval that the plan needs stands today; files that it names count where their hashes are known."""
    from sandbox.scenario.approvals import files_hash, standings, today
    from sandbox.scenario.read import read_approvals

    signatures = read_approvals(scenario)
    if inputs is None:
        signatures = tuple(one.model_copy(update={"files": ""}) for one in signatures)
    files = files_hash(inputs or {})
    return list(standings(plan.document, signatures, plan=plan.hash, files=files, day=today()))


def inputs(plan: "Plan") -> dict[str, str]:
    """The hash of each file that a plan names."""
    from sandbox.run.rig import inputs as hashed

    return hashed(plan)


def waiting(plan: "Plan", *, scenario: Path) -> Iterator[str]:
    """A line for each approval that is still out, with its line in the scenario.

    Nothing where a plan asks for none on file: the approvals of a ramp alone may be given in flight.
    """
    from sandbox.scenario.approvals import beside

    if not plan.document.plan.approvals and not beside(scenario).exists():
        return
    from sandbox.scenario.locate import locate
    from sandbox.scenario.problems import dotted, line_of

    places = locate(plan.text)
    for one in standing(plan, scenario=scenario):
        if one.state == "given" or one.need.by_itself:
            continue
        asks = f"greenroom plan approve {shlex.quote(plan.source)} --as {shlex.quote(one.need.role)} --by NAME"
        where = f"{plan.source}:{line_of(one.need.path, places)}"
        yield f"{where}  not-approved  {dotted(one.need.path)}: {said(one)}; {asks}"


def said(one: "Standing") -> str:
    """What keeps an approval from counting."""
    what = {
        "missing": "has not approved", "void": "approved another plan", "expired": "approved, and it has expired",
        "withdrawn": "approved, and took it back",
    }
    because = "" if one.state == "missing" else f" ({one.because})"
    return f'"{one.need.role}" {what[one.state]}{because}' if one.state in what else f'"{one.need.role}" approved'


def step_title(plan: "Plan", step: int) -> str:
    """What a step (from 1) is, in words."""
    steps = plan.document.ramp.climbs
    if step > len(steps):
        return "promotion"
    return f"begin, {steps[0].title}" if step == 1 else steps[step - 1].title
