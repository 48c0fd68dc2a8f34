"""Who has too little to be judged: the candidate alone, or everybody."""

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Reading


def silence(readings: tuple[Reading, ...], arm: int, *, minimum: int) -> str:
    """Why the candidate's value of a metric is none; nothing where it is one.

    A candidate that gets nothing while the incumbent is served is starved, and somebody should know; where nobody is
    served there is only to wait.
    """
    mine = readings[arm]
    if not mine.empty and mine.n >= minimum:
        return ""
    said = f"n {mine.n:,} < {minimum:,}" if mine.n < minimum else "no value"
    if mine.n:
        return said
    others = readings[INCUMBENT].n
    return f"{said}, starved: the incumbent has {others:,}" if others else f"{said}, the whole service is idle"
