"""A page as text for a terminal, as Markdown, as JSON, and as one HTML file that needs nothing beside it."""

import html as web
import json as codec
from collections.abc import Iterator
from typing import Any

from sandbox.report.charts import svg
from sandbox.report.page import Block, Bullets, Check, Page, Section, Table
from sandbox.report.render.json import finite
from sandbox.report.render.style import Style

MARKS = {"met": ("✓", "green"), "missed": ("✗", "red"), "inconclusive": ("?", "yellow")}
SCHEMA_VERSION = 1


def as_json(page: Page) -> str:
    """What a program reads: sorted keys, no wall clock, NaN as null."""
    whole: dict[str, Any] = finite({
        "schema_version": SCHEMA_VERSION, "kind": page.kind, "title": page.title,
        "exit_code": None if page.exit_code is None else int(page.exit_code), "of": page.of,
        "repeat": page.repeat,
        "checks": [_check(one) for one in page.blocks if isinstance(one, Check)], **page.data,
    })
    return codec.dumps(whole, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _check(one: Check) -> dict[str, str]:
    return {"name": one.name, "want": one.want, "got": one.got, "state": one.state}


# For a terminal.


def as_text(page: Page, *, style: Style | None = None) -> str:
    """For a terminal: no charts."""
    style = style or Style()
    lines = [style.paint(style.quote(page.title), "bold"), style.quote(page.lead)]
    for section in page.sections:
        said = [line for block in section.blocks for line in _in_text(block, style)]
        if said:
            lines += ["", style.paint(style.quote(section.title), "bold"), *said]
    of = f"of: {style.quote(page.of)}" if page.of else ""
    lines += ["", *filter(None, [page.verdict, of]), f"repeat: {style.quote(page.repeat)}"]
    return style.spell("\n".join(lines) + "\n")


def _in_text(block: Block, style: Style) -> Iterator[str]:
    if isinstance(block, str):
        yield f" {style.quote(block)}"
    elif isinstance(block, Bullets):
        yield from (f" - {style.quote(item)}" for item in block.items)
    elif isinstance(block, Check):
        mark, colour = MARKS[block.state]
        said = f"{block.name} {block.want}: {block.got}"
        yield f" {style.paint(mark, colour)} {style.quote(said)}"
    elif isinstance(block, Table):
        yield from _columns(block, style)


def _columns(table: Table, style: Style) -> Iterator[str]:
    cells = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(table.columns))]
    for number, row in enumerate(cells):
        placed = (
            cell.ljust(width) if place < table.words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        line = style.quote(f" {'  '.join(placed)}".rstrip())
        yield style.paint(line, "dim") if number == 0 else line
    if table.note:
        yield style.paint(f" {style.quote(table.note)}", "dim")


# As Markdown.


def as_markdown(page: Page) -> str:
    """For a pull request or a wiki: tables, no charts."""
    lines = [f"# {_cell(page.title)}", "", _cell(page.lead), ""]
    if page.verdict:
        verdict, code, number = page.verdict.partition(" (exit ")
        lines += [f"**greenroom: {_cell(verdict)}**{code}{number}", ""]
    for section in page.sections:
        said = [line for block in section.blocks for line in _in_markdown(block)]
        if said:
            lines += [f"## {_cell(section.title)}", "", *said]
    of = [f"Of {_cell(page.of)}.", ""] if page.of else []
    return "\n".join([*lines, *of, "```sh", page.repeat, "```"]) + "\n"


def _in_markdown(block: Block) -> Iterator[str]:
    if isinstance(block, str):
        yield from (_cell(block), "")
    elif isinstance(block, Bullets):
        yield from (*(f"- {_cell(item)}" for item in block.items), "")
    elif isinstance(block, Check):
        yield from (f"- {MARKS[block.state][0]} {_cell(block.name)} {_cell(block.want)}: {_cell(block.got)}", "")
    elif isinstance(block, Table):
        rule = ["---" if place < block.words else "--:" for place in range(len(block.columns))]
        yield f"| {' | '.join(map(_cell, block.columns))} |"
        yield f"|{'|'.join(rule)}|"
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in block.rows)
        yield ""
        if block.note:
            yield from (_cell(block.note), "")


def _cell(text: str) -> str:
    """Text that cannot break out of a table's cell or a tag."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|")
    return " ".join(safe.split())


# As one file of HTML.

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a202c; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: right; border-bottom: 1px solid #e2e8f0; vertical-align: top; }
th { color: #4a5568; font-weight: 600; } .word { text-align: left; }
.wide { overflow-x: auto; } .note { color: #4a5568; font-size: .85rem; } svg { width: 100%; height: auto; }
.verdict { padding: .5rem .8rem; border-left: 4px solid #718096; background: #f7fafc; }
.met { color: #276749; } .missed { color: #c53030; } .inconclusive { color: #975a16; }
.verdict.met { border-color: #38a169; } .verdict.missed { border-color: #e53e3e; }
ul { list-style: none; padding: 0; }
.dash { list-style: disc; padding-left: 1.2rem; }
pre { background: #f7fafc; padding: .6rem .8rem; white-space: pre-wrap; }
"""
_STATES = {0: "met", 1: "missed", 4: "inconclusive", 6: "missed"}


def as_html(page: Page) -> str:
    """One file: styles and charts inside, nothing fetched, no script; raises ChartError."""
    state = "" if page.exit_code is None else _STATES.get(int(page.exit_code), "")
    verdict = f'<p class="verdict {state}">{web.escape(page.verdict)}</p>' if page.verdict else ""
    parts = [
        "<!doctype html>", '<html lang="en">', '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{web.escape(page.title)}</title>", f"<style>{STYLE}</style></head>", "<body>",
        f"<h1>{web.escape(page.title)}</h1>", f"<p>{web.escape(page.lead)}</p>",
        *filter(None, [verdict]),
    ]
    for section in page.sections:
        parts += _section(section)
    of = [f"<p>Of {web.escape(page.of)}.</p>"] if page.of else []
    parts += ["<h2>Make it again</h2>", *of, f"<pre>{web.escape(page.repeat)}</pre>", "</body></html>"]
    return "\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{web.escape(section.title)}</h2>"
    for block in section.blocks:
        if isinstance(block, str):
            yield f"<p>{web.escape(block)}</p>"
        elif isinstance(block, Bullets):
            yield f"<ul class=dash>{''.join(f'<li>{web.escape(item)}</li>' for item in block.items)}</ul>"
        elif isinstance(block, Check):
            said = f"{MARKS[block.state][0]} {block.name} {block.want}: {block.got}"
            yield f'<p class="{block.state}">{web.escape(said)}</p>'
        elif isinstance(block, Table):
            yield from _table(block)
        else:
            yield f"<figure>{svg(block)}</figure>"


def _table(table: Table) -> Iterator[str]:
    def row(cells: tuple[str, ...], tag: str) -> str:
        marked = (
            f'<{tag}{" class=word" if place < table.words else ""}>{web.escape(cell)}</{tag}>'
            for place, cell in enumerate(cells)
        )
        return f"<tr>{''.join(marked)}</tr>"

    yield '<div class="wide"><table>'
    yield f"<thead>{row(table.columns, 'th')}</thead><tbody>"
    yield from (row(cells, "td") for cells in table.rows)
    yield "</tbody></table></div>"
    if table.note:
        yield f'<p class="note">{web.escape(table.note)}</p>'
