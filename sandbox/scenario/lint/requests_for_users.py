"""A test that counts requests where users were routed."""

from collections.abc import Iterator

from sandbox.decide.gates.comparing import Comparing
from sandbox.decide.gates.srm import Srm
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Gates with unit = "request": routing is sticky, so what one user asks goes to one arm and is not independent."""
    for index, gate in enumerate(prospect.document.gates):
        if isinstance(gate, (Comparing, Srm)) and gate.unit == "request" and not gate.dry_run:
            because = "users are routed, not requests; one heavy user counts many times, and equal models differ"
            yield ("gates", index, "unit"), because, 'leave it at "user"'


RULE = Rule("requests-for-users", "a test whose unit is not the one that was routed", look)
