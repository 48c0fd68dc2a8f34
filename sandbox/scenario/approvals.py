"""`NAME.approvals.toml`: who agreed to which text of a plan, beside the scenario, where version control keeps it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from sandbox.base.digest import canonical, fingerprint
from sandbox.base.spec import Spec
from sandbox.scenario.document import Document
from sandbox.scenario.locate import Path as KeyPath

SUFFIX = ".approvals.toml"
"""How the name of a file of approvals ends."""

NOBODY = "p-00000000"
"""By whom an approval is that is only assumed."""

_HASH = re.compile(r"[0-9a-f]{64}")
_PSEUDONYM = re.compile(r"p-[0-9a-f]{8}")


def _hash(value: object) -> object:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("is no SHA-256 in hex; let `greenroom plan approve` write it")
    return value


def _pseudonym(value: object) -> object:
    if not isinstance(value, str) or not _PSEUDONYM.fullmatch(value):
        raise ValueError(f'"{value}" is no pseudonym such as "p-1a2b3c4d"; let `greenroom plan approve` write it')
    return value


def parse_day(value: object) -> date:
    """The day that a text such as "2026-12-31", or TOML's own date, means; raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: object) -> date:
    raise ValueError(f'"{value}" is not a day; write it as "2026-12-31"')


Hash = Annotated[str, BeforeValidator(_hash), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$",
                                                               "examples": ["9f86d081884c7d65…"]})]
Pseudonym = Annotated[str, BeforeValidator(_pseudonym), WithJsonSchema({"type": "string", "examples": ["p-1a2b3c4d"]})]
Day = Annotated[
    date, BeforeValidator(parse_day), PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-31"]}),
]


class Signature(Spec):
    """One person's approval, in one role, of some steps of one text of a plan."""

    role: str = Field(min_length=1)
    """The role that approves, as the plan names it."""
    steps: list[Annotated[int, Field(ge=1)]] = Field(min_length=1)
    """The steps that are approved: 1 lets the ramp begin, one more than there are means promotion."""
    plan: Hash
    """The SHA-256 of the scenario's text; of any other text this approves nothing."""
    files: Literal[""] | Hash = ""
    """The SHA-256 over the hashes of all files that the plan names, models and recordings among them."""
    by: Pseudonym
    """Who approves; the name behind it stands in that person's own store."""
    at: Day
    """The day of the approval."""
    expires: Day | None = None
    """The last day on which it counts; for good unless said."""
    withdrawn: bool = False
    """True takes back what this person approved before, in this role, for these steps, whatever the text."""
    note: str = ""
    """What the person had to say."""

    def expired(self, today: date) -> bool:
        """Whether it counts no more."""
        return self.expires is not None and today > self.expires

    def replaces(self, earlier: "Signature", step: int) -> bool:
        """Whether of an earlier one nothing is left for a step: it said the same of the same, or is taken back."""
        who = self.role == earlier.role and self.by == earlier.by and step in self.steps
        return who and (self.withdrawn or (self.plan, self.files) == (earlier.plan, earlier.files))


class ApprovalsFile(Spec):
    """A file of approvals, format 1."""

    format: Literal[1] = 1
    """Version of the file format."""
    approvals: list[Signature] = []
    """Who approved what."""


@dataclass(frozen=True, slots=True)
class Need:
    """A step (from 1) that waits for a role, where the scenario says so; `by_itself`: a rehearsed answer comes."""

    step: int
    role: str
    path: KeyPath
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a need stands, and by what; "void" is of another text or other files."""

    need: Need
    state: Literal["given", "missing", "void", "expired", "withdrawn"]
    because: str
    signature: Signature | None = None


def beside(scenario: Path) -> Path:
    """Where the approvals of a scenario are."""
    return scenario.with_name(f"{scenario.stem}{SUFFIX}")


def files_hash(inputs: Mapping[str, str]) -> str:
    """One hash over those of all files a plan names; empty where it names none."""
    return fingerprint(canonical(dict(inputs))) if inputs else ""


def assumed(document: Document, *, plan: str, files: str) -> tuple[Signature, ...]:
    """Approvals as if all had agreed who must, for studies that ask what a plan would do; rehearsed answers still take
    their time.
    """
    return tuple(
        Signature(role=need.role, steps=[need.step], plan=plan, files=files, by=NOBODY, at=date.min)
        for need in needs(document) if not need.by_itself
    )


def today() -> date:
    """The day by the wall clock, which only says which approvals have expired."""
    return datetime.now(UTC).date()


def needs(document: Document) -> Iterator[Need]:
    """Who must approve what, in order of the steps."""
    for index, role in enumerate(document.plan.approvals):
        yield Need(1, role, ("plan", "approvals", index))
    asked = sorted(enumerate(document.ramp.approvals), key=lambda pair: (pair[1].step, pair[0]))
    for index, one in asked:
        yield Need(one.step, one.role, ("ramp", "approvals", index), one.takes is not None)


def valid(signatures: Sequence[Signature], *, plan: str, day: date) -> tuple[Signature, ...]:
    """The approvals on file that count for a text on a day, each for the steps it still speaks for."""
    left = (one.model_copy(update={"steps": steps}) for one, steps in _left(signatures) if not one.withdrawn)
    return tuple(one for one in left if one.plan == plan and not one.expired(day))


def _left(signatures: Sequence[Signature]) -> Iterator[tuple[Signature, list[int]]]:
    """What nobody said anew or took back, in the order of the file."""
    for index, one in enumerate(signatures, start=1):
        steps = [step for step in one.steps if not any(later.replaces(one, step) for later in signatures[index:])]
        if steps:
            yield one, steps


def standings(
    document: Document, signatures: Sequence[Signature], *, plan: str, files: str, day: date
) -> Iterator[Standing]:
    """How each need stands by the approvals on file, on a day."""
    left = list(_left(signatures))
    for need in needs(document):
        mine = [one for one, steps in left if one.role == need.role and need.step in steps]
        yield _best(need, mine, plan=plan, files=files, day=day)


def _best(need: Need, mine: list[Signature], *, plan: str, files: str, day: date) -> Standing:
    """By the newest signature that stands, else by the newest of all."""
    last = Standing(need, "missing", "nobody has approved it")
    for one in mine:
        if one.withdrawn:
            last = Standing(need, "withdrawn", f"{one.by} took it back on {one.at}", one)
        elif one.plan != plan:
            last = Standing(need, "void", f"the plan was {one.plan[:12]} when it was approved, and is {plan[:12]}", one)
        elif one.files != files:
            last = Standing(need, "void", "a file that the plan names has changed since it was approved", one)
        elif one.expired(day):
            last = Standing(need, "expired", f"it counted until {one.expires}", one)
        else:
            return Standing(need, "given", f"by {one.by} on {one.at}", one)
    return last
