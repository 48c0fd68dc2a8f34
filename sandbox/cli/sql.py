"""`greenroom sql`: one question to the store."""

import argparse
import csv
import io
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import say, style_of
from sandbox.report.exit_code import ExitCode

WIDEST = 60


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "sql", says="answer one SELECT over the runs in the store", act=sql,
        more='greenroom sql "SELECT run, outcome, harmed_users FROM runs"\n'
        'greenroom sql "SELECT step, gate, verdict, count(*) FROM judgements GROUP BY ALL"\n\n'
        "tables: runs (one row a flight), judgements, decisions, commands, journal (all entries), intervals (drift and "
        "faults, as they were true), windows (counts; cells names them), truth, requests (what [record] kept), flights "
        "(of certify and compare, one row a flight), parts (files and their hashes), about; "
        "`DESCRIBE SELECT * FROM runs` says the columns",
    )
    parser.add_argument("query", metavar="QUERY", help="one SELECT; nothing else is accepted")
    parser.add_argument("--output", choices=("table", "csv", "json"), default="table", help="form (default table)")
    add_store(parser)


def sql(arguments: argparse.Namespace) -> int:
    """Ask and print; a question that is wrong is a matter of usage, a store that is broken is not."""
    from sandbox.record.errors import StoreError
    from sandbox.record.sql import query

    try:
        columns, rows = query(open_store(arguments), arguments.query)
    except StoreError as error:
        if str(error).startswith("sql:"):
            raise UsageError(str(error)) from None
        raise
    say({"table": _table, "csv": _csv, "json": _json}[arguments.output](columns, rows))
    return ExitCode.MET


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    style = style_of(sys.stdout)
    cells = [[_cell(style.quote(_text(value))) for value in row] for row in rows]
    widths = [max(len(name), *(len(row[place]) for row in cells), 0) for place, name in enumerate(columns)]
    numeric = [all(_is_number(row[place]) for row in rows) and bool(rows) for place in range(len(columns))]
    lines = [_row(columns, widths, numeric), _row(["─" * width for width in widths], widths, numeric)]
    lines += [_row(row, widths, numeric) for row in cells]
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    return style.spell("\n".join([*lines, count]))


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    placed = zip(cells, widths, numeric, strict=True)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in placed).rstrip()


def _cell(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _text(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue()


def _json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    found = [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]
    return json.dumps(found, indent=1, ensure_ascii=False, default=str, allow_nan=False)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
