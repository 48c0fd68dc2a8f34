"""Flights as JUnit XML: a suite for each flight, a case for each expectation."""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from sandbox.base.units import NS_PER_SECOND
from sandbox.report.expectations import Expectation
from sandbox.report.scorecard import Scorecard

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(cards: Sequence[Scorecard]) -> str:
    """A document that CI servers read; an expectation that could not be judged is skipped, with the reason."""
    every = [one for card in cards for one in card.expectations]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="greenroom" {_counts(every)}>',
        *(line for card in cards for line in _suite(card)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _counts(checked: Sequence[Expectation]) -> str:
    states = [one.state for one in checked]
    return (
        f'tests="{len(states)}" failures="{states.count("missed")}" errors="0" skipped="{states.count("inconclusive")}"'
    )


def _suite(card: Scorecard) -> Iterator[str]:
    yield f"  <testsuite name={_attribute(card.source or card.name)} {_counts(card.expectations)}>"
    yield "    <properties>"
    for name, value in _properties(card):
        yield f"      <property name={_attribute(name)} value={_attribute(value)}/>"
    yield "    </properties>"
    for one in card.expectations:
        yield from _case(card, one)
    yield f"    <system-out>{_text(card.repeat)}</system-out>"
    yield "  </testsuite>"


def _properties(card: Scorecard) -> Iterator[tuple[str, str]]:
    yield "seed", str(card.seed)
    yield "digest", card.digest
    yield "scenario_hash", card.scenario_hash
    yield "outcome", card.outcome
    yield "simulated_seconds", f"{card.ended_at / NS_PER_SECOND:g}"
    yield "greenroom", card.versions.get("greenroom", "")


def _case(card: Scorecard, one: Expectation) -> Iterator[str]:
    name = f"{one.key} {one.want} (seed {card.seed})"
    head = f"    <testcase classname={_attribute(card.name)} name={_attribute(name)}"
    if one.state == "met":
        yield f"{head}/>"
        return
    yield f"{head}>"
    if one.state == "missed":
        message = f"got {one.got}, want {one.want}"
        yield f"      <failure message={_attribute(message)}>{_text(card.repeat)}</failure>"
    else:
        yield f"      <skipped message={_attribute(f'inconclusive: {one.got}')}/>"
    yield "    </testcase>"


def _text(value: str) -> str:
    return escape(_ILLEGAL.sub("", value))


def _attribute(value: str) -> str:
    return quoteattr(_ILLEGAL.sub("", value))
