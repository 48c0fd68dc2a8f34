"""`greenroom plan`: a plan is reviewed, approved role by role, and CI sees how it stands."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli.approved import inputs, standing, step_title
from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.ruled import findings
from sandbox.cli.scenarios import find, load, without_approvals
from sandbox.cli.signing import add_signing
from sandbox.cli.terminal import say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.scenario.approvals import Standing
    from sandbox.scenario.plan import Plan


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
    add_signing(kinds)
    status = declare(
        kinds, "status", says="say which approvals are given: exit 0 where none is out, else 4", act=show_status,
        more="with --policy, exit 3 where a plan, or an approval of it, breaks a rule of the organisation",
    )
    status.add_argument("files", nargs="+", metavar="FILE", help="a scenario file, or the stem of a bundled one")
    status.add_argument("--policy", type=Path, metavar="FILE", help="the rules of the organisation to hold them to")
    status.add_argument("--output", choices=("text", "json"), default="text", help="form (default text)")


def _which(_: argparse.Namespace) -> int:
    raise UsageError("plan what? review, approve, withdraw or status; `greenroom plan --help`")


def review_plan(arguments: argparse.Namespace) -> int:
    """Print the sheet."""
    from sandbox.cli.review import sheet

    path = find(arguments.file)
    plan = load(path)
    broken = findings(plan, arguments.policy)
    style = style_of(sys.stdout)
    lines = sheet(plan, stands=standing(plan, scenario=path, inputs=inputs(plan)), breaks=broken)
    say(style.spell("\n".join(style.quote(line) for line in lines)))
    return ExitCode.INVALID if broken else ExitCode.MET


def show_status(arguments: argparse.Namespace) -> int:
    """One line an approval, of every file."""
    told = [_told(name, arguments.policy) for name in without_approvals(arguments.files)]
    if arguments.output == "json":
        say(json.dumps([_as_json(one) for one in told], indent=1, ensure_ascii=False))
    else:
        style = style_of(sys.stdout)
        lines = [line for one in told for line in _lines(one)]
        say(style.spell("\n".join(style.quote(line) for line in lines)))
    if any(one.breaks for one in told):
        return ExitCode.INVALID
    out = any(need.state != "given" and not need.need.by_itself for one in told for need in one.stands)
    return ExitCode.INCONCLUSIVE if out else ExitCode.MET


@dataclass(frozen=True)
class _Told:
    """A plan by the name it was asked for, how its approvals stand, and which rules it breaks with them."""

    name: str
    plan: "Plan"
    stands: "list[Standing]"
    breaks: list[str]


def _told(name: str, policy: Path | None) -> _Told:
    path = find(name)
    plan = load(path)
    return _Told(name, plan, standing(plan, scenario=path, inputs=inputs(plan)), findings(plan, policy))


def _lines(told: _Told) -> Iterator[str]:
    yield f"{told.name}   plan {told.plan.hash[:12]}…"
    yield from (_line(told.plan, one) for one in told.stands)
    if not told.stands:
        yield "  waits for nobody's approval"
    yield from (f"  breaks  {line}" for line in told.breaks)


def _as_json(told: _Told) -> dict[str, Any]:
    approvals = [
        {
            "role": one.need.role, "step": one.need.step, "title": step_title(told.plan, one.need.step),
            "state": one.state, "because": one.because, "by_itself": one.need.by_itself,
            "signature": None if one.signature is None else one.signature.model_dump(mode="json"),
        }
        for one in told.stands
    ]
    return {"file": told.name, "plan": told.plan.hash, "approvals": approvals, "breaks": told.breaks}


def _line(plan: "Plan", one: "Standing") -> str:
    state, because = one.state, one.because
    if one.need.by_itself and state != "given":
        state, because = "given", "by itself, some time after it is asked for"
    until = "" if one.signature is None or one.signature.expires is None else f", until {one.signature.expires}"
    tail = until if one.state == "given" else ""
    title = step_title(plan, one.need.step)
    return f"  {one.need.role:<14} step {one.need.step:<2} {title:<18} {state:<9} {because}{tail}".rstrip()
