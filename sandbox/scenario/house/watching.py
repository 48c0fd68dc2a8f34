"""Whether gates that decide watch what an organisation wants watched, and as strictly."""

from collections.abc import Iterator

from sandbox.base.units import Margin, format_share
from sandbox.decide.gates.fairness import Fairness
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.threshold import Threshold
from sandbox.observe.metrics.slices import taken_apart
from sandbox.scenario.house.breach import Breach
from sandbox.scenario.house.tables import PolicyFile, Watched
from sandbox.scenario.plan import Plan


def watching(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    """Metrics, groups and gaps that no gate watches as the policy asks."""
    deciding = [gate for gate in plan.gates if not gate.dry_run]
    for index, wanted in enumerate(policy.gates):
        yield from _watched(plan, deciding, wanted, at=index)
    for index, name in enumerate(policy.groups.watched):
        for group in policy.groups.named:
            wanted_name = f"{name}{{group={group}}}"
            if not any(_reads(gate, wanted_name, whole=True) for gate in deciding):
                said = f"no gate that decides watches {wanted_name}"
                yield Breach(("gates",), said, "add one", ("groups", "watched", index))
    for index, bias in enumerate(policy.bias):
        if not any(_limits_gap(gate, bias.metric, bias.max) for gate in deciding):
            said = f"no gate that decides holds {bias.metric} to {format_share(bias.max)} or less"
            yield Breach(("gates",), said, "add one, or tighten one", ("bias", index))


def _watched(plan: Plan, deciding: list[Gate], wanted: Watched, *, at: int) -> Iterator[Breach]:
    mine = [gate for gate in deciding if _reads(gate, wanted.metric)]
    strict = [gate for gate in mine if _strict(gate, wanted)]
    limit = f" with {_limit(wanted)}" if _limit(wanted) else ""
    if not strict:
        laxer = "" if not mine else f'; "{mine[0].name}" is laxer, or of another kind'
        said = f"no gate that decides watches {wanted.metric}{limit}{laxer}"
        yield Breach(("gates",), said, "add one" if not mine else "tighten it", ("gates", at))
        return
    if not wanted.every_step:
        return
    for index, step in enumerate(plan.document.ramp.climbs):
        asked = [not gate.steps or index + 1 in gate.steps for gate in strict]
        if step.largest > 0.0 and not any(asked):
            said = f"at {step.title} no gate that decides watches {wanted.metric}{limit}"
            yield Breach(("gates",), said, "name the step in one", ("gates", at, "every_step"))


def _limit(wanted: Watched) -> str:
    said = [] if wanted.max is None else [f"max {wanted.max:g} or less"]
    return " or ".join([*said, *([] if wanted.margin is None else [f"margin {wanted.margin.text} or less"])])


def _reads(gate: Gate, wanted: str, *, whole: bool = False) -> bool:
    """Whether a gate reads a metric of everybody, or, where it is named with a group, of that group."""
    for name in gate.reads:
        if whole:
            same = taken_apart(name) == taken_apart(wanted)
        elif wanted.endswith("*"):
            same = name.startswith(wanted[:-1])
        else:
            same = name == wanted
        if same:
            return True
    return False


def _strict(gate: Gate, wanted: Watched) -> bool:
    if wanted.max is None and wanted.margin is None:
        return True
    if wanted.max is not None and isinstance(gate, Threshold):
        above = gate.failing[1]
        return above is not None and above <= wanted.max
    return wanted.margin is not None and isinstance(gate, NoWorse) and _within(gate.margin, wanted.margin)


def _within(margin: Margin, most: Margin) -> bool:
    return margin.relative == most.relative and margin.amount <= most.amount


def _limits_gap(gate: Gate, metric: str, most: float) -> bool:
    if metric not in gate.reads:
        return False
    if isinstance(gate, Fairness):
        return gate.gap <= most
    above = gate.failing[1] if isinstance(gate, Threshold) else None
    return above is not None and above <= most
