"""`[drill]`: a family of hidden cases to train on; which one is dealt is drawn when it is dealt."""

from typing import Any, Literal

from pydantic import Field

from sandbox.base.spec import Spec

Draw = dict[str, Any]
"""A table of the scenario in which `{ between = [low, high] }` and `{ one_of = [...] }` stand for what is drawn."""


class Case(Spec):
    """One thing that may be so: what breaks, what drifts, and what else differs from the scenario as it stands."""

    name: str = Field(min_length=1)
    """What the debrief and an instructor call it; nobody sees it before."""
    weight: float = Field(default=1.0, gt=0)
    """How often it is dealt, beside the other cases."""
    faults: list[Draw] = []
    """What breaks, as in `[[faults]]`; values may be drawn: `{ between = ["2m", "4m"] }`, `{ one_of = ["a", "b"] }`."""
    drift: list[Draw] = []
    """What bends the population, as in `[[drift]]`; values may be drawn."""
    set: Draw = {}
    """Tables of the scenario that are otherwise in this case, as `set.models.candidate.auc = 0.7`."""
    diagnosis: str = ""
    """What is right to say where neither a fault nor a drift of the case is: "worse-model" of a worse candidate; of a
    case with several it is the first of its faults, else of its drifts, that is wrong."""
    hints: list[str] = []
    """What may be asked for in turn, after the family's own; each costs points."""
    lesson: str = ""
    """What is told in the debrief."""


class DrillTable(Spec):
    """A family of cases behind one briefing. Title and briefing are read by whoever is to find out: they give nothing
    away, and the scenario around them is what all cases have in common.
    """

    briefing: str = Field(min_length=1)
    """What the operator is told before the clock starts."""
    level: Literal[1, 2, 3] = 1
    """How hard it is; a curriculum begins with 1."""
    speed: float = Field(default=60.0, gt=0, le=3_600)
    """Seconds of the flight a second of the operator's takes; a scored drill knows no other."""
    teaches: str = ""
    """What a team that flew it a few times has practised; shown where families are listed, so it gives nothing away."""
    hints: list[str] = []
    """What may be asked for in turn, whatever the case; each costs points."""
    cases: list[Case] = Field(min_length=2)
    """What may be so; in one of them at least nothing has to be done, or people learn to do it always."""
