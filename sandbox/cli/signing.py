"""`greenroom plan approve` and `plan withdraw`: one more entry in the file of approvals beside a plan."""

import argparse
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.approved import inputs, step_title
from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.ruled import findings
from sandbox.cli.scenarios import load
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import OutputError, note, say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.scenario.approvals import Signature
    from sandbox.scenario.plan import Plan

_HEAD = """\
# Approvals of {name}, written by `greenroom plan approve`. Keep this file in version control, beside the plan.
# Each counts for the text of the plan that its hash names, and for no other; people stand here by pseudonym.
format = 1
"""


def add_signing(kinds: Commands) -> None:
    """Declare both commands."""
    parser = declare(
        kinds, "approve", says="approve a plan as it stands, in NAME.approvals.toml beside it", act=approve,
        more="what is approved is the hash of the plan and of the files it names; a changed plan needs it anew;\n"
        "who approves the same once more, in the same role, replaces what they said before",
    )
    _add_who(parser)
    parser.add_argument("--expires", metavar="DAY", help='the last day it counts, as "2026-12-31", or "90d" from today')
    parser.add_argument("--plan", default="", metavar="HASH", help="the plan you reviewed, as `review` printed it; "
                        "refused where the file is another by now")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="refuse where the plan with this approval would "
                        "break the organisation's rules: exit 3")
    add_store(parser)
    parser = declare(
        kinds, "withdraw", says="take an approval back; the file keeps both", act=withdraw,
        more="whatever text it was of; who approves again afterwards has approved",
    )
    _add_who(parser)
    add_store(parser)


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a scenario file")
    parser.add_argument("--as", dest="role", required=True, metavar="ROLE", help="the role that approves")
    parser.add_argument("--by", required=True, metavar="NAME", help="who you are; the file gets your pseudonym, and "
                        "your name stays in your own store")
    parser.add_argument("--step", type=int, action="append", metavar="N", help="this step only (1 is the begin); may "
                        "be said more than once; all of the role unless said")
    parser.add_argument("--note", default="", metavar="TEXT", help="what there is to say about it")


def approve(arguments: argparse.Namespace) -> int:
    """Add one signature to the file beside the plan, unless the plan with it would break a rule."""
    path = Path(arguments.file)
    plan = load(path)
    steps = _steps(plan, role=arguments.role, only=arguments.step)
    expires = _expiry(arguments.expires)
    if not plan.hash.startswith(arguments.plan.rstrip("…")):
        raise UsageError(f"{path} is plan {plan.hash[:12]}, not {arguments.plan}, which you reviewed; review it anew")
    signature = _signature(plan, arguments, steps=steps, expires=expires)
    broken = findings(_with(plan, signature, scenario=path), arguments.policy)
    if broken:
        many = "s" if len(broken) > 1 else ""
        note("\n".join(broken))
        note(f"{path} with this approval breaks {len(broken)} rule{many} of {arguments.policy}; nothing was approved")
        return ExitCode.INVALID
    signature = signature.model_copy(update={"by": _named(arguments)})
    file = _write(path, signature)
    say(f"{arguments.role} approves {_spelt(plan, steps)} of {path}, plan {plan.hash[:12]}…, as {signature.by}; "
        f"commit {file}")
    return ExitCode.MET


def withdraw(arguments: argparse.Namespace) -> int:
    """Add the word that an approval counts no more."""
    from sandbox.scenario.read import read_approvals

    path = Path(arguments.file)
    plan = load(path)
    by = _known(arguments)
    mine = [one for one in read_approvals(path) if one.role == arguments.role and one.by == by]
    given = sorted({step for one in mine for step in one.steps})
    if not given:
        raise UsageError(f"{arguments.by} has approved nothing of {path} as {arguments.role}; "
                         f"`greenroom plan status {path}` tells who has")
    _among(arguments.step, given, because=f"was not approved by {arguments.by} as {arguments.role}", but="was")
    steps = sorted(set(arguments.step or given))
    signature = _signature(plan, arguments, steps=steps, expires=None).model_copy(update={"withdrawn": True})
    file = _write(path, signature)
    say(f"{arguments.role} takes back the approval of {_spelt(plan, steps)} of {path}, as {by}; commit {file}")
    return ExitCode.MET


def _spelt(plan: "Plan", steps: list[int]) -> str:
    titles = ", ".join(f"{step} ({step_title(plan, step)})" for step in steps)
    return f"step{'s' if len(steps) > 1 else ''} {titles}"


def _signature(plan: "Plan", arguments: argparse.Namespace, *, steps: list[int], expires: date | None) -> "Signature":
    from sandbox.scenario.approvals import NOBODY, Signature, files_hash, today

    return Signature(
        role=arguments.role, steps=steps, plan=plan.hash, files=files_hash(inputs(plan)),
        by=_known(arguments) or NOBODY, at=today(), expires=expires, note=arguments.note,
    )


def _with(plan: "Plan", signature: "Signature", *, scenario: Path) -> "Plan":
    """The plan as it would be once the signature is on file."""
    from sandbox.scenario.approvals import today, valid
    from sandbox.scenario.read import read_approvals

    return replace(plan, approvals=valid((*read_approvals(scenario), signature), plan=plan.hash, day=today()))


def _known(arguments: argparse.Namespace) -> str | None:
    """Whose pseudonym somebody has already; asking gives nobody one."""
    from sandbox.record.names import known_as

    return known_as(open_store(arguments), arguments.by)


def _named(arguments: argparse.Namespace) -> str:
    """The pseudonym of who approves, drawn at first use; raises UsageError."""
    from sandbox.record.errors import StoreError
    from sandbox.record.names import pseudonym

    try:
        return pseudonym(open_store(arguments), arguments.by)
    except StoreError as error:
        raise UsageError(f"--by: {error}") from None


def _steps(plan: "Plan", *, role: str, only: list[int] | None) -> list[int]:
    from sandbox.scenario.approvals import needs

    asked = list(needs(plan.document))
    mine = list(dict.fromkeys(one.step for one in asked if one.role == role))
    if not mine:
        roles = ", ".join(dict.fromkeys(one.role for one in asked))
        who = f"it waits for {roles}" if roles else "it waits for nobody's; name roles in [plan] approvals"
        raise UsageError(f'{plan.source} does not wait for the approval of "{role}"; {who}')
    _among(only, mine, because=f"does not wait for {role}", but="would")
    return sorted(set(only or mine))


def _among(only: list[int] | None, steps: list[int], *, because: str, but: str) -> None:
    for step in only or ():
        if step not in steps:
            raise UsageError(f"--step {step} {because}; {', '.join(map(str, steps))} {but}")


def _expiry(text: str | None) -> date | None:
    from sandbox.scenario.approvals import parse_day, today

    if text is None:
        return None
    if (days := re.fullmatch(r"(\d{1,4})d", text)) is not None:
        return today() + timedelta(days=int(days[1]))
    try:
        day = parse_day(text)
    except ValueError as error:
        raise UsageError(f'--expires {error}, or as "90d"') from None
    if day < today():
        raise UsageError(f"--expires {day} is over; name a day to come")
    return day


def _write(scenario: Path, signature: "Signature") -> Path:
    """Add a signature to the file, which is made where it is missing."""
    from sandbox.scenario.approvals import beside
    from sandbox.scenario.toml import toml

    file = beside(scenario)
    said = signature.model_dump(mode="json", exclude_defaults=True)
    try:
        new = not file.exists()
        with file.open("a", encoding="utf-8") as out:
            out.write((_HEAD.format(name=scenario.name) if new else "") + toml({"approvals": [said]}))
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror}") from None
    return file
