"""What was not met as GitHub workflow commands, which it shows beside the line of the scenario."""

from collections.abc import Callable, Iterator, Sequence

from sandbox.report.expectations import Expectation
from sandbox.report.scorecard import Scorecard

LIMIT = 10
"""GitHub shows this many annotations of a type for a step and drops the rest."""

LineOf = Callable[[Scorecard, str], int | None]
"""The line of a key in the file that a flight came from, if it is known."""


def github(cards: Sequence[Scorecard], *, line_of: LineOf = lambda card, key: None) -> str:
    """An error for each expectation missed, a warning for each that could not be judged; the first ten of each."""
    commands = [*_commands(cards, "missed", "error", line_of), *_commands(cards, "inconclusive", "warning", line_of)]
    silent = [card for card in cards if not card.expectations]
    commands += [
        annotation("notice", "the scenario has no [expect]: nothing was asserted", file=card.source, title=card.title)
        for card in silent[:LIMIT]
    ]
    met = sum(one.state == "met" for card in cards for one in card.expectations)
    total = sum(len(card.expectations) for card in cards)
    commands.append(f"{met} of {total} expectations met in {len(cards)} flight{'' if len(cards) == 1 else 's'}")
    return "".join(f"{line}\n" for line in commands)


def _commands(cards: Sequence[Scorecard], state: str, level: str, line_of: LineOf) -> Iterator[str]:
    found = [(card, one) for card in cards for one in card.expectations if one.state == state]
    room = LIMIT if len(found) <= LIMIT else LIMIT - 1
    for card, one in found[:room]:
        yield annotation(
            level, _message(card, one), file=card.source, line=line_of(card, one.key), title=f"{card.name}: {one.key}"
        )
    if len(found) > room:
        yield annotation(level, f"{len(found) - room} more; GitHub shows {LIMIT} of a kind", title="greenroom")


def _message(card: Scorecard, one: Expectation) -> str:
    return f"got {one.got}, want {one.want} (seed {card.seed})\n{card.repeat}".rstrip()


def annotation(level: str, message: str, *, file: str = "", line: int | None = None, title: str = "") -> str:
    """One workflow command, escaped as the runner unescapes it."""
    properties = {"file": file, "line": "" if line is None or not file else str(line), "title": title}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{level}{' ' if said else ''}{said}::{_data(message)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
