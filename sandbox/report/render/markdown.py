"""Flights as Markdown, for a job summary or a pull request."""

from collections.abc import Iterator, Sequence

from sandbox.base.clock import clock
from sandbox.base.units import rounded_duration
from sandbox.report.exit_code import MEANINGS, worst
from sandbox.report.scorecard import Scorecard


def markdown(cards: Sequence[Scorecard]) -> str:
    """A verdict line, what was missed, a table of the flights, and how to repeat it; what is cut, is cut at the end."""
    parts = (_verdict, _missed, _table, _stories, _unflown, _repeat)
    return "\n".join(line for part in parts for line in part(cards)) + "\n"


def _verdict(cards: Sequence[Scorecard]) -> Iterator[str]:
    code = worst(card.exit_code for card in cards)
    yield f"**greenroom: {MEANINGS[code]}** ({len(cards)} flight{'' if len(cards) == 1 else 's'}, exit {int(code)})"
    yield ""


def _table(cards: Sequence[Scorecard]) -> Iterator[str]:
    yield "| scenario | seed | outcome | at | detected | harmed users | net harm | expected |"
    yield "|---|---:|---|---:|---:|---:|---:|---|"
    for card in cards:
        closed = "" if card.closed_at is None else clock(card.closed_at)
        delay = card.harm.detection_delay
        detected = ("never" if card.harm.onset else "") if delay is None else rounded_duration(delay)
        met = sum(one.state == "met" for one in card.expectations)
        cells = (
            _cell(card.title), str(card.seed), card.outcome, closed, detected, f"{card.harm.users:,}",
            f"{card.harm.total.net:,}", f"{met} of {len(card.expectations)}" if card.expectations else "nothing",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _missed(cards: Sequence[Scorecard]) -> Iterator[str]:
    missed = [(card, one) for card in cards for one in card.expectations if one.state != "met"]
    if not missed:
        return
    yield "| not met | scenario | seed | got | want |"
    yield "|---|---|---:|---|---|"
    for card, one in missed:
        cells = (f"{_cell(one.key)} ({one.state})", _cell(card.name), str(card.seed), _cell(one.got), _cell(one.want))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _stories(cards: Sequence[Scorecard]) -> Iterator[str]:
    for card in cards[:10]:
        yield f"<details><summary>{_cell(card.title)}, seed {card.seed}: what was decided</summary>"
        yield ""
        for one in card.decisions:
            what = one.title if one.what == "step" else one.what
            yield f"- `{clock(one.at)}` {_cell(what)}: {_cell(one.because)}"
        yield ""
        yield "</details>"
    yield ""


def _unflown(cards: Sequence[Scorecard]) -> Iterator[str]:
    for said in dict.fromkeys(card.unflown for card in cards if card.unflown):
        yield f"Not flown: {_cell(said)}"
        yield ""


def _repeat(cards: Sequence[Scorecard]) -> Iterator[str]:
    yield "```sh"
    yield from dict.fromkeys(card.repeat for card in cards[:50] if card.repeat)
    yield "```"


def _cell(text: str) -> str:
    """Text that cannot break out of a table's cell or a tag."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|")
    return " ".join(safe.split())
