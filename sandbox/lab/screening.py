"""Which worlds a screening flies: each assumption at the ends of its range and half-way to them while the others stay
as written, and walks through all ranges at once (`elementary`).
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.base.digest import fingerprint
from sandbox.lab.assumptions import value_at
from sandbox.lab.certify import UNSTOPPED_SEEDS
from sandbox.lab.elementary import walks
from sandbox.lab.ranges import Range, Settings
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan

AS_WRITTEN = "as written"

HALVINGS = 3
"""How often what lies between where a plan still holds and where it no longer does is halved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One setting of the world: what differs from the file, and where on each range it lies."""

    name: str
    settings: Settings
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What to screen: a plan, its assumptions, how many seeds each setting meets, and how many walks are made."""

    plan: Plan
    ranges: tuple[Range, ...]
    first: int
    seeds: int
    walks: int
    again: str = ""

    @property
    def around(self) -> list[tuple[Range, list[Place]]]:
        """Of each assumption, the settings that change it alone, in their order on its range."""
        return [(one, list(_alone(self.plan, one))) for one in self.ranges]

    @property
    def steps(self) -> list[Place]:
        """The settings of all walks, one after the other; raises ScreenError where SALib is missing."""
        keys = [one.key for one in self.ranges]
        return [_stood(self.ranges, parts) for parts in walks(keys, self.walks, seed=self.first)]

    @property
    def places(self) -> list[Place]:
        """Every setting once, as written first."""
        told = [Place(name=AS_WRITTEN, settings=()), *(one for _, alone in self.around for one in alone), *self.steps]
        return list({one.name: one for one in told}.values())

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "sensitivity", "first": self.first, "seeds": self.seeds, "walks": self.walks, "again": self.again,
            "name": self.plan.name, "source": self.plan.source, "folder": str(self.plan.folder),
            "text": self.plan.text, "ranges": [one.as_row for one in self.ranges], "versions": versions(),
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same screening."""
        told = {name: value for name, value in self.head.items() if name != "again"}
        return f"sensitivity-{self.plan.name}-{fingerprint(json.dumps(told, sort_keys=True).encode())[:8]}"

    @property
    def repeat(self) -> str:
        """The command that flies all of it again."""
        return f"{self.again} --seeds {self.first}..{self.first + self.seeds - 1}"

    @property
    def total(self) -> int:
        """How many flights it takes at most, with every assumption breaking on either side of where it is."""
        halved = 2 * HALVINGS * sum(not one.choices for one in self.ranges)
        told = 1 + sum(len(places) for _, places in self.around) + halved
        return (len(self.places) + halved) * self.seeds + told * len(self.unstopped_days)

    @property
    def days(self) -> range:
        """The seeds that every setting meets."""
        return range(self.first, self.first + self.seeds)

    @property
    def unstopped_days(self) -> range:
        """Those on which nobody decides, too, where an assumption is changed alone: they tell what is due there."""
        return self.days[:UNSTOPPED_SEEDS]

    def halfway(self, one: Range, inner: tuple[float, str], outer: Place) -> Place | None:
        """Between a part of a range, with its value, and a setting further out; None where that is one of the two."""
        part = 0.5 * (inner[0] + outer.parts[0])
        if not math.isfinite(part):
            return None
        setting = one.at(part)
        if setting.value in (inner[1], outer.settings[0].value):
            return None
        return Place(name=str(setting), settings=(setting,), parts=(part,))


def _alone(plan: Plan, one: Range) -> Iterator[Place]:
    """The ends of a range, and half-way to them from where the file is."""
    if one.choices:
        for setting in one.ends:
            yield Place(name=str(setting), settings=(setting,))
        return
    here = min(1.0, max(0.0, one.part_of(value_at(plan, one.key))))
    written = value_at(plan, one.key)
    for part in sorted({0.0, here / 2.0, (1.0 + here) / 2.0, 1.0}):
        setting = one.at(part)
        if setting.value != written:
            yield Place(name=str(setting), settings=(setting,), parts=(part,))


def _stood(ranges: Sequence[Range], parts: tuple[float, ...]) -> Place:
    settings = tuple(one.chosen(part) for one, part in zip(ranges, parts, strict=True))
    return Place(name=", ".join(map(str, settings)), settings=settings, parts=parts)
