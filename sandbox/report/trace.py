"""One prediction traced back: its input, its features, the model and data behind it, and what routed it there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.status import Status
from sandbox.base.units import format_duration, format_share

HARMS = ("", "wrong", "late", "failed")


def trace(flight: Flight, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands behind a request, as (what, said); `row` holds its columns as the record keeps them."""
    layout, at = flight.header.layout, int(row["at"])
    arm, segment = layout.arms[row["arm"]], layout.segments[row["segment"]]
    group = f", group {layout.groups[row['group']]}" if len(layout.groups) > 1 else ""
    where = f", segment {segment}" if len(layout.segments) > 1 else ""
    yield "request", f"number {row['seq']:,} at {_instant(at)}, user {int(row['user']):016x}{where}{group}"
    yield "answered by", arm
    yield from _answered(row)
    yield "features", _features(row)
    yield from _model(flight, arm)
    yield from _policy(flight, at)
    yield "plan", f"{flight.header.scenario_hash[:12]} ({flight.header.source}), seed {flight.header.seed}"
    yield "flight", f"digest {flight.digest[:12]}"


def _instant(at: int) -> str:
    seconds, rest = divmod(at, 1_000_000_000)
    minute, second = divmod(seconds, 60)
    return f"{clock(minute * 60_000_000_000)}:{second:02d}.{rest // 1_000_000:03d}"


def _answered(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status = Status(row["status"])
    if status is Status.ANSWERED:
        decision = "yes" if row["decision"] else "no"
        yield "answer", f"score {row['score']:.6g}, decided {decision}, after {format_duration(int(row['latency']))}"
    else:
        yield "answer", f"none: {status.name.lower().replace('_', ' ')}"
    late = int(row["label_at"])
    known = "and nobody ever learnt it" if late < 0 else f"known at {_instant(late)}"
    yield "truth", f"the label was {'yes' if row['label'] else 'no'}, {known}"
    if row["harm"]:
        yield "harm", f"{HARMS[row['harm']]}, where the incumbent alone would have done better"


def _features(row: Mapping[str, Any]) -> str:
    kept = {name.removeprefix("f_"): value for name, value in row.items() if name.startswith("f_")}
    if not kept:
        return "not kept; [record] features = true keeps them, and --again makes them anew"
    return ", ".join(f"{name} {'missing' if value != value else f'{value:.6g}'}" for name, value in kept.items())


def _model(flight: Flight, arm: str) -> Iterator[tuple[str, str]]:
    plan, inputs = flight.header.plan, flight.header.inputs
    table = plan.get("models", {}).get(arm, {})
    lineage = plan.get("plan", {}).get("lineage", {})
    named = [f"kind {table.get('kind', 'unknown')}"]
    if arm != flight.header.layout.arms[0]:
        named += [f"{what} {lineage[what]}" for what in ("model", "code", "trained") if lineage.get(what)]
    named += [f"{what} {digest[:12]}" for what, digest in inputs.items() if f" of {arm}" in what]
    yield "model", ", ".join(named)
    data = [f"training {lineage['data']}"] if lineage.get("data") and arm != flight.header.layout.arms[0] else []
    data += [f"{what} {digest[:12]}" for what, digest in inputs.items() if what.startswith("replay")]
    made = f"made from seed {flight.header.seed} by greenroom {flight.header.versions['greenroom']}"
    yield "data", ", ".join(data) or made


def gate_name(gate: Mapping[str, Any]) -> str:
    """What the log calls a gate of a plan, unless several would be called so."""
    return str(gate.get("name") or f"{gate.get('metric', '')} {str(gate['kind']).replace('-', ' ')}".strip())


def _policy(flight: Flight, at: int) -> Iterator[tuple[str, str]]:
    moves = [
        (number, entry) for number, entry in enumerate(flight.journal)
        if entry.kind == "ramp" and entry.facts["what"] != "hold" and entry.at <= at
    ]
    if not moves:
        yield "policy", "the ramp had not begun; the incumbent answered everybody"
    else:
        number, entry = moves[-1]
        facts = entry.facts
        share = format_share(facts["share"])
        said = f"{facts['what']} {facts['title']} since {clock(entry.at)}, candidate's share {share}, table "
        yield "policy", f"{said}{facts['version']} (#{number}): {facts['because']}"
    applied = next((entry.facts.get("applied") for entry in flight.journal if entry.kind == "truth"), None)
    in_force = [one for one in applied or [] if one[0] <= at]
    if in_force:
        yield "in force", f"table {in_force[-1][1]} since {clock(in_force[-1][0])}, as a fault let it through"
    yield "gates", ", ".join(map(gate_name, flight.header.plan.get("gates", []))) or "none"
    approvals = [f"{one['role']} for step {one['step']} by {one['by']}"
                 for one in flight.journal[0].facts.get("approvals", [])]
    if approvals:
        yield "approved", ", ".join(approvals)
