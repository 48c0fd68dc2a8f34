"""What of an organisation's rules a plan breaks."""

from collections.abc import Iterator
from itertools import pairwise

from sandbox.base.units import format_duration, format_share
from sandbox.scenario.approvals import needs
from sandbox.scenario.house.breach import Breach
from sandbox.scenario.house.tables import PolicyFile
from sandbox.scenario.house.watching import watching
from sandbox.scenario.plan import Plan
from sandbox.world.traffic.replay import Replay


def breaches(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    """Every rule that the plan breaks, in the order of the policy."""
    yield from _ramp(plan, policy)
    yield from _stated(plan, policy)
    yield from watching(plan, policy)
    yield from _groups(plan, policy)
    yield from _approvers(plan, policy)
    yield from _approvals(plan, policy)
    yield from _rollback(plan, policy)


def _rollback(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    books = plan.document.runbook.values()
    if policy.rollback.recipe and not any(book.rollback.steps and book.rollback.requires for book in books):
        said = "no runbook has a rollback recipe with what it requires"
        yield Breach(("runbook",), said, "write [runbook.NAME.rollback]", ("rollback", "recipe"))
    covered = {name for book in books for name in book.alerts}
    for index, alert in enumerate(plan.document.alerts):
        if policy.rollback.runbooks and alert.severity == "page" and alert.name not in covered:
            said = f'no runbook is for "{alert.name}", which pages'
            yield Breach(("alerts", index), said, "name it in a runbook's alerts", ("rollback", "runbooks"))
    if policy.rollback.automatic and plan.document.ramp.on_fail != "roll back":
        yield Breach(
            ("ramp", "on_fail"), "a failed gate does not roll back", 'write "roll back"', ("rollback", "automatic")
        )
    if policy.rollback.automatic and all(gate.dry_run for gate in plan.gates):
        yield Breach(("gates",), "no gate decides, so none can roll back", "add one", ("rollback", "automatic"))


def _ramp(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    ramp, rules = plan.document.ramp, policy.ramp
    serving = [(index, step) for index, step in enumerate(ramp.climbs) if step.largest > 0.0]
    if rules.shadow_first and (not ramp.climbs[0].shadow or ramp.climbs[0].largest > 0.0):
        yield Breach(_step(plan, 0), "it does not begin in shadow", 'begin with "shadow"', ("ramp", "shadow_first"))
    if serving and rules.largest_first_step is not None and serving[0][1].largest > rules.largest_first_step:
        said = f"the first step answers {format_share(serving[0][1].largest)} of users"
        do = f"begin with at most {format_share(rules.largest_first_step)}"
        yield Breach(_step(plan, serving[0][0]), said, do, ("ramp", "largest_first_step"))
    for (_, before), (index, step) in pairwise(serving):
        if rules.largest_leap is not None and step.largest > before.largest * rules.largest_leap + 1e-9:
            said = f"from {before.title} to {step.title} is {step.largest / before.largest:.3g} times as much"
            do = f"go up by at most {rules.largest_leap:g} times"
            yield Breach(_step(plan, index), said, do, ("ramp", "largest_leap"))
    for index, step in serving:
        if rules.shortest_bake is not None and ramp.bake_of(index) < rules.shortest_bake:
            said = f"{step.title} holds for {format_duration(ramp.bake_of(index))}"
            do = f"hold for at least {format_duration(rules.shortest_bake)}"
            yield Breach(_step(plan, index), said, do, ("ramp", "shortest_bake"))
        if rules.fewest_answers is not None and ramp.minimum_of(index) < rules.fewest_answers:
            said = f"{step.title} waits for {ramp.minimum_of(index):,} answers"
            do = f"wait for at least {rules.fewest_answers:,}"
            yield Breach(_step(plan, index), said, do, ("ramp", "fewest_answers"))
    if rules.smallest_hold_out is not None and ramp.hold_out < rules.smallest_hold_out:
        said = f"{format_share(ramp.hold_out)} of users stay on the incumbent"
        do = f"hold out at least {format_share(rules.smallest_hold_out)}"
        yield Breach(("ramp", "hold_out"), said, do, ("ramp", "smallest_hold_out"))
    if rules.quiet_hours and not ramp.quiet_hours:
        yield Breach(("ramp", "quiet_hours"), "steps may begin at any time", "write true", ("ramp", "quiet_hours"))


def _step(plan: Plan, index: int) -> tuple[str | int, ...]:
    return ("ramp", "steps", index) if hasattr(plan.document.ramp, "steps") else ("ramp",)


def _stated(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    table, rules = plan.document.plan, policy.plan
    empty = type(table)()
    for index, key in enumerate(rules.stated):
        if getattr(table, key) == getattr(empty, key):
            yield Breach(("plan", key), f"{key} is not stated", "state it", ("plan", "stated", index))
    most = rules.largest_acceptable_harm
    if most is not None and table.acceptable_harm > most:
        said = f"{format_share(table.acceptable_harm)} worse answers would be accepted"
        do = f"accept at most {format_share(most)}"
        yield Breach(("plan", "acceptable_harm"), said, do, ("plan", "largest_acceptable_harm"))
    if rules.halts and not table.halts:
        said = "no condition on telemetry halts the ramp"
        yield Breach(("plan", "halt"), said, "name one in [plan.halt]", ("plan", "halts"))


def _groups(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    if isinstance(plan.document.traffic, Replay):
        return
    known = [one.name for one in plan.document.groups]
    for index, name in enumerate(policy.groups.named):
        if name not in known:
            said = f'no group is called "{name}"'
            yield Breach(("groups",), said, "name it in [[groups]]", ("groups", "named", index))


def _approvers(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    if not policy.approvers:
        return
    risk, waits = plan.document.plan.risk, {need.role for need in needs(plan.document)}
    known = [one.risk for one in policy.approvers]
    if risk not in known:
        said = f'"{risk}" is none of the risks {", ".join(known)}' if risk else "the risk is not stated"
        yield Breach(("plan", "risk"), said, f"say one of {', '.join(known)}", ("approvers",))
        return
    at = known.index(risk)
    for index, role in enumerate(policy.approvers[at].roles):
        if role not in waits:
            said = f'the risk is {risk}, and nothing waits for the approval of "{role}"'
            do = "add the role to approvals"
            yield Breach(("plan", "approvals"), said, do, ("approvers", at, "roles", index))


def _approvals(plan: Plan, policy: PolicyFile) -> Iterator[Breach]:
    rules, roles = policy.approvals, dict[str, str]()
    for one in plan.approvals:
        lasts = None if one.expires is None else (one.expires - one.at).days * 86_400 * 10**9
        if rules.longest is not None and (lasts is None or lasts > rules.longest):
            until = "for good" if one.expires is None else f"until {one.expires}"
            said = f"the approval of {one.role} of {one.at} counts {until}"
            do = f"let it expire within {format_duration(rules.longest)}; `greenroom plan withdraw` takes one back"
            yield Breach(("plan", "approvals"), said, do, ("approvals", "longest"))
        if rules.distinct and roles.setdefault(one.by, one.role) != one.role:
            said = f"{one.by} approved as {roles[one.by]} and as {one.role}"
            do = "let somebody else approve; `greenroom plan withdraw` takes one back"
            yield Breach(("plan", "approvals"), said, do, ("approvals", "distinct"))
