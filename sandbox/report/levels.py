"""How a gate judges, as its plan has it: its test, and how small a p must be to settle anything."""

import re
from typing import Any

from sandbox.base.units import parse_share
from sandbox.report.decisions import Said

_P = re.compile(r"\bp (?:<|\d)")


def rule(one: Said, plan: dict[str, Any]) -> list[str]:
    """The test and its alpha, where that is worth knowing: always-valid, α 5%."""
    table = _table(one, plan)
    return [str(table["test"]), f"α {table['alpha']}"] if "test" in table else []


def needed(one: Said, plan: dict[str, Any]) -> str:
    """How small a p passes or fails the gate where it tells one: its part of alpha, which gates that compare and decide
    share.
    """
    table = _table(one, plan)
    if table.get("test") != "always-valid" or not _P.search(one.because):
        return ""
    shared = plan.get("judgement", {}).get("correction", "bonferroni") != "none" and not table.get("dry_run")
    sharers = sum("test" in other and not other.get("dry_run") for other in plan.get("gates", []))
    return f"needs p ≤ {parse_share(table['alpha']) / (max(1, sharers) if shared else 1):.3g}"


def _table(one: Said, plan: dict[str, Any]) -> dict[str, Any]:
    """The gate's own table; nothing where the plan has none, as of a gate that a halt makes."""
    tables = [table for table in plan.get("gates", []) if table.get("kind") == one.kind]
    mine = [table for table in tables if table.get("name") == one.gate]
    mine = mine or [table for table in tables if not table.get("name") and one.gate.startswith(table["metric"])]
    return mine[0] if mine else {}
