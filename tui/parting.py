"""Where two flights part: the first thing on record that differs."""

from itertools import zip_longest

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.journal import Entry

ASIDE = ("begin", "window", "scrape")
"""Entries that differ wherever anything does, and say nothing to a reader."""


def parted(first: Flight, second: Flight) -> str:
    """When and how, in a line."""
    ours, theirs = ([one for one in flight.journal if one.kind not in ASIDE] for flight in (first, second))
    if first.header.scenario_hash == second.header.scenario_hash and first.header.seed != second.header.seed:
        return "from the start: they are different days of one plan"
    if first.header.scenario_hash != second.header.scenario_hash:
        return "from the start: they are different plans"
    for one, other in zip_longest(ours, theirs):
        if one != other:
            at = min(entry.at for entry in (one, other) if entry is not None)
            return f"at {clock(at)}: A {_words(one)}; B {_words(other)}"
    return "nowhere: they are the same flight"


def _words(entry: Entry | None) -> str:
    if entry is None:
        return "had come to its end"
    facts = entry.facts
    if entry.kind == "command":
        return f"{facts['actor']} gave {facts['kind']}"
    what = facts.get("what") or facts.get("verdict") or facts.get("state") or ""
    name = facts.get("gate") or facts.get("alert") or ""
    return " ".join(word for word in (entry.kind, str(name), str(what)) if word)
