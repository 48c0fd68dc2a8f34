"""`[judgement]`: how several comparing gates share one budget of false alarms."""

import math
from dataclasses import replace
from typing import Literal

from sandbox.base.spec import Spec
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.comparing import Comparing
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.statistics.many import e_bh

Correction = Literal["bonferroni", "e-bh", "none"]


class Judging(Spec):
    """What holds for all gates together."""

    correction: Correction = "bonferroni"
    """How gates that compare share their alpha: "bonferroni" divides each by how many there are, which bounds the
    chance that any of them fails a good candidate; "e-bh" also fails those that are strong together and bounds the
    expected part of false alarms among all; "none" leaves each its own."""


def sharing(gates: tuple[Gate, ...], *, correction: Correction) -> tuple[Gate, ...]:
    """The gates as they judge: those that compare and decide with their part of alpha."""
    count = sum(_shares(gate) for gate in gates)
    if correction == "none" or count < 2:
        return gates
    return tuple(
        gate.model_copy(update={"alpha": gate.alpha / count}) if isinstance(gate, Comparing) and _shares(gate) else gate
        for gate in gates
    )


def together(
    judgements: tuple[Judgement, ...], gates: tuple[Gate, ...], *, correction: Correction
) -> tuple[Judgement, ...]:
    """The judgements of these gates, one each; with e-BH, those whose evidence is strong together fail too."""
    if correction != "e-bh":
        return judgements
    sharers = [
        (place, gate) for place, gate in enumerate(gates)
        if isinstance(gate, Comparing) and _shares(gate) and judgements[place].log_evidence is not None
        and judgements[place].verdict is not Verdict.ERROR
    ]
    # Their alpha is already divided among all that share it, so its sum is the budget.
    everyone = sum(_shares(gate) for gate in gates)
    budget = min((gate.alpha for _, gate in sharers), default=0.0) * everyone
    logs = [judgements[place].log_evidence for place, _ in sharers]
    known = [log if log is not None else -math.inf for log in logs] + [-math.inf] * (everyone - len(logs))
    if not budget:
        return judgements
    failed = {place for (place, _), bad in zip(sharers, e_bh(known, alpha=budget), strict=False) if bad}
    return tuple(
        replace(one, verdict=Verdict.FAIL, because=f"{one.because}; strong beside the other gates (e-BH)")
        if place in failed and one.verdict in (Verdict.PASS, Verdict.INCONCLUSIVE) else one
        for place, one in enumerate(judgements)
    )


def _shares(gate: Gate) -> bool:
    return isinstance(gate, Comparing) and not gate.dry_run
