"""`greenroom schema`: the JSON Schema of a scenario file, for editors."""

import argparse
import json

from sandbox.cli.commands import Commands, declare
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode

FILES = ("scenario", "policy", "approvals")
"""The files that have a schema."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "schema", says="print the JSON Schema of a scenario file, a policy or a file of approvals", act=schema
    )
    parser.add_argument("what", nargs="?", choices=FILES, default="scenario", metavar="WHAT",
                        help="scenario (default), policy or approvals")


def schema(arguments: argparse.Namespace) -> int:
    """Print it."""
    from sandbox.base.spec import Spec
    from sandbox.scenario.approvals import ApprovalsFile
    from sandbox.scenario.document import Document
    from sandbox.scenario.house.tables import PolicyFile
    from sandbox.scenario.schema import schema_of

    specs: dict[str, type[Spec]] = {"scenario": Document, "policy": PolicyFile, "approvals": ApprovalsFile}
    title = f"greenroom {arguments.what}, format 1"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    say(json.dumps(schema_of(specs[arguments.what]) | head, indent=2, sort_keys=True, ensure_ascii=False))
    return ExitCode.MET
