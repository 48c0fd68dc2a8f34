"""`docs/drills.md`: every family, and what operators come to that always do one thing. `make drills` writes it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sandbox.base.digest import canonical, fingerprint
from sandbox.drill.bots import BOTS, means
from sandbox.drill.curriculum import in_order
from sandbox.drill.family import Family, families
from sandbox.report.debrief.exercise import ORACLE
from sandbox.scenario.read import read_plan

SEED, BUDGET = 100, 10

HEAD = """# Drills

A drill deals a hidden case of a family. The title and the briefing give nothing away; which case it is, when it
strikes, how hard and whom is drawn from a seed that nobody knows, and told in the debrief. Below are the families in
the order of the curriculum, and what operators come to who always do the same, whatever they see: on average over the
cases of a family, each as often as it is dealt, one seed a case. Of a hundred points 60 are for the decision, 20 for
the diagnosis, 20 for the process. Each bot acknowledges what it is told at once and names one cause every time; the
oracle is the best script that was found for that day, and alone knows what to say. Who looks before acting can beat
every bot; who does not cannot.
"""


def page(found: Sequence[Family]) -> str:
    """The page, measured."""
    table = {family.name: means(family, seed=SEED, budget=BUDGET) for family in found}
    return "\n".join([HEAD, *_families(found), *_table(found, table), *_made_of(found)])


def made_of(found: Sequence[Family]) -> str:
    """A fingerprint of the families that the page was measured on."""
    return fingerprint(canonical({family.name: family.plan.text for family in found}))[:16]


def bundled() -> list[Family]:
    """The families beside this package, in the order of the curriculum."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    folder = inside if inside.is_dir() else package.parent / "scenarios"
    return in_order([Family.of(read_plan(path)) for path in families(folder)])


def _families(found: Sequence[Family]) -> Iterator[str]:
    yield from ("| family | level | title | teaches | cases |", "|---|--:|---|---|--:|")
    for one in found:
        yield f"| `{one.name}` | {one.table.level} | {one.title} | {one.table.teaches} | {len(one.table.cases)} |"
    yield ""


def _table(found: Sequence[Family], table: dict[str, dict[str, float]]) -> Iterator[str]:
    names = [bot.name for bot in BOTS] + [ORACLE]
    yield f"| family | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for one in found:
        yield f"| `{one.name}` | {' | '.join(f'{table[one.name][name]:.0f}' for name in names)} |"
    over = {name: sum(row[name] for row in table.values()) / len(table) for name in names}
    yield f"| **all** | {' | '.join(f'**{over[name]:.0f}**' for name in names)} |"
    yield ""


def _made_of(found: Sequence[Family]) -> Iterator[str]:
    yield f"Measured on families {made_of(found)}; `make drills` measures anew."
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page(bundled()))
