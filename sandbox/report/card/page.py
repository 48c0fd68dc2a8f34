"""The card as a page, which renders as Markdown, HTML, text and JSON."""

from collections.abc import Iterator
from typing import Any

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import format_duration, format_share
from sandbox.report.card.readiness import readiness
from sandbox.report.card.risks import Risk, rates, risks
from sandbox.report.decisions import decisions, ending, failures, sayings
from sandbox.report.exit_code import ExitCode
from sandbox.report.expectations import Expectation, exit_code, expectations, largest_share
from sandbox.report.harm import Harm, harm
from sandbox.report.page import Block, Bullets, Check, Page, Section, Table

LEAD = (
    "What a rehearsal of this rollout showed, for those who have to agree to it. It was flown in a simulated world:"
    " it shows how this plan behaves under what was assumed, not that nothing else can happen."
)


def page(flight: Flight, *, repeat: str) -> Page:
    """The card of a flight; `repeat` is the command that makes it again."""
    suffered = harm(flight)
    checked = expectations(flight, suffered)
    sections = (
        Section(title="What changes, and why", blocks=tuple(_what(flight))),
        Section(title="What came of it", blocks=tuple(_came(flight, suffered))),
        Section(title="How it was tested", blocks=tuple(_how(flight))),
        Section(title="What success looks like", blocks=tuple(_success(flight, checked))),
        Section(title="Risks, by group", blocks=tuple(_risks(flight, suffered))),
        Section(title="Rollback readiness", blocks=(Bullets(tuple(readiness(flight, suffered))),)),
        Section(title="Who agreed", blocks=tuple(_agreed(flight))),
        Section(title="Where this comes from", blocks=(_provenance(flight),)),
    )
    stated: ExitCode | None = exit_code(checked) if checked else None
    return Page(
        kind="card", title=f"Card: {flight.header.title}", lead=LEAD, sections=sections, exit_code=stated,
        repeat=repeat, data=_data(flight, suffered),
    )


def _plan(flight: Flight) -> dict[str, Any]:
    found: dict[str, Any] = flight.header.plan.get("plan", {})
    return found


def _what(flight: Flight) -> Iterator[Block]:
    plan = _plan(flight)
    yield f"{plan['hypothesis'].rstrip('.')}." if plan.get("hypothesis") else "The plan states no hypothesis."
    rows = [(label, str(plan[key])) for label, key in (
        ("business goal", "goal"), ("guards against", "failure_mode"), ("risk", "risk"), ("owner", "owner"),
        ("told", "communication"),
    ) if plan.get(key)]
    rows += [("milestone", str(one)) for one in plan.get("milestones", [])]
    speaks = {"risk": "risk", "data_quality": "the data", "user_impact": "the users"}
    rows += [(f"speaks for {whom}", str(plan["champions"][key])) for key, whom in speaks.items()
             if plan.get("champions", {}).get(key)]
    rows += [(f"candidate's {what}", str(which)) for what, which in plan.get("lineage", {}).items() if which]
    if rows:
        yield Table(columns=("what", "says"), words=2, rows=tuple(rows))
    if not flight.header.plan.get("models"):
        return
    models = flight.header.plan["models"]
    yield Table(columns=("model", "kind"), words=2, rows=tuple(
        (name, str(models[name].get("kind", ""))) for name in flight.header.layout.arms if name in models
    ))


def _came(flight: Flight, suffered: Harm) -> Iterator[Block]:
    last = ending(flight)
    share = largest_share(flight)
    most = f"having answered at most {format_share(share)} of users" if share else "before it answered anybody"
    if last is None:
        yield f"The candidate was neither promoted nor rolled back by {clock(flight.ended_at)}, {most}."
    else:
        word = {"promote": "promoted", "roll back": "rolled back", "abort": "aborted"}[last.what]
        yield f"The candidate was {word} at {clock(last.at)}, {most}: {last.because}."
    total = suffered.total
    if total.gross == 0:
        yield "Nobody was served worse than by the incumbent."
    else:
        balance = f"{total.net:,} more worse than better" if total.net > 0 else f"{-total.net:,} more better than worse"
        yield (
            f"{suffered.users:,} users and {total.gross:,} of {total.requests:,} answers were served worse than by the"
            f" incumbent, {sum(total.helped):,} answers better: {balance}."
        )
    if suffered.onset is not None:
        delay = suffered.detection_delay
        seen = "was never detected" if delay is None else f"was detected {format_duration(delay)} later"
        why = f" because of {suffered.onset.explained_by}" if suffered.onset.explained_by else ""
        yield f"Harm began at {clock(suffered.onset.at)}{why} and {seen}."
    yield Table(columns=("at", "what", "because"), words=3, rows=tuple(
        (clock(one.at), one.title if one.what == "step" else one.what, one.because) for one in decisions(flight)
    ))


def _how(flight: Flight) -> Iterator[Block]:
    plan, answered = flight.header.plan, int(flight.truth.statuses.sum())
    traffic = plan.get("traffic", {}).get("kind", "made")
    yield (
        f"{answered:,} requests of {traffic} traffic over {format_duration(flight.ended_at)} of simulated time, seed"
        f" {flight.header.seed}; {flight.truth.users_on_candidate:,} users met the candidate."
    )
    bent = [
        (one.name, one.kind, clock(one.start), "to the end" if one.end >= flight.ended_at else clock(one.end),
         ", ".join(one.arms))
        for one in flight.truth.intervals if one.name != "none"
    ]
    if bent:
        yield "What was made to go wrong, which nobody who decided was told:"
        yield Table(columns=("what", "kind", "from", "until", "reaches"), words=5, rows=tuple(bent))
    else:
        yield "Nothing was made to go wrong."
    last = {one.gate: one for one in sayings(flight)}
    if last:
        failed = {one.gate for one in failures(flight)}
        yield Table(columns=("gate", "last said", "because", "n"), words=3, rows=tuple(
            (name, _verdict(one.verdict, failed=name in failed, decides=one.decides), one.because, f"{one.n:,}")
            for name, one in last.items()
        ), note="what telemetry showed: sampled, windowed and late")


def _verdict(verdict: str, *, failed: bool, decides: bool) -> str:
    word = verdict.upper().replace("_", " ")
    asides = [*(["it failed"] if failed and verdict != "fail" else []), *([] if decides else ["dry run"])]
    return f"{word} ({', '.join(asides)})" if asides else word


def _success(flight: Flight, checked: tuple[Expectation, ...]) -> Iterator[Block]:
    plan = _plan(flight)
    for one in plan.get("success", []):
        yield f"{one['metric']} improves by at least {one['smallest_effect']}."
    for one in plan.get("forecast", []):
        low, high = one.get("low"), one.get("high")
        ends = "" if low is None and high is None else f", between {low if low is not None else '…'} and {high or '…'}"
        yield f"Offline evaluation promised {one['metric']} {one['value']:g}{ends}."
    yield f"Harm of up to {plan.get('acceptable_harm', '1%')} of a candidate's answers is accepted."
    if not checked:
        yield "The scenario states no [expect], so nothing was checked."
    for one in checked:
        yield Check(name=one.name, want=one.want, got=one.got, state=one.state)


def _risks(flight: Flight, suffered: Harm) -> Iterator[Block]:
    found, would = risks(flight), rates(flight)
    if found:
        yield Table(
            columns=("who", "candidate's answers", "worse per 1,000", "better per 1,000", "wrong", "late", "failed"),
            rows=tuple(_risk(one) for one in found),
            note="against the same requests answered by the incumbent; it is truth, which no gate could read",
        )
    else:
        yield "The candidate answered nobody."
    if would:
        yield Table(
            columns=("group", "model", "true cases decided yes", "false cases decided yes"), words=2,
            rows=tuple((one.group, one.model, _percent(one.true_yes), _percent(one.false_yes)) for one in would),
            note="what each model would have decided of every request, answered or not; it is truth, too",
        )
    if suffered.unfair is not None and suffered.unfair.surprise >= 3.0:
        one = suffered.unfair
        yield (
            f'Group "{one.group}" got {one.requests:,} more wrong answers than its part, {one.surprise:.1f} standard'
            " deviations beyond chance."
        )
    elif len(flight.header.layout.groups) > 1 and found:
        yield "No group got more than its part of the wrong answers, beyond what chance explains."
    elif len(flight.header.layout.groups) < 2:
        yield "The plan names no groups, so nothing is known about them."


def _percent(part: float | None) -> str:
    return "no case" if part is None else f"{100 * part:.1f}%"


def _risk(one: Risk) -> tuple[str, ...]:
    return (
        one.who, f"{one.answers:,}", f"{one.per_thousand(one.worse):.1f}", f"{one.per_thousand(one.better):.1f}",
        *(f"{count:,}" for count in one.by_kind),
    )


def _agreed(flight: Flight) -> Iterator[Block]:
    rows = [
        (one["role"], "the begin" if one["step"] == 1 else f"step {one['step']}", f"{one['by']}, on file")
        for one in flight.journal[0].facts.get("approvals", [])
    ]
    rows += [
        (str(entry.facts["arguments"].get("role", "")), "in flight", f"{entry.facts['actor']} at {clock(entry.at)}")
        for entry in flight.journal
        if entry.kind == "command" and entry.facts["kind"] == "approve" and entry.facts["answer"] == "accepted"
    ]
    if rows:
        yield Table(columns=("role", "what", "by"), words=3, rows=tuple(rows))
    else:
        wanted = _plan(flight).get("approvals", [])
        yield f"{', '.join(wanted)} had to, and nobody did." if wanted else "The plan waits for nobody's approval."


def _provenance(flight: Flight) -> Table:
    header = flight.header
    rows = [
        ("scenario", header.source or header.name), ("plan", header.scenario_hash), ("seed", str(header.seed)),
        ("digest", flight.digest), *header.inputs.items(),
        ("versions", ", ".join(f"{name} {version}" for name, version in header.versions.items())),
    ]
    return Table(columns=("what", "says"), words=2, rows=tuple(rows))


def _data(flight: Flight, suffered: Harm) -> dict[str, Any]:
    header = flight.header
    return {
        "name": header.name, "seed": header.seed, "digest": flight.digest, "scenario_hash": header.scenario_hash,
        "outcome": flight.outcome, "largest_share": largest_share(flight), "plan": _plan(flight),
        "harmed_users": suffered.users, "net_harm": suffered.total.net,
        "risks": [one.as_json() for one in risks(flight)], "rollback": list(readiness(flight, suffered)),
        "approvals": flight.journal[0].facts.get("approvals", []),
    }
