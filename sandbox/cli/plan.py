"""`greenroom plan`: a plan is reviewed, approved role by role, and CI sees how it stands."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli.approved import standing, step_title
from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import find, load, without_approvals
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import OutputError, note, say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.scenario.approvals import Signature, Standing
    from sandbox.scenario.plan import Plan

_HEAD = """\
# Approvals of {name}, written by `greenroom plan approve`. Keep this file in version control, beside the plan.
# Each counts for the text of the plan that its hash names, and for no other; people stand here by pseudonym.
format = 1
"""


def add(commands: Commands) -> None:
    """Declare the command and what it does."""
    parser = declare(
        commands, "plan", says="review a plan, approve it in a role, or say how its approvals stand", act=_which,
        more="greenroom plan review mine.toml\ngreenroom plan approve mine.toml --as risk --by 'Anna Meier'\n"
        "greenroom plan status mine.toml",
    )
    kinds = parser.add_subparsers(metavar="WHAT", title="what")
    review = declare(kinds, "review", says="print what those who approve a plan must know", act=review_plan)
    review.add_argument("file", metavar="FILE", help="a scenario file, or the stem of a bundled one")
    review.add_argument("--policy", type=Path, metavar="FILE", help="the rules of the organisation to hold it to")
    _add_approve(kinds)
    status = declare(
        kinds, "status", says="say which approvals are given: exit 0 where none is out, else 4", act=show_status
    )
    status.add_argument("files", nargs="+", metavar="FILE", help="a scenario file, or the stem of a bundled one")
    status.add_argument("--output", choices=("text", "json"), default="text", help="form (default text)")


def _add_approve(kinds: Commands) -> None:
    parser = declare(
        kinds, "approve", says="approve a plan as it stands, in NAME.approvals.toml beside it", act=approve,
        more="what is approved is the hash of the plan and of the files it names; a changed plan needs it anew",
    )
    parser.add_argument("file", metavar="FILE", help="a scenario file")
    parser.add_argument("--as", dest="role", required=True, metavar="ROLE", help="the role that approves")
    parser.add_argument("--by", required=True, metavar="NAME", help="who you are; the file gets your pseudonym, and "
                        "your name stays in your own store")
    parser.add_argument("--step", type=int, action="append", metavar="N", help="approve this step only (1 is the "
                        "begin); may be said more than once; all that wait for the role unless said")
    parser.add_argument("--expires", metavar="DAY", help='the last day it counts, as "2026-12-31", or "90d" from today')
    parser.add_argument("--note", default="", metavar="TEXT", help="what there is to say about it")
    parser.add_argument("--plan", default="", metavar="HASH", help="the plan you reviewed, as `review` printed it; "
                        "refused where the file is another by now")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="refuse where the organisation's rules are broken")
    add_store(parser)


def _which(_: argparse.Namespace) -> int:
    raise UsageError("plan what? review, approve or status; `greenroom plan --help`")


def review_plan(arguments: argparse.Namespace) -> int:
    """Print the sheet."""
    from sandbox.cli.review import sheet

    path = find(arguments.file)
    plan = load(path)
    findings = _findings(plan, arguments.policy)
    style = style_of(sys.stdout)
    lines = sheet(plan, stands=standing(plan, scenario=path, inputs=_inputs(plan)), breaks=findings)
    say(style.spell("\n".join(style.quote(line) for line in lines)))
    return ExitCode.INVALID if findings else ExitCode.MET


def show_status(arguments: argparse.Namespace) -> int:
    """One line an approval, of every file."""
    told = []
    for name in without_approvals(arguments.files):
        path = find(name)
        plan = load(path)
        told.append((name, plan, standing(plan, scenario=path, inputs=_inputs(plan))))
    if arguments.output == "json":
        say(json.dumps([_as_json(*one) for one in told], indent=1, ensure_ascii=False))
    else:
        style = style_of(sys.stdout)
        lines = [line for one in told for line in _lines(*one)]
        say(style.spell("\n".join(style.quote(line) for line in lines)))
    out = any(one.state != "given" and not one.need.by_itself for _, _, stands in told for one in stands)
    return ExitCode.INCONCLUSIVE if out else ExitCode.MET


def _lines(name: str, plan: "Plan", stands: "list[Standing]") -> Iterator[str]:
    yield f"{name}   plan {plan.hash[:12]}…"
    yield from (_line(plan, one) for one in stands)
    if not stands:
        yield "  waits for nobody's approval"


def _as_json(name: str, plan: "Plan", stands: "list[Standing]") -> dict[str, Any]:
    approvals = [
        {
            "role": one.need.role, "step": one.need.step, "title": step_title(plan, one.need.step), "state": one.state,
            "because": one.because, "by_itself": one.need.by_itself,
            "signature": None if one.signature is None else one.signature.model_dump(mode="json"),
        }
        for one in stands
    ]
    return {"file": name, "plan": plan.hash, "approvals": approvals}


def _line(plan: "Plan", one: "Standing") -> str:
    state, because = one.state, one.because
    if one.need.by_itself and state != "given":
        state, because = "given", "by itself, some time after it is asked for"
    until = "" if one.signature is None or one.signature.expires is None else f", until {one.signature.expires}"
    tail = until if one.state == "given" else ""
    title = step_title(plan, one.need.step)
    return f"  {one.need.role:<14} step {one.need.step:<2} {title:<18} {state:<8} {because}{tail}".rstrip()


def approve(arguments: argparse.Namespace) -> int:
    """Add one signature to the file beside the plan."""
    from sandbox.record.errors import StoreError
    from sandbox.record.names import pseudonym

    path = Path(arguments.file)
    plan = load(path)
    steps = _steps(plan, role=arguments.role, only=arguments.step)
    day = _expiry(arguments.expires)
    if not plan.hash.startswith(arguments.plan.rstrip("…")):
        raise UsageError(f"{path} is plan {plan.hash[:12]}, not {arguments.plan}, which you reviewed; review it anew")
    broken = _findings(plan, arguments.policy)
    if broken:
        note("\n".join(broken))
        raise UsageError(f"{path} breaks {len(broken)} of the rules in {arguments.policy}; nothing was approved")
    try:
        by = pseudonym(open_store(arguments), arguments.by)
    except StoreError as error:
        raise UsageError(f"--by: {error}") from None
    signature = _signature(plan, arguments, steps=steps, by=by, expires=day)
    file = _write(path, signature)
    titles = ", ".join(f"{step} ({step_title(plan, step)})" for step in steps)
    many = "s" if len(steps) > 1 else ""
    say(f"{arguments.role} approves step{many} {titles} of {path}, plan {plan.hash[:12]}…, as {by}; commit {file}")
    return ExitCode.MET


def _signature(
    plan: "Plan", arguments: argparse.Namespace, *, steps: list[int], by: str, expires: date | None
) -> "Signature":
    from sandbox.scenario.approvals import Signature, files_hash, today

    return Signature(
        role=arguments.role, steps=steps, plan=plan.hash, files=files_hash(_inputs(plan)), by=by, at=today(),
        expires=expires, note=arguments.note,
    )


def _steps(plan: "Plan", *, role: str, only: list[int] | None) -> list[int]:
    from sandbox.scenario.approvals import needs

    asked = list(needs(plan.document))
    mine = list(dict.fromkeys(one.step for one in asked if one.role == role))
    if not mine:
        roles = ", ".join(dict.fromkeys(one.role for one in asked))
        who = f"it waits for {roles}" if roles else "it waits for nobody's; name roles in [plan] approvals"
        raise UsageError(f'{plan.source} does not wait for the approval of "{role}"; {who}')
    for step in only or ():
        if step not in mine:
            raise UsageError(f"--step {step} does not wait for {role}; {', '.join(map(str, mine))} would")
    return sorted(set(only or mine))


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
    said = {name: value for name, value in signature.model_dump(mode="json").items() if value not in ("", None)}
    try:
        new = not file.exists()
        with file.open("a", encoding="utf-8") as out:
            out.write((_HEAD.format(name=scenario.name) if new else "") + toml({"approvals": [said]}))
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror}") from None
    return file


def _inputs(plan: "Plan") -> dict[str, str]:
    from sandbox.run.rig import inputs

    return inputs(plan)


def _findings(plan: "Plan", policy: Path | None) -> list[str]:
    """What of an organisation's rules the plan breaks, one line each."""
    if policy is None:
        return []
    from sandbox.cli.ruled import broken

    return broken(plan, policy)
