"""What is wrong with gates that only the whole file can tell: metrics, candidates and steps that are not there."""

from collections.abc import Callable, Iterator, Sequence

from sandbox.decide.gates.forecast import Forecast as ForecastGate
from sandbox.decide.gates.kinds import Gate
from sandbox.scenario.climbing import LADDER
from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.scenario.tables.plan import Forecast


def gate_problems(
    gates: Sequence[Gate], *, candidates: Sequence[str], steps: int,
    readable: Callable[[Path, str], Iterator[Complaint]],
    promised: Callable[[ForecastGate], Forecast | None],
) -> Iterator[Complaint]:
    """Everything that no gate can see on its own, on a ramp of so many steps; `promised` is what the plan forecasts."""
    names: list[str] = []
    for index, gate in enumerate(gates):
        at: Path = ("gates", index)
        for place, name in enumerate(gate.reads):
            where: Path = (*at, "metrics", place, "metric") if hasattr(gate, "metrics") else (*at, "metric")
            yield from readable(where, name)
        if gate.model not in candidates:
            yield Complaint((*at, "model"), nowhere("candidate", gate.model, list(candidates)), (("models",),))
        for position, number in enumerate(gate.steps):
            if not 1 <= number <= steps:
                yield Complaint((*at, "steps", position), f"the ramp has steps 1 to {steps}", LADDER)
        if gate.name and gate.name in names:
            yield Complaint((*at, "name"), f'"{gate.name}" stands here twice; rename one')
        names.append(gate.name)
        if isinstance(gate, ForecastGate) and gate.low is None and gate.high is None:
            promise = promised(gate)
            if promise is None or (promise.low is None and promise.high is None):
                said = f"no interval is promised for {gate.metric}; add low and high here or in [[plan.forecast]]"
                yield Complaint((*at, "metric"), said, (("plan", "forecast"),))
