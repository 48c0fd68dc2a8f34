"""How things stand, gathered for whoever may ask for an operation; nothing in it is truth."""

from collections.abc import Mapping
from typing import Any

from sandbox.decide.ramp.approving import missing, next_step
from sandbox.operate.standing import Standing
from sandbox.run.deck import Deck
from sandbox.run.helm import Helm
from sandbox.run.roster import Roster


def standing(
    deck: Deck, helm: Helm, roster: Roster, *, incident: int, under_way: tuple[tuple[str, Mapping[str, Any]], ...]
) -> Standing:
    """How things stand now."""
    pilot, world, layout = deck.pilot, deck.world, deck.collector.layout
    climb, ramp, monitor = pilot.climb, pilot.policy.ramp, pilot.monitor
    step = next_step(ramp, climb)
    return Standing(
        at=deck.now, title=roster.title, phase=climb.phase.value, step=climb.step, steps=len(ramp.climbs),
        share=helm.shares[pilot.arm], held=pilot.held, candidate=ramp.model, models=layout.arms,
        segments=layout.segments, groups=layout.groups, diverted=climb.diverted,
        cut=tuple(name for name, _ in climb.cuts), features=layout.features, off=world.switched_off,
        replicas={name: world.replicas(arm) for arm, name in enumerate(layout.arms)},
        alerts=tuple(one.alert.name for one in monitor.watches), halts=roster.halts,
        disabled=monitor.disabled,
        notifies=pilot.policy.notify is not None, silences=monitor.silenced(deck.now), roles=roster.roles,
        begins=step == 1, wanted=tuple(one.role for one in ramp.approvals if one.step == step),
        unapproved=tuple(
            (number, one.role) for number in range(climb.step + 2, len(ramp.climbs) + 2)
            for one in missing(ramp, pilot.approvals, step=number, at=deck.now)
        ),
        granted=tuple(sorted(role for number, role in pilot.approvals.granted if number == step)),
        withheld=tuple(pilot.approvals.refusals(step)), incident=incident, classes=roster.classes,
        audiences=roster.audiences, runbooks=roster.runbooks, messages=roster.messages, under_way=under_way,
    )
