"""A family and what is dealt from it: a scenario in which one case stands, and nothing outside says which."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli

from sandbox.base.names import nowhere
from sandbox.drill.causes import CLASSES, DATA, cause_of
from sandbox.report.debrief.cause import Cause
from sandbox.scenario.dealing import dealt, drawn_case
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from sandbox.scenario.tables.drill import Case, DrillTable
from sandbox.scenario.toml import toml


class DealError(Exception):
    """Nothing can be dealt as it was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One dealt drill: its family, the case and the seed behind it, the plan that flies, and what is wrong in it."""

    family: "Family"
    case: int
    seed: int
    plan: Plan = field(repr=False)
    cause: Cause = field(repr=False)

    @property
    def dealt(self) -> Case:
        """The case as the family has it."""
        return self.family.table.cases[self.case]

    @property
    def hints(self) -> tuple[str, ...]:
        """What may be asked for, in turn: the family's own, then those of the case."""
        return (*self.family.table.hints, *self.dealt.hints)


def amended(deal: Deal, table: dict[str, Any], *, at: int) -> Deal:
    """The deal with one fault or drift more, which strikes at an instant; raises ScenarioError where it cannot be."""
    raw = tomli.loads(deal.plan.text)
    where = "drift" if CLASSES.get(str(table.get("kind"))) == DATA else "faults"
    raw[where] = [*raw.get(where, []), {**table, "at": f"{at}ns"}]
    text = toml(raw)
    document = read_text(text, name=f"{deal.family.name}, with what was injected")
    plan = replace(deal.plan, text=text, document=document)
    cause = cause_of(document, diagnosis=deal.dealt.diagnosis)
    also = tuple(dict.fromkeys((*deal.cause.also, str(table.get("kind")))))
    added = cause_of(document.model_copy(update={"faults": document.faults[-1:], "drift": []}))
    signals = added.signals if where == "faults" else ()
    cause = replace(cause, also=also, signals=tuple(dict.fromkeys((*cause.signals, *signals))))
    return replace(deal, plan=plan, cause=cause)


@dataclass(frozen=True, slots=True)
class Family:
    """A scenario with a `[drill]` table."""

    plan: Plan

    @classmethod
    def of(cls, plan: Plan) -> "Family":
        """The family in a plan; raises DealError where it is none."""
        if plan.document.drill is None:
            raise DealError(f"{plan.source or plan.name} has no [drill], so there is nothing to deal from it")
        return cls(plan)

    @property
    def name(self) -> str:
        """What it is called: the stem of its file."""
        return self.plan.name

    @property
    def table(self) -> DrillTable:
        """Its `[drill]`."""
        assert self.plan.document.drill is not None
        return self.plan.document.drill

    @property
    def title(self) -> str:
        """What the operator sees as its name."""
        return self.plan.document.scenario.title

    def deal(self, *, seed: int, case: str = "") -> Deal:
        """The drill of a seed; `case` overrides which case the seed would draw. Raises DealError."""
        names = [one.name for one in self.table.cases]
        if case and case not in names:
            raise DealError(nowhere("case", case, names))
        raw = self._raw()
        index = names.index(case) if case else drawn_case(raw["drill"]["cases"], seed=seed)
        text = toml(dealt(raw, index, seed=seed))
        document = read_text(text, name=self.name)
        plan = Plan(name=self.name, text=text, document=document, folder=self.plan.folder, source=self.plan.source)
        cause = cause_of(document, diagnosis=self.table.cases[index].diagnosis)
        return Deal(family=self, case=index, seed=seed, plan=plan, cause=cause)

    def _raw(self) -> dict[str, Any]:
        return self.plan.document.model_dump(mode="json", exclude_unset=True)


def families(folder: Path) -> tuple[Path, ...]:
    """The files of the families in a folder of scenarios, by name."""
    return tuple(sorted((folder / "drills").glob("*.toml")))
