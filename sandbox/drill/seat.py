"""A seat: a drill and its file in a store, from the deal to the debrief.

What is filed while the drill is on is what its operator did, and the sealed rest. A sitting that was cut off keeps what
was done until then, and is debriefed as if its operator had gone home.
"""

import secrets
from dataclasses import asdict, replace
from typing import Any

from sandbox.base.command import Answer
from sandbox.base.flight import Flight
from sandbox.drill.air import Air
from sandbox.drill.baselines import Baselines
from sandbox.drill.debriefing import debriefed
from sandbox.drill.drill import Drill
from sandbox.drill.family import Deal, Family
from sandbox.drill.oracle import BUDGET
from sandbox.record.folder import Folder
from sandbox.record.sittings import Filed, file_sitting, open_sitting, secret_of
from sandbox.record.store import Store
from sandbox.report.debrief.exercise import Debrief
from sandbox.report.debrief.points import Sitting
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

SEEDS = 2**53
"""Seeds are drawn below this: a number that every reader of JSON keeps."""


def drawn_seed() -> int:
    """A seed that nobody knows beforehand, from the operating system."""
    return secrets.randbelow(SEEDS)


class Seat:
    """One operator's drill, filed as it goes."""

    def __init__(self, folder: Folder, filed: Filed, drill: Drill) -> None:
        self.folder, self.filed, self.drill = folder, filed, drill

    @classmethod
    def take(
        cls, folder: Folder, family: Family, *, operator: str, mode: str, seed: int | None = None, case: str = "",
        speed: float | None = None, passphrase: str = "",
    ) -> "Seat":
        """Deal a drill to an operator and file it; raises DealError and StoreError."""
        deal = family.deal(seed=drawn_seed() if seed is None else seed, case=case)
        chosen = seed is not None or bool(case)
        drill = Drill(deal, operator=operator, mode=mode, speed=speed, chosen=chosen)
        filed = open_sitting(
            folder, {"seed": deal.seed, "case": deal.dealt.name}, family=family.name, text=family.plan.text,
            operator=operator, mode=drill.mode, speed=drill.speed, chosen=chosen, passphrase=passphrase,
        )
        return cls(folder, filed, drill)

    def act(self, kind: str, **arguments: Any) -> Answer:
        """Give a command, and file it."""
        answer = self.drill.act(kind, **arguments)
        self.keep()
        return answer

    def hint(self) -> str:
        """Take a hint, and file that it was taken."""
        said = self.drill.hint()
        self.keep()
        return said

    def keep(self, *, over: bool = False) -> None:
        """File where the drill stands."""
        drill = self.drill
        self.filed = replace(
            self.filed, commands=tuple(drill.given), hints=len(drill.hints), pauses=drill.pauses, ended=drill.now,
            over=over,
        )
        file_sitting(self.folder, self.filed)

    def end(self) -> None:
        """Fly to the end; what was done is on file and cannot be changed any more, the rest stays sealed."""
        self.drill.finish()
        self.keep(over=True)


def deal_of(folder: Folder, filed: Filed, *, passphrase: str = "") -> Deal:
    """What was dealt in a sitting, unsealed; raises StoreError."""
    secret = secret_of(folder, filed, passphrase=passphrase)
    document = read_text(filed.text, name=filed.family)
    family = Family.of(Plan(name=filed.family, text=filed.text, document=document))
    return family.deal(seed=int(secret["seed"]), case=str(secret["case"]))


def debrief_sitting(
    store: Store, filed: Filed, *, passphrase: str = "", budget: int = BUDGET, found: Baselines | None = None
) -> tuple[Debrief, Flight]:
    """Open the seal, fly the drill again as it was flown, land it, and debrief it."""
    deal = deal_of(store, filed, passphrase=passphrase)
    air = Air(deal.plan, deal.seed)
    flight = air.fly(filed.commands, actor=filed.operator)
    run = filed.run or _land(store, air, flight)
    sitting = Sitting(
        family=filed.family, case=deal.dealt.name, operator=filed.operator, mode=filed.mode, speed=filed.speed,
        hints=deal.hints[: filed.hints], pauses=filed.pauses, chosen=filed.chosen,
    )
    one = debriefed(
        flight, air, cause=deal.cause, sitting=sitting, run=run, repeat=f"greenroom debrief {filed.id}", budget=budget,
        found=found,
    )
    learned = {
        "points": asdict(one.points), "skill": one.skill.value, "needed": one.skill.needed, "cause": one.cause.kind,
        "class": one.cause.taxonomy, "diagnosis": one.diagnosis.points, "case": deal.dealt.name, "seed": deal.seed,
    }
    file_sitting(store, replace(filed, over=True, run=run, debriefed=learned))
    return one, flight


def _land(store: Store, air: Air, flight: Flight) -> str:
    with store.begin(air.plan.name, seed=air.seed) as landing:
        return landing.land(flight)
