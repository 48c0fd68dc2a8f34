"""An organisation's rules, as commands hold plans to them."""
from pathlib import Path

from sandbox.scenario.plan import Plan


def broken(plan: Plan, policy: Path) -> list[str]:
    """todo"""
    return []
