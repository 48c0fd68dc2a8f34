"""A stored run flown again: is the digest the same, and if not, what is known to differ?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sandbox.base.digest import fingerprint
from sandbox.base.flight import Flight, Header
from sandbox.lab.flights import Prepared, prepare
from sandbox.lab.keeping import Keep
from sandbox.operate.oncall.scripted import Scripted
from sandbox.operate.runbook import Runbook
from sandbox.run.pieces import Watcher, fly_on
from sandbox.run.session import Session
from sandbox.run.versions import versions
from sandbox.scenario.approvals import Signature, files_hash
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text, with_shared
from sandbox.scenario.recorded_file import is_beside
from sandbox.scenario.script import POLICY
from sandbox.world.models.scoring import Scoring
from sandbox.world.traffic.replay import Replay


@dataclass(frozen=True, slots=True)
class Repeated:
    """The digest of the flight that was flown again, and everything known to differ from the first."""

    digest: str
    differences: tuple[str, ...]


def plan_of(header: Header, *, folder: Path) -> Plan:
    """The plan a run was flown from, by its stored text; raises ScenarioError."""
    document = with_shared(read_text(header.scenario_text, name=header.source or header.name), folder=folder)
    return Plan(name=header.name, text=header.scenario_text, document=document, folder=folder, source=header.source)


def plan_on_record(header: Header) -> Plan:
    """The plan a run was flown from, with its runbooks, by what is on record alone, wherever its files are by now."""
    document = read_text(header.scenario_text, name=header.source or header.name)
    books = {name: Runbook.model_validate(book) for name, book in (header.plan.get("runbook") or {}).items()}
    return Plan(
        name=header.name, text=header.scenario_text, document=document.model_copy(update={"runbook": books}),
        folder=Path(header.source).parent, source=header.source,
    )


def approved_as(flight: Flight, plan: Plan, *, inputs: dict[str, str]) -> Plan:
    """The plan with those approvals that let the flight's steps begin, whatever is on file now."""
    rows = flight.journal[0].facts.get("approvals", [])
    signatures = [
        Signature(
            role=row["role"], steps=[row["step"]], by=row["by"], plan=plan.hash, files=files_hash(inputs), at=date.min
        )
        for row in rows
    ]
    return replace(plan, approvals=tuple(signatures))


def beside(plan: Plan) -> tuple[str, ...]:
    """The files that a plan names relative to its own folder, which its text alone does not find."""
    traffic = plan.document.traffic
    named = [traffic.path] if isinstance(traffic, Replay) else []
    for name, model in plan.document.models.items():
        for _, one in model.parts(name):
            named += [path for _, path in one.files] if isinstance(one, Scoring) else []
    named += plan.document.shared
    named += [plan.document.oncall.script] if isinstance(plan.document.oncall, Scripted) else []
    return tuple(dict.fromkeys(name for name in named if is_beside(name)))


def repeat(flight: Flight, plan: Plan, *, file: Path | None = None, watch: Watcher | None = None) -> Repeated:
    """Fly a run's plan, seed and commands again; `file` is where its scenario is now, if anywhere."""
    prepared = prepare(plan)
    differences = (*_scenario(flight.header, file), *_inputs(flight.header, prepared.inputs), *_versions(flight.header))
    return Repeated(flown_again(flight, prepared, watch=watch).digest, differences)


def flown_again(
    flight: Flight, prepared: Prepared, *, keep: Keep | None = None, watch: Watcher | None = None
) -> Flight:
    """The plan flown with the run's seed, approvals and commands; `keep` gets the requests."""
    plan = approved_as(flight, prepared.plan, inputs=prepared.inputs)
    session = Session(
        plan, seed=flight.header.seed, recording=prepared.recording, inputs=prepared.inputs, keep=keep
    )
    for entry in flight.journal:
        # What the plan itself has done, or a runbook that somebody followed, is done again by itself.
        own = entry.facts.get("origin") or entry.facts.get("actor") == POLICY
        if entry.kind == "command" and not own:
            fly_on(session, to=entry.at, watch=watch)
            session.apply(entry.facts["kind"], actor=entry.facts["actor"], **entry.facts["arguments"])
    fly_on(session, to=plan.document.scenario.duration, watch=watch)
    return session.finish()


def _scenario(header: Header, file: Path | None) -> Iterator[str]:
    if file is None:
        return
    try:
        now = fingerprint(file.read_bytes().decode("utf-8-sig").encode())
    except (OSError, UnicodeDecodeError):
        return
    if now != header.scenario_hash:
        change = f"{header.scenario_hash[:12]}, now {now[:12]}"
        yield f"scenario: {file} has changed since ({change}); the stored text was flown"


def _inputs(header: Header, now: dict[str, str]) -> Iterator[str]:
    for name, before in header.inputs.items():
        if name not in now:
            yield f"input: {name} is no longer read"
        elif now[name] != before:
            yield f"input: {name} has changed ({before[:12]}, now {now[name][:12]})"
    yield from (f"input: {name} was not read then" for name in now if name not in header.inputs)


def _versions(header: Header) -> Iterator[str]:
    now = versions()
    for name, before in header.versions.items():
        if now.get(name) != before:
            yield f"version: {name} {before}, now {now.get(name, 'not installed')}"
