"""Silence that counts as consent."""

from collections.abc import Iterator

from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """A ramp that advances when its patience ends: a gate without data, or a broken metric, lets it through."""
    ramp = prospect.document.ramp
    if ramp.patience is not None and ramp.out_of_patience == "advance":
        because = "a gate that has no data, or cannot be sure, lets the candidate through when patience ends"
        yield ("ramp", "out_of_patience"), because, 'say "roll back", or leave patience out and let people decide'


RULE = Rule("silence-passes", "a ramp that advances although a gate has no data", look)
