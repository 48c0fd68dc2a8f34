"""One question to a store, which can read the store's runs and do nothing else."""

import glob
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.record.catalogue import WAIT, up_to_date
from sandbox.record.errors import StoreError, first_line
from sandbox.record.folder import Folder
from sandbox.record.studies import parts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Answer = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Names of columns, and rows."""

_PARTS = {"windows": "windows.parquet", "truth": "truth.parquet", "requests": "requests-*.parquet"}


def query(folder: Folder, text: str, *, wait: float = WAIT) -> Answer:
    """The answer to one SELECT over runs, windows, journal, judgements, decisions, commands, truth, requests, flights.

    Raises StoreError where the text is anything else, or cannot be answered.
    """
    import duckdb

    only_select(text)
    with up_to_date(folder, wait=wait) as connection:
        try:
            _make_views(folder, connection, text)
            _lock_down(folder, connection)
            connection.execute(text)
            columns = tuple(str(column[0]) for column in connection.description or ())
            return columns, connection.fetchall()
        except duckdb.Error as error:
            if "checksum" in str(error) or str(folder.catalogue) in str(error):
                raise
            raise StoreError(f"sql: {_plain(error)}") from error


def only_select(text: str) -> None:
    """Raise StoreError unless the text is exactly one SELECT (WITH … SELECT counts as one)."""
    import duckdb

    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise StoreError(f"sql: {_plain(error)}") from error
    if len(statements) != 1:
        raise StoreError(f"sql: one SELECT is answered at a time, not {len(statements)} statements")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise StoreError(f"sql: a store is only read here; SELECT is answered, {kind.name} is not")


def _lock_down(folder: Folder, connection: "DuckDBPyConnection") -> None:
    """From here on only landed runs can be read, nothing can be written, and none of that can be undone."""
    places = [f"{place.resolve()}/" for place in (folder.runs, folder.studies)]
    allowed = ", ".join(_quoted(one) for place in places for one in (place, glob.escape(place)))
    connection.execute(f"SET allowed_directories = [{allowed}]")
    for option in ("python_enable_replacements", "autoinstall_known_extensions", "autoload_known_extensions"):
        connection.execute(f"SET {option} = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _make_views(folder: Folder, connection: "DuckDBPyConnection", text: str) -> None:
    """Make those views over parts that the question names."""
    templates = _templates()
    for name, pattern in _PARTS.items():
        if not re.search(rf"\b{name}\b", text, re.IGNORECASE):
            continue
        files = _files(folder, connection, pattern)
        listed = "[" + ", ".join(files) + "]"
        template = templates[f"view {name}"].replace("$FILES", listed) if files else templates[f"empty {name}"]
        connection.execute(f"CREATE TEMP VIEW {name} AS {template}")
    if re.search(r"\bflights\b", text, re.IGNORECASE):
        listed = ", ".join(_quoted(glob.escape(str(part.resolve()))) for part in parts(folder))
        template = templates["view flights"].replace("$FILES", f"[{listed}]") if listed else templates["empty flights"]
        connection.execute(f"CREATE TEMP VIEW flights AS {template}")


def _files(folder: Folder, connection: "DuckDBPyConnection", pattern: str) -> list[str]:
    """The parts of all runs in the catalogue that go by this name, as DuckDB is told of them."""
    rows = connection.execute("SELECT run, part FROM parts WHERE part GLOB ? ORDER BY run, part", [pattern]).fetchall()
    paths = [folder.runs.resolve() / run / part for run, part in rows]
    return [_quoted(glob.escape(str(path))) for path in paths if path.exists()]


def _templates() -> dict[str, str]:
    text = Path(__file__).with_name("views.sql").read_text()
    pieces = re.split(r"^-- ((?:view|empty) \w+)\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(error: Exception) -> str:
    """DuckDB's message without its class, in one line."""
    line = re.sub(r"^[\w ]+ Error: ", "", first_line(error))
    return line[:1].lower() + line[1:]
