"""`docs/drills.md`: every family, and what operators come to that always do one thing. `make drills` writes it."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sandbox.base.digest import canonical, fingerprint
from sandbox.drill.bots import BOTS, Mean, measured, over_all
from sandbox.drill.curriculum import in_order
from sandbox.drill.family import Family, families
from sandbox.report.debrief.exercise import ORACLE
from sandbox.scenario.read import read_plan

SEED, SEEDS, BUDGET = 100, 3, 10

HEAD = """# Drills

A drill deals a hidden case of a family. The title and the briefing give nothing away; which case it is, when it
strikes, how hard and whom is drawn from a seed that nobody knows, and told in the debrief. Below are the families in
the order of the curriculum, and what operators come to who always do the same, whatever they see: on average over the
cases of a family, each as often as it is dealt, {seeds} seeds a case, with the standard error that comes from the
seeds. Of a hundred points 60 are for the decision, 20 for the diagnosis, 20 for the process. Each bot acknowledges what
it is told at once and names one cause every time; "policy only" is the plan's own policy with nobody asked: what it
waits for is approved at once, so it differs from doing nothing where a plan waits for somebody. The oracle is the best
script that was found for that day, and alone knows what to say. Who looks before acting can beat every bot; who does
not cannot.
"""


OWN = """## Your own families

A family is a scenario with a `[drill]` table, in a file of yours. The scenario is the day on which all cases happen;
each case says what breaks (`faults`), what drifts (`drift`) and what else differs (`set`), and may leave values to the
deal: `{ between = ["3m", "6m"] }` draws one between two, `{ one_of = ["web", "app"] }` one of several. Title, briefing
and the names of alerts are read by whoever is to find out, so they give nothing away. In one case at least nothing has
to be done, or people learn to do it always. [scenario.md](scenario.md) has every key.

```toml
# checkout.toml
format = 1

[scenario]
title    = "The checkout model"
duration = "30m"

[traffic]
kind = "steady"
mean = "20/s"

[users]
count = 2000

[models.incumbent]
kind = "synthetic"
auc  = 0.78

[models.candidate]
kind = "synthetic"
auc  = 0.86

[ramp]
steps   = ["20%", "50%"]
bake    = "8m"
on_fail = "hold"

[[gates]]
kind   = "threshold"
metric = "failures.rate"
max    = "10%"

[[alerts]]
name     = "candidate fails"
expr     = "failures.rate{arm=candidate} > 3%"
severity = "page"

[notify]
to = "on-call"

# Whoever is escalated to comes after two minutes or so, or does not hear the phone.
[oncall]
kind = "human"

[oncall.others.lead]
acknowledge = { p50 = "2m", p99 = "6m" }
asleep      = "10%"

[lint]
allow = [{ rule = "nobody-rolls-back", reason = "People decide here: that is what is practised." }]

[drill]
briefing = "The checkout model goes out today. Its lead can be called."
teaches  = "to look before acting"
level    = 1
hints    = ["Does it last?"]

[[drill.cases]]
name   = "nothing"
weight = 2
faults = [{ kind = "none", at = "5m" }]
lesson = "Most releases are fine."

[[drill.cases]]
name   = "errors"
faults = [
    { kind = "errors", model = "candidate", at = { between = ["6m", "10m"] }, rate = { between = ["12%", "20%"] } },
]
hints  = ["Which of the two fails?"]
lesson = "It was the release, and it lasted."
```

`greenroom check checkout.toml` deals every case at the ends of its draws and names what is wrong in any of them;
`greenroom drill checkout.toml --script actions.toml` deals one, as do `--interactive` and, with `--case` and `--seed`,
an instructor. A curriculum of yours is the folder in which the families are, from the easy to the hard, or a file that
names them in the order in which they are sat, yours and bundled ones, and says when one counts as learned:

```toml
# curriculum.toml
title    = "First month on call for checkout"
families = ["checkout.toml", "new-release"]
passed   = 75
last     = 2
```

```
greenroom drill --from curriculum.toml --list
greenroom drill --from curriculum.toml --script actions.toml --operator Ada    # the next that Ada should sit
greenroom drill --from curriculum.toml --history --operator Ada                # what she learned, and what is next
```

In the cockpit the families of the folder one is in stand before the bundled ones; `greenroom cockpit --from
curriculum.toml` offers a curriculum instead, as does `drills = "/path/to/curriculum.toml"` in the preferences,
`cockpit.toml` in the configuration folder. The list says what each drill came to, what is learned and what is next.

`[runbook.NAME]` tables make following the runbook, and calling whom it names, part of the points
([operating.md](operating.md)).
"""


def page(found: Sequence[Family], *, seeds: int = SEEDS, jobs: int = 1) -> str:
    """The page, measured."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as workers:
        measure = partial(measured, seed=SEED, seeds=seeds, budget=BUDGET)
        table = {family.name: row for family, row in zip(found, workers.map(measure, found), strict=True)}
    parts = [HEAD.format(seeds=seeds), *_families(found), *_table(found, table), *_made_of(found), OWN]
    return "\n".join(parts)


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


def _table(found: Sequence[Family], table: dict[str, dict[str, Mean]]) -> Iterator[str]:
    names = [bot.name for bot in BOTS] + [ORACLE]
    yield f"| family | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for one in found:
        yield f"| `{one.name}` | {' | '.join(_said(table[one.name][name]) for name in names)} |"
    over = [over_all([row[name] for row in table.values()]) for name in names]
    yield f"| **all** | {' | '.join(f'**{_said(one)}**' for one in over)} |"
    yield ""


def _said(mean: Mean) -> str:
    return f"{mean.points:.0f} ± {mean.error:.0f}"


def _made_of(found: Sequence[Family]) -> Iterator[str]:
    yield f"Measured on families {made_of(found)}; `make drills` measures anew."
    yield ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.drill.bots_page", description="write docs/drills.md")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"seeds a case (default {SEEDS})")
    parser.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="processes (default 1)")
    said = parser.parse_args()
    sys.stdout.write(page(bundled(), seeds=said.seeds, jobs=said.jobs))


if __name__ == "__main__":
    main()
