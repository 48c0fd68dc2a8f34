"""`greenroom schema`: the JSON Schema of a scenario file, for editors."""

import argparse
import json

from sandbox.cli.commands import Commands, declare
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    declare(commands, "schema", says="print the JSON Schema of a scenario file", act=schema)


def schema(_: argparse.Namespace) -> int:
    """Print it."""
    from sandbox.scenario.document import Document
    from sandbox.scenario.schema import schema_of

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "greenroom scenario, format 1"}
    say(json.dumps(schema_of(Document) | head, indent=2, sort_keys=True, ensure_ascii=False))
    return ExitCode.MET
