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


def show_learning(folder: Folder, operator: str, wanted: "Curriculum", *, named: bool) -> int:
    """The learning curve of one operator; a sitting whose debrief is to come tells no more than that.

    Where nobody was `named` and everything was sat by one, in the cockpit perhaps, it is theirs.
    """
    found = sittings(folder)
    sole = {one.operator for one in found}
    if not named and len(sole) == 1:
        (operator,) = sole
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
        bar = ("█" if points > 0.0 else "░") * min(20, round(abs(points) / 5))
        chosen = ", chosen by an instructor" if one.chosen else ""
        yield f"{head}  {points:>6.1f}  {bar:<20}  {one.debriefed['cause']} ({one.debriefed['class']}{chosen})"


def _summary(mine: Sequence[Filed], wanted: "Curriculum") -> Iterator[str]:
    from sandbox.drill.learned import scored

    sealed = sum(not one.debriefed for one in mine)
    yield ""
    if sealed:
        yield f"sealed   {sealed} of {len(mine)} await{'s' if sealed == 1 else ''} the debrief, which opens the case"
    if sat := scored(mine):
        yield from _learned(sat)
    family = wanted.suggested(mine)
    yield f"next     greenroom drill {family}   ({wanted.because(mine, family)})"


def _learned(sat: Sequence[Filed]) -> Iterator[str]:
    from sandbox.drill.learned import PARTS, habits, parts, trend

    if moved := trend(sat):
        first, late, many = moved
        yield f"trend    {first:.1f} points at first, {late:.1f} of late (averages of {many})"
    means = parts(sat)
    yield f"parts    {', '.join(f'{name} {means[name]:.1f} of {most:g}' for name, most in PARTS.items())}, on average"
    for number, one in enumerate(habits(sat)[:3]):
        label = "lost" if number == 0 else ""
        yield f"{label:<7}  {one.lost:.1f} points in {one.times} of {one.of}: {one.says}"
    by_class = defaultdict[str, list[float]](list)
    for filed in sat:
        by_class[str(filed.debriefed["class"])].append(float(filed.debriefed["points"]["total"]))
    means = {name: sum(points) / len(points) for name, points in by_class.items()}
    weakest = min(means, key=lambda name: means[name])
    yield f"weakest  {weakest}, {means[weakest]:.1f} points on average of {len(by_class[weakest])}"
