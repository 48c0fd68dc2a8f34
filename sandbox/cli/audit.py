"""`greenroom audit`: is a run what was flown, who decided what on which evidence, and what is behind one prediction?"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli.again import flying_again
from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.base.flight import Flight
    from sandbox.lab.retrace import Retraced
    from sandbox.record.audit import Audit
    from sandbox.record.store import Store
    from sandbox.report.answerable import Answerable
    from sandbox.report.render.style import Style


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "audit", act=audit,
        says="verify a run to the last byte, and say who decided what on which evidence: exit 0 if it is what was "
        "flown, else 1",
        more="greenroom audit last\ngreenroom audit last --request 4711\n"
        "greenroom audit last --again        fly it again; where it differs, name the entry\n\n"
        "#12 is entry 12 of the run's journal, from 0; people are told by name where this store knows one",
    )
    parser.add_argument("run", metavar="RUN", help='a run of `greenroom history`, a beginning of one, or "last"')
    parser.add_argument("--digest", metavar="HEX", type=_hex, help="the digest that you noted from a report; the chain "
                        "must lead to it")
    parser.add_argument("--request", type=int, metavar="N", help="trace the request with this number (seq in "
                        "`greenroom sql`): its input, features, model, data and policy")
    parser.add_argument("--again", action="store_true", help="fly it again and compare entry by entry; a request that "
                        "was not kept is made anew")
    parser.add_argument("--file", type=Path, help="with --again: where its scenario is now, if not where it was")
    parser.add_argument("--trust", action="store_true", help="let the scenario run its own Python code, this once")
    parser.add_argument("--output", choices=("text", "json"), default="text", help="form (default text)")
    add_color(parser)
    add_store(parser)


def _hex(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8,64}…?", text):
        raise argparse.ArgumentTypeError(f"{text} is no digest; note at least 8 of its digits")
    return text


def audit(arguments: argparse.Namespace) -> int:
    """Look, then tell."""
    from sandbox.record.audit import Audit, Check
    from sandbox.record.audit import audit as audited

    store = open_store(arguments)
    found = audited(store, _run(store, arguments.run), digest=arguments.digest or "")
    again = _again(arguments, found.flight) if arguments.again and found.flight is not None else None
    if again is not None:
        found = Audit(found.run, (*found.checks, Check("again", *_same(again))), found.flight)
    traced = {} if arguments.request is None else _traced(arguments, store, found, again)
    tell = _json if arguments.output == "json" else _text
    tell(found, store, traced)
    return ExitCode.MET if found.passed else ExitCode.MISSED


def _run(store: "Store", name: str) -> str:
    from sandbox.record.errors import StoreError
    from sandbox.record.history import find

    try:
        return find(store, name)
    except StoreError as error:
        raise UsageError(str(error)) from None


def _again(arguments: argparse.Namespace, flight: "Flight") -> "Retraced":
    from sandbox.cli.rerun import plan_here
    from sandbox.lab.retrace import retrace

    plan, _ = plan_here(flight.header, file=arguments.file, trusting=arguments.trust)
    with flying_again() as told:
        return retrace(flight, plan, seq=arguments.request, watch=told)


def _same(again: "Retraced") -> tuple[bool, str]:
    if again.differs_at is None:
        return True, f"flown again it comes to digest {again.digest[:12]}, entry by entry"
    first = f"the first entry that differs is #{again.differs_at}"
    return False, f"flown again it comes to digest {again.digest[:12]}; {first}"


def _traced(
    arguments: argparse.Namespace, store: "Store", found: "Audit", again: "Retraced | None"
) -> dict[str, str]:
    """What stands behind a request, from the record or, flown again, from the world."""
    from sandbox.record.kept import kept_request
    from sandbox.record.people import People, store_key
    from sandbox.report.trace import trace

    if found.flight is None:
        return {}
    if again is not None:
        row: Mapping[str, Any] | None = again.request
        if row is not None:
            import numpy as np

            people = People(store_key(store))
            row = {**row, "user": int(people.pseudonyms(np.array([row["user"]], dtype=np.int32))[0])}
    else:
        row = kept_request(store, found.run, seq=arguments.request)
    if row is None:
        kept = "there is none" if again is not None else "it was not kept; --again flies the run again and finds it"
        raise UsageError(f"no request {arguments.request} in {found.run}: {kept}")
    return dict(trace(found.flight, row))


def _text(found: "Audit", store: "Store", traced: Mapping[str, str]) -> None:
    style = style_of(sys.stdout)
    marks = {True: style.paint("✓", "green"), False: style.paint("✗", "red")}
    lines = [style.quote(found.run)]
    lines += [f"  {marks[one.passed]} {one.what:<8} {style.quote(one.said)}" for one in found.checks]
    if traced:
        lines += ["", *(
            f"  {what:<12} {style.quote(_named(said, store))}" for what, said in traced.items()
        )]
    elif found.flight is not None:
        lines += ["", *_decided(found.flight, store, style)]
    verdict = "it is what was flown" if found.passed else "it is NOT what was flown"
    say(style.spell("\n".join([*lines, "", f"{found.run}: {verdict}"])))


def _decided(flight: "Flight", store: "Store", style: "Style") -> Iterator[str]:
    from sandbox.base.clock import clock
    from sandbox.report.answerable import answerable

    for one in answerable(flight):
        head = f"  {clock(one.at):<8} #{one.entry:<6} {_who(one, store)}: {one.what}"
        yield style.quote(f"{head}, {'because ' * (one.kind == 'decision')}{one.because}")
        for piece in one.evidence:
            yield style.quote(f"  {'':8} {'':7} · {_named(piece.said, store)} (#{piece.entry})")


def _who(one: "Answerable", store: "Store") -> str:
    return _named(one.who, store)


def _named(text: str, store: "Store") -> str:
    """The text with each pseudonym told by name, where this store knows it."""
    from sandbox.record.names import PSEUDONYM, names

    known = names(store)
    return PSEUDONYM.sub(lambda one: f"{known[one[0]]} ({one[0]})" if one[0] in known else one[0], text)


def _json(found: "Audit", store: "Store", traced: Mapping[str, str]) -> None:
    from dataclasses import asdict

    from sandbox.report.answerable import answerable

    decided = [] if found.flight is None else [asdict(one) for one in answerable(found.flight)]
    say(json.dumps({
        "run": found.run, "passed": found.passed, "checks": [asdict(one) for one in found.checks],
        "decided": decided, "request": dict(traced),
    }, indent=1, ensure_ascii=False))
