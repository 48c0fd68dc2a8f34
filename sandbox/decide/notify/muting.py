"""What nobody is told of: silenced, or inhibited by something graver that fires.

Prometheus Alertmanager, inhibit/inhibit.go of 0.25: a source mutes a target with which it shares the `equal` labels; an
alert that matches both sides is not muted by one that does, too. A silenced source still mutes.
"""

from collections.abc import Collection, Sequence

from sandbox.decide.alerts.machine import Labels
from sandbox.decide.notify.routing import matches
from sandbox.decide.notify.table import Inhibit, Silence


def silenced(labels: Labels, silences: Sequence[Silence], *, at: int) -> bool:
    """Whether a silence covers an alert at an instant."""
    return any(one.from_ <= at < one.until and matches(one.match, labels) for one in silences)


def inhibited(labels: Labels, rules: Sequence[Inhibit], *, firing: Collection[Labels]) -> bool:
    """Whether anything that fires mutes an alert."""
    return any(_mutes(rule, source, labels) for rule in rules for source in firing)


def _mutes(rule: Inhibit, source: Labels, target: Labels) -> bool:
    if not (matches(rule.source, source) and matches(rule.target, target)):
        return False
    if matches(rule.source, target) and matches(rule.target, source):
        return False
    mine, theirs = dict(source), dict(target)
    return all(mine.get(name, "") == theirs.get(name, "") for name in rule.equal)
