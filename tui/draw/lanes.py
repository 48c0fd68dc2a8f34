"""What happened, lane by lane on one axis of time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.report.debrief.acts import POLICY, hands
from sandbox.report.decisions import failures, stays
from sandbox.report.harm import Harm
from tui.draw.raster import Raster

SEVERAL = "+"
"""Stands where more was done than one letter tells."""
YOU = "you"
"""Who sits at the keys; whoever else acts has a name, and a lane of its own."""
QUIET = ("nothing breaks or drifts; if anything differs, it is the candidate ", "nothing breaks or drifts ")
"""What the lane of truth says where nothing happens: models may be unlike from the beginning, or be the same."""
UNHARMED = ("no harm began, so nothing to act upon ",)
MINUTE, DAY = 60 * 10**9, 86_400 * 10**9
ROUND = tuple(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440))
"""How far apart the times below the lanes may be."""
LONGEST = 11
"""So much of a name fits before a lane."""
Lane = tuple[str, str, str]
"""A lane's name, its cells, and the ink they are in."""


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did: when, who, the letter of it, and its name."""

    at: int
    who: str
    letter: str
    what: str


def lanes(flight: Flight, suffered: Harm, *, width: int, raster: Raster) -> list[Lane]:
    """Every lane of a flight in so many cells."""
    cell, others = _cells(flight.ended_at, width), others_of(flight)
    return [
        ("truth", _or_word(_spans(flight, cell, width), QUIET), "truth"),
        ("harm", _harm(flight, cell, width, raster), "page"),
        ("gates", _marks(((one.at, "x") for one in failures(flight)), cell, width), "page"),
        ("alerts", _marks(_alerts(flight), cell, width), "ticket"),
        (YOU, _hands(flight, cell, width, yours=True), "accent"),
        *([(_name(others), _hands(flight, cell, width, yours=False), "info")] if others else []),
        ("share", _shares(flight, cell, width, raster), "candidate"),
        ("defensible", _or_word(_defensible(suffered, cell, width), UNHARMED), "good"),
    ]


def _or_word(cells: str, words: tuple[str, ...]) -> str:
    """A lane, which says so where there is nothing on it, in the first words for which there is room."""
    if cells.strip("·"):
        return cells
    word = next((one for one in words if len(one) <= len(cells)), "")
    return f"{word}{cells[len(word):]}"


def others_of(flight: Flight) -> tuple[str, ...]:
    """Whoever else acted: on call, a role that was called, a script."""
    return tuple(name for name in hands(flight) if name != YOU)


def _name(others: tuple[str, ...]) -> str:
    return others[0][:LONGEST] if len(others) == 1 else "others"


def _cells(end: int, width: int) -> Callable[[int], int]:
    return lambda at: max(0, min(width - 1, at * width // max(1, end)))


def _spans(flight: Flight, cell: Callable[[int], int], width: int) -> str:
    cells = ["·"] * width
    for one in flight.truth.intervals:
        if one.name == "none":
            continue
        first, last = cell(one.start), cell(one.end)
        for place in range(first, last + 1):
            cells[place] = "=" if cells[place] in "·=" else cells[place]
        cells[first] = "D" if one.kind == "drift" else "F"
    return "".join(cells)


def _harm(flight: Flight, cell: Callable[[int], int], width: int, raster: Raster) -> str:
    truth = flight.truth
    net = (truth.harmed - truth.helped).sum(axis=(1, 2, 3, 4))
    sums = [0.0] * width
    for start, value in zip(truth.starts.tolist(), net.tolist(), strict=True):
        sums[cell(start)] += value
    top = max(max(sums), 1.0)
    levels = len(raster.bars) - 1
    return "".join("·" if value <= 0 else raster.bars[max(1, round(value / top * levels))] for value in sums)


def _alerts(flight: Flight) -> Iterable[tuple[int, str]]:
    for entry in flight.journal:
        if entry.kind == "alert" and entry.facts["state"] == "firing":
            yield entry.at, "P" if entry.facts["severity"] == "page" else "T"


def done(flight: Flight) -> Iterable[Done]:
    """What hands did, the policy's apart."""
    capital = {"hold", "promote", "roll back", "divert", "advance", "abort", "resume"}
    for entry in flight.journal:
        if entry.kind == "command" and entry.facts["actor"] != POLICY:
            letter = str(entry.facts["kind"])[0]
            refused = entry.facts["answer"] == "refused"
            letter = "-" if refused else letter.upper() if entry.facts["kind"] in capital else letter
            what = f"{entry.facts['kind']}{', refused' if refused else ''}"
            yield Done(entry.at, str(entry.facts["actor"]), letter, what)


def _hands(flight: Flight, cell: Callable[[int], int], width: int, *, yours: bool) -> str:
    found = ((one.at, one.letter) for one in done(flight) if (one.who == YOU) is yours)
    return _marks(found, cell, width, several=SEVERAL)


def _marks(
    found: Iterable[tuple[int, str]], cell: Callable[[int], int], width: int, *, several: str = ""
) -> str:
    """A letter a cell: where letters differ the sign for several, or the one that weighs most."""
    cells = ["·"] * width
    for at, letter in found:
        place = cell(at)
        if cells[place] == "·" or letter == cells[place]:
            cells[place] = letter
        elif several:
            cells[place] = several
        else:
            cells[place] = min(letter, cells[place])
    return "".join(cells)


def _shares(flight: Flight, cell: Callable[[int], int], width: int, raster: Raster) -> str:
    cells = ["·"] * width
    levels = len(raster.bars) - 1
    for stay in stays(flight):
        for place in range(cell(stay.start), cell(stay.end) + 1):
            cells[place] = raster.bars[max(1, round(stay.share * levels))] if stay.share > 0 else "·"
    return "".join(cells)


def _defensible(suffered: Harm, cell: Callable[[int], int], width: int) -> str:
    """When harm began, and when it was evident in truth: nobody could defend acting before, nor waiting after."""
    marks: list[tuple[int, str]] = []
    if suffered.onset is not None:
        marks += [(suffered.onset.at, "o"), (suffered.onset.evident_at, "!")]
    if suffered.detected_at is not None:
        marks.append((suffered.detected_at, "d"))
    return _marks(marks, cell, width, several=SEVERAL)


def axis(end: int, width: int, words: Callable[[int], str], *, ticks: int = 6) -> str:
    """The times below the lanes."""
    cells = [" "] * width
    every = next((one for one in ROUND if one * ticks >= end), -(-end // (ticks * DAY)) * DAY)
    for at in range(0, end, every):
        text, place = words(at), at * width // max(1, end)
        if place + len(text) <= width:
            cells[place : place + len(text)] = list(text)
    return "".join(cells)


def at_cell(place: int, *, end: int, width: int) -> int:
    """The instant in the middle of a cell."""
    return min(end, (2 * place + 1) * end // (2 * max(1, width)))


__all__: Sequence[str] = ("YOU", "Done", "Lane", "at_cell", "axis", "done", "lanes", "others_of")
