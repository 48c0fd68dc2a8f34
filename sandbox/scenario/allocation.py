"""What a bandit asks of the rest of its plan: a reward that is a rate, and gates that can compare while shares move."""

from collections.abc import Iterator

from sandbox.decide.gates.comparing import Comparing
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.ramp.bandit import Bandit
from sandbox.observe.metrics.counted import is_mean, is_rate
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.scenario.complaint import Complaint, no_metric
from sandbox.scenario.locate import Path


def allocation_problems(ramp: Bandit, gates: list[Gate]) -> Iterator[Complaint]:
    """What does not go together with a share that follows the evidence."""
    at: Path = ("ramp", "reward")
    try:
        metric(ramp.reward)
    except KeyError as missing:
        yield Complaint(at, no_metric(missing.args[0], BY_NAME))
    except ValueError as unclear:
        yield Complaint(at, str(unclear))
    else:
        if not is_rate(ramp.reward):
            yield Complaint(at, f"{ramp.reward} is no rate of requests; name one, such as quality.accuracy")
    for index, gate in enumerate(gates):
        if said := _pooled(gate):
            yield Complaint(("gates", index, "kind"), said, (("ramp", "kind"),))


def _pooled(gate: Gate) -> str:
    """Why a gate cannot compare arms while the share moves; empty where it can."""
    if not gate.compares or gate.vouches:
        return ""
    says = "pools what was seen at different shares, which a bandit moves"
    if not isinstance(gate, Comparing):
        return f"{gate.kind} {says}; use no-worse or better, or a threshold"
    if gate.test != "always-valid":
        return f'test = "{gate.test}" {says}; remove it'
    try:
        mean = is_mean(gate.metric)
    except (KeyError, ValueError):
        return ""
    return "" if mean else f"{gate.metric} is no mean: it {says}; compare a mean, or use a threshold"
