"""An organisation's rules, as commands hold plans to them."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


def broken(plan: "Plan", policy: Path) -> list[str]:
    """A line for each rule that a plan breaks, with its line there and that of the rule; raises ScenarioError."""
    from sandbox.scenario.house.rules import breaches
    from sandbox.scenario.house.tables import PolicyFile
    from sandbox.scenario.locate import locate
    from sandbox.scenario.problems import dotted, line_of
    from sandbox.scenario.read import read_document

    rules, written = read_document(policy, PolicyFile)
    places = locate(plan.text)
    found = [(line_of(one.path, places), one) for one in breaches(plan, rules)]
    return [
        f"{plan.source}:{line}  {dotted(one.path)}: {one.because}; {one.do} "
        f"({policy}:{line_of(one.rule, written)} {dotted(one.rule)})"
        for line, one in sorted(found, key=lambda pair: pair[0])
    ]


def findings(plan: "Plan", policy: Path | None) -> list[str]:
    """What of an organisation's rules a plan breaks, where a command was given any."""
    return [] if policy is None else broken(plan, policy)
