"""A seat: a drill and its file in a store, from the deal to the debrief.

What is filed while the drill is on is what its operator did, and the sealed rest. It is held until it ends or is left,
and cannot be debriefed before, from whatever terminal. A sitting that was cut off keeps what
was done until then, and is debriefed as if its operator had gone home.
"""

import secrets
from dataclasses import asdict, replace
from typing import IO, Any

from sandbox.base.clock import clock
from sandbox.base.command import Answer
from sandbox.base.flight import Flight
from sandbox.drill.air import Air
from sandbox.drill.baselines import Baselines
from sandbox.drill.debriefing import debriefed
from sandbox.drill.drill import Drill
from sandbox.drill.family import Deal, DealError, Family, amended
from sandbox.drill.oracle import BUDGET
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.sittings import (
    Filed,
    event_of,
    file_sitting,
    hold,
    is_held,
    let_go,
    open_sitting,
    post_event,
    posted,
    sealed_event,
    secret_of,
)
from sandbox.record.store import Store
from sandbox.report.debrief.exercise import Debrief
from sandbox.report.debrief.points import Sitting
from sandbox.run.pieces import Watcher
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_text

SEEDS = 2**53
"""Seeds are drawn below this: a number that every reader of JSON keeps."""


def drawn_seed() -> int:
    """A seed that nobody knows beforehand, from the operating system."""
    return secrets.randbelow(SEEDS)


class Seat:
    """One operator's drill, filed as it goes."""

    def __init__(self, folder: Folder, filed: Filed, drill: Drill, *, passphrase: str = "") -> None:
        self.folder, self.filed, self.drill, self._passphrase = folder, filed, drill, passphrase
        self._held: IO[bytes] | None = hold(folder, filed)

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
        return cls(folder, filed, drill, passphrase=passphrase)

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

    def take_events(self) -> int:
        """Have what an instructor posted happen now; how many there were. What cannot be is passed over."""
        count = 0
        for sealed in posted(self.folder, self.filed) if not self.drill.over else ():
            try:
                table = event_of(self.folder, sealed, passphrase=self._passphrase)
                self.drill.inject(table)
            except (StoreError, ScenarioError):
                continue
            event = {"at": self.drill.now, "table": table}
            kept = sealed_event(self.folder, event, passphrase=self._passphrase)
            self.filed = replace(self.filed, injected=(*self.filed.injected, kept))
            count += 1
        if count:
            self.keep()
        return count

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
        self.leave()

    def leave(self) -> None:
        """Get up, at the end or before it: what was done until now is on file, and the seal may be opened."""
        if self._held is not None:
            let_go(self.folder, self.filed, self._held)
            self._held = None


def inject(folder: Folder, filed: Filed, table: dict[str, Any], *, passphrase: str = "") -> None:
    """Post an event to a drill that somebody is sitting; raises DealError, StoreError, and ScenarioError."""
    if filed.over or filed.debriefed:
        raise DealError(f"{filed.id} is over; nothing can be injected any more")
    deal = deal_of(folder, filed, passphrase=passphrase)
    amended(deal, table, at=filed.ended)
    post_event(folder, filed, sealed_event(folder, table, passphrase=passphrase))


def family_of(filed: Filed) -> Family:
    """The family that a sitting was dealt from, as it was then."""
    document = read_text(filed.text, name=filed.family)
    return Family.of(Plan(name=filed.family, text=filed.text, document=document))


def deal_of(folder: Folder, filed: Filed, *, passphrase: str = "") -> Deal:
    """What was dealt in a sitting, with all that was injected, unsealed; raises StoreError."""
    secret = secret_of(folder, filed, passphrase=passphrase)
    deal = family_of(filed).deal(seed=int(secret["seed"]), case=str(secret["case"]))
    for event in _events(folder, filed, passphrase=passphrase):
        deal = amended(deal, event["table"], at=int(event["at"]))
    return deal


def _events(folder: Folder, filed: Filed, *, passphrase: str) -> list[dict[str, Any]]:
    return [event_of(folder, sealed, passphrase=passphrase) for sealed in filed.injected]


def land_sitting(store: Store, filed: Filed) -> tuple[Flight, str]:
    """Open the seal, fly the drill again as it was flown, and land it: the flight and its run, not debriefed yet.

    Raises DealError while it is sat.
    """
    _, air = _opened(store, filed, passphrase="")
    flight = air.fly(filed.commands, actor=filed.operator)
    run = filed.run or _land(store, air, flight)
    file_sitting(store, replace(filed, over=True, run=run))
    return flight, run


def debrief_sitting(
    store: Store, filed: Filed, *, passphrase: str = "", budget: int = BUDGET, found: Baselines | None = None,
    told: Watcher | None = None,
) -> tuple[Debrief, Flight]:
    """Open the seal, fly the drill again as it was flown, land it, and debrief it; raises DealError while it is sat.

    `told` hears of every flight that is flown for it how far it is.
    """
    deal, air = _opened(store, filed, passphrase=passphrase)
    air = replace(air, told=told)
    flight = air.fly(filed.commands, actor=filed.operator)
    run = filed.run or _land(store, air, flight)
    sitting = Sitting(
        family=filed.family, case=deal.dealt.name, operator=filed.operator, mode=filed.mode, speed=filed.speed,
        hints=deal.hints[: filed.hints], pauses=filed.pauses, chosen=filed.chosen,
        lesson=deal.dealt.lesson,
        injected=tuple(str(one["table"]["kind"]) for one in _events(store, filed, passphrase=passphrase)),
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


def _opened(store: Store, filed: Filed, *, passphrase: str) -> tuple[Deal, Air]:
    if is_held(store, filed):
        raise DealError(f"{filed.id} is being sat, at {clock(filed.ended)}; it can be opened when it is over")
    deal = deal_of(store, filed, passphrase=passphrase)
    return deal, Air(deal.plan, deal.seed)


def _land(store: Store, air: Air, flight: Flight) -> str:
    with store.begin(air.plan.name, seed=air.seed) as landing:
        return landing.land(flight)
