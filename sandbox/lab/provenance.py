"""Which plan a study flew, so that a page can be tied to a file."""

from pathlib import Path

from sandbox import __version__
from sandbox.base.digest import fingerprint
from sandbox.scenario.plan import Plan

DIGITS = 16
"""Of the hash: no two plans of a team share so many."""


def provenance(*plans: Plan) -> str:
    """Each plan's file with the begin of the SHA-256 of its text, and who tells it."""
    files = (
        f"{Path(plan.source or plan.name).name} (sha256 {fingerprint(plan.text.encode())[:DIGITS]}…)" for plan in plans
    )
    return f"{', '.join(files)}, told by greenroom {__version__}"
