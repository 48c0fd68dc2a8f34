"""All lint rules, and what they find in a plan."""

from collections.abc import Iterator

from sandbox.scenario.document import Document
from sandbox.scenario.lint import (
    alert_always_fires,
    alert_never_fires,
    alert_reaches_nobody,
    answers_too_late,
    bake_before_labels,
    gate_never_fails,
    gate_without_data,
    gate_without_power,
    nobody_rolls_back,
    objective_beyond_the_flight,
    only_estimates,
    page_without_runbook,
    plan_outlasts_flight,
    requests_for_users,
    silence_passes,
    step_unguarded,
    threshold_in_the_noise,
)
from sandbox.scenario.lint.finding import Finding, Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path
from sandbox.scenario.problems import dotted

RULES: tuple[Rule, ...] = (
    plan_outlasts_flight.RULE,
    gate_never_fails.RULE,
    gate_without_data.RULE,
    bake_before_labels.RULE,
    gate_without_power.RULE,
    threshold_in_the_noise.RULE,
    requests_for_users.RULE,
    step_unguarded.RULE,
    silence_passes.RULE,
    only_estimates.RULE,
    nobody_rolls_back.RULE,
    alert_never_fires.RULE,
    alert_always_fires.RULE,
    objective_beyond_the_flight.RULE,
    alert_reaches_nobody.RULE,
    page_without_runbook.RULE,
    answers_too_late.RULE,
)


def findings(document: Document) -> Iterator[Finding]:
    """What the rules find, but for what the file allows."""
    for found in _all(document):
        if not any(one.rule == found.rule and _covers(one.at, found.path) for one in document.lint.allow):
            yield found


def unused(document: Document) -> Iterator[tuple[Path, str]]:
    """Allowances that nothing needs, so that they do not hide what comes later."""
    found = list(_all(document))
    for index, one in enumerate(document.lint.allow):
        if not any(other.rule == one.rule and _covers(one.at, other.path) for other in found):
            yield ("lint", "allow", index), f"{one.rule} finds nothing here; remove it"


def _all(document: Document) -> Iterator[Finding]:
    """What the rules find in the plan that flies, and in each policy that rides along, were it to fly."""
    flown = list(_of(document))
    yield from flown
    for index, policy in enumerate(document.policies):
        at: Path = ("policies", index)
        for one in _of(document.flown_by(policy)):
            if getattr(policy, str(one.path[0]), None) is not None:
                yield one._replace(path=(*at, *one.path))
            elif (one.rule, one.path) not in [(other.rule, other.path) for other in flown]:
                yield one._replace(path=at)


def _of(document: Document) -> Iterator[Finding]:
    prospect = Prospect(document)
    for rule in RULES:
        yield from rule.findings(prospect)


def _covers(at: str, path: Path) -> bool:
    text = dotted(path)
    return not at or text == at or text.startswith((f"{at}.", f"{at}["))
