"""What is wrong with scenarios that were not flown, as CI reads it: the same three forms as their flights."""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from sandbox.report.render.github import annotation
from sandbox.report.render.json import SCHEMA_VERSION


class Refusal(NamedTuple):
    """One mistake: its file and line (0: none is known), and what it says."""

    file: str
    line: int
    message: str


def _github(refusals: Sequence[Refusal]) -> str:
    lines = (annotation("error", one.message, file=one.file, line=one.line or None) for one in refusals)
    return "".join(f"{line}\n" for line in lines)


def _junit(refusals: Sequence[Refusal]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="greenroom" tests="{len(refusals)}" failures="0" errors="{len(refusals)}" skipped="0">',
    ]
    for one in refusals:
        place = f"{one.file}:{one.line}" if one.line else one.file
        lines += [
            f'  <testsuite name={quoteattr(one.file)} tests="1" failures="0" errors="1" skipped="0">',
            f'    <testcase name="is valid" classname={quoteattr(one.file)}>',
            f"      <error message={quoteattr(one.message)}>{escape(place)}: {escape(one.message)}</error>",
            "    </testcase>",
            "  </testsuite>",
        ]
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _json(refusals: Sequence[Refusal]) -> str:
    said = [one._asdict() for one in refusals]
    return json.dumps({"schema_version": SCHEMA_VERSION, "refused": said}, indent=2, ensure_ascii=False) + "\n"


REFUSED: dict[str, Callable[[Sequence[Refusal]], str]] = {"github": _github, "junit": _junit, "json": _json}
"""The formats in which a refusal is an artefact; in the others stderr says it."""
