"""What an operator has learned: every sitting in order, the weakest class of cause, and what to sit next."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sandbox.cli.terminal import note, say, style_of
from sandbox.record.folder import Folder
from sandbox.record.names import names
from sandbox.record.sittings import Filed, sittings
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.drill.curriculum import Curriculum


def show_learning(folder: Folder, operator: str, wanted: "Curriculum") -> int:
    """The learning curve of one operator; a sitting whose debrief is to come tells no more than that."""
    found = sittings(folder)
    mine = [one for one in found if one.operator == operator]
    if not mine:
        note(_nothing(folder, operator, found))
        return ExitCode.MET
    style = style_of(sys.stdout)
    say(style.spell("\n".join([*_curve(mine), *_summary(mine, wanted)])))
    return ExitCode.MET


def _nothing(folder: Folder, operator: str, found: Sequence[Filed]) -> str:
    others = dict.fromkeys(one.operator for one in found)
    if not others:
        return "no drills sat yet; begin with: greenroom drill --list"
    known = names(folder)
    told = ", ".join(f"--operator {known.get(one, one)!r}" for one in others)
    return f"{known.get(operator, operator)} has sat none; {len(found)} were sat by others: {told}"


def _curve(mine: Sequence[Filed]) -> Iterator[str]:
    width = max(len(one.family) for one in mine)
    yield f"{'drill':<17}  {'begun (UTC)':<16}  {'family':<{width}}  {'mode':<8}  {'points':>6}  {'':20}  it was"
    for one in mine:
        head = f"{one.id:<17}  {one.begun[:16].replace('T', ' '):<16}  {one.family:<{width}}  {one.mode:<8}"
        if not one.debriefed:
            yield f"{head}  {'':>6}  {'':20}  sealed: greenroom debrief {one.id}"
            continue
        points = float(one.debriefed["points"]["total"])
        bar = "█" * round(max(0.0, points) / 5)
        chosen = ", chosen by an instructor" if one.chosen else ""
        yield f"{head}  {points:>6.1f}  {bar:<20}  {one.debriefed['cause']} ({one.debriefed['class']}{chosen})"


def _summary(mine: Sequence[Filed], wanted: "Curriculum") -> Iterator[str]:
    by_class = defaultdict[str, list[float]](list)
    for one in mine:
        if one.debriefed:
            by_class[str(one.debriefed["class"])].append(float(one.debriefed["points"]["total"]))
    if by_class:
        means = {name: sum(points) / len(points) for name, points in by_class.items()}
        weakest = min(means, key=lambda name: means[name])
        yield f"weakest  {weakest}, {means[weakest]:.1f} points on average of {len(by_class[weakest])}"
    yield f"next     greenroom drill {wanted.suggested(mine)}"
