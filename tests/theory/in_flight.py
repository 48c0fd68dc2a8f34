"""What every kind of gate says in real flights of equal and of worse candidates: false alarms, delay, passes.

    python -m tests.theory.in_flight FLIGHTS [WORLD ...]

makes the page, or makes the sections of some worlds anew and keeps the others.
"""

import math
import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median

import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tests.theory.operating import over_seeds, wilson

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gates-in-flight.md"
MINUTE = 60 * 10**9

HEAD = """# Gates in flight

Every kind of gate in the same flights; `python -m tests.theory.in_flight 1000` makes the page, as `make proof` does,
and names of worlds after the number make their sections alone. Shadow, 5%, 25% and 50%, twenty minutes each, a look
every other minute, about 30 requests a second in a daily rhythm from 20,000 sticky users unless said; 1% errors; α 5%
over the flight for each gate on its own (0.1% a step of `srm`). Under a bandit: a shadow for twenty minutes, and an
hour in which the share follows accuracy, from 20%.
An alarm is FAIL (ERROR of `srm`) at any look, with Wilson's 95% interval; minutes are from take-off to the first, in
the median; passes are flights in which it ever passed. Where arms are equal every alarm is false, but for gates that
compare with a reference (`shift`, PSI) or with a forecast: where the population drifts, they report what happened.
Rolling back would not help there, and only gates that compare arms know that. Refused gates pool what was seen at
different shares: `greenroom check` lets no plan with a bandit have them.
"""


GATES: dict[str, str] = {
    "threshold, errors ≤ 2%": 'kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
    "threshold, errors ≤ 2%, 2 tolerated": 'kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"\nfailure_limit = 2',
    "checks, errors ≤ 2%, p99 ≤ 150ms, 5 tolerated":
        'kind = "checks"\ninterval = "2m"\nthreshold = 5\n'
        'metrics = [{ metric = "errors.rate", max = "2%" }, { metric = "latency.p99", max = "150ms" }]',
    "canary-score, errors, p95, brier":
        'kind = "canary-score"\ninterval = "6m"\nmetrics = [{ metric = "errors.rate", direction = "increase" }, '
        '{ metric = "latency.p95", direction = "increase" }, { metric = "quality.brier", direction = "increase" }]',
    "no-worse, errors, 50%": 'kind = "no-worse"\nmetric = "errors.rate"\nmargin = "50%"',
    "no-worse, errors, 50%, by request":
        'kind = "no-worse"\nmetric = "errors.rate"\nmargin = "50%"\nunit = "request"',
    "no-worse, errors, 0%": 'kind = "no-worse"\nmetric = "errors.rate"\nmargin = "0%"',
    "no-worse, errors, 0%, fixed": 'kind = "no-worse"\nmetric = "errors.rate"\nmargin = "0%"\ntest = "fixed"',
    "no-worse, latency.over.100ms, 0%": 'kind = "no-worse"\nmetric = "latency.over.100ms"\nmargin = "0%"',
    "no-worse, latency.p95, 0%": 'kind = "no-worse"\nmetric = "latency.p95"\nmargin = "0%"',
    "no-worse, brier, 0%": 'kind = "no-worse"\nmetric = "quality.brier"\nmargin = "0%"',
    "no-worse, brier, 0%, by request": 'kind = "no-worse"\nmetric = "quality.brier"\nmargin = "0%"\nunit = "request"',
    "no-worse, brier, 5%": 'kind = "no-worse"\nmetric = "quality.brier"\nmargin = "5%"',
    "better, brier": 'kind = "better"\nmetric = "quality.brier"',
    "srm": 'kind = "srm"',
    "srm, by request": 'kind = "srm"\nunit = "request"',
    "shift, PSI": 'kind = "shift"',
    "threshold, PSI ≤ 0.1": 'kind = "threshold"\nmetric = "drift.psi"\nmax = 0.1\nover = "2m"',
    "fairness": 'kind = "fairness"\ngap = "10%"\nworse = "5%"',
    "calibration, 2 points": 'kind = "calibration"\nmost = "2%"',
    "forecast, accuracy 83% to 87% (true where equal: 82.6%)":
        'kind = "forecast"\nmetric = "quality.accuracy"\nlow = 0.83\nhigh = 0.87',
    "burn-budget, 50%": 'kind = "burn-budget"\nmetric = "errors.rate"\nobjective = "98%"\nbudget = "50%"',
}
ALWAYS_VALID = (
    "no-worse, errors, 50%", "no-worse, errors, 0%", "no-worse, latency.over.100ms, 0%", "no-worse, brier, 0%",
    "no-worse, brier, 5%", "srm", "shift, PSI", "fairness", "calibration, 2 points",
)
"""Those that say they hold their level over the flight, whatever users do and however often one looks."""

WORLD = """
[scenario]
title = "Gates"
duration = "84m"
tick = "2m"
[traffic]
kind = "diurnal"
mean = "30/s"
peak = "1h"
[users]
count = {users}
activity = {activity}
[[segments]]
name = "easy"
share = "50%"
label_shift = -0.4
[[segments]]
name = "hard"
share = "50%"
label_shift = 0.4
[[groups]]
name = "a"
share = "60%"
[[groups]]
name = "b"
share = "40%"
[models.incumbent]
kind = "synthetic"
auc = 0.82
errors = "1%"
latency = {{ p50 = "30ms", p99 = "90ms" }}
[models.candidate]
kind = "synthetic"
auc = {auc}
errors = "{errors}"
bias = {bias}
latency = {{ p50 = "{p50}", p99 = "{p99}" }}
{against}
[labels]
delay = "1m"
slowest = "3m"
[telemetry]
sample = "20%"
[ramp]
{ramp}
bake = "20m"
{more}
"""
STEPS = 'steps = ["shadow", "5%", "25%", "50%"]'
BANDIT = 'kind = "bandit"\nreward = "quality.accuracy"\nfirst = "20%"\ninterval = "4m"\nruns = "1h"'
ROOM = "[services.incumbent]\nreplicas = 8\n[services.candidate]\nreplicas = 8\n"
"""So much that who has more of the traffic is not the slower one: a bandit's share may rise above half."""
STORM = """
[[drift]]
kind = "covariate"
features = ["f1", "f2"]
shift = 0.5
onset = "gradual"
at = "30m"
width = "20m"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who asks, and how the candidate differs; equal unless said."""

    users: int = 20_000
    activity: float = 1.0
    auc: float = 0.82
    errors: str = "1%"
    bias: float = 0.0
    p50: str = "30ms"
    p99: str = "90ms"
    against: str = ""
    ramp: str = STEPS
    more: str = ""
    equal: bool = True


WORLDS: dict[str, World] = {
    "equal": World(),
    "equal, few heavy users": World(users=400, activity=1.5),
    "equal, and the population drifts for both": World(more=STORM),
    "equal, under a bandit": World(ramp=BANDIT, more=ROOM),
    "equal, under a bandit, few heavy users": World(users=400, activity=1.5, ramp=BANDIT, more=ROOM),
    "equal, under a bandit, and the population drifts for both": World(ramp=BANDIT, more=ROOM + STORM),
    "errors ×2": World(errors="2%", equal=False),
    "a third slower": World(p50="40ms", p99="120ms", equal=False),
    "AUC 0.82 → 0.76": World(auc=0.76, equal=False),
    "scores too high": World(bias=-0.5, equal=False),
    "unfair to group b": World(against='against = { group = "b", shift = 1.0 }', equal=False),
    "errors ×2, under a bandit": World(errors="2%", ramp=BANDIT, more=ROOM, equal=False),
    "AUC 0.82 → 0.76, under a bandit": World(auc=0.76, ramp=BANDIT, more=ROOM, equal=False),
}


@cache
def plan_of(title: str) -> Plan:
    """A world with all gates riding along: they judge at every look, and the bake alone moves the ramp."""
    world = WORLDS[title]
    text = WORLD.format(**{name: getattr(world, name) for name in World.__slots__})
    for name, table in GATES.items():
        text += f'[[gates]]\nname = "{name}"\n{table}\ndry_run = true\n'
    document = Document.model_validate(tomli.loads(text))
    return Plan(name="gates", text=text, document=document)


@dataclass(frozen=True, slots=True)
class Said:
    """The minute of a gate's first alarm in one flight, NaN where none; whether it ever passed."""

    alarm: float
    passed: bool


def flown(title: str, seed: int) -> dict[str, Said]:
    """What each gate said in one flight."""
    alarms: dict[str, float] = {}
    passed: set[str] = set()
    for entry in fly(plan_of(title), seed=seed).journal:
        if entry.kind == "gate":
            name, verdict = entry.facts["gate"], entry.facts["verdict"]
            if verdict in ("fail", "error"):
                alarms.setdefault(name, entry.at / MINUTE)
            elif verdict == "pass":
                passed.add(name)
    return {name: Said(alarms.get(name, math.nan), name in passed) for name in GATES}


@dataclass(frozen=True, slots=True)
class Row:
    """Of so many flights, in how many a gate alarmed and after how many minutes; in how many it ever passed."""

    flights: int
    alarms: int
    minutes: float
    passes: int


def measured(title: str, *, seeds: int, workers: int = 1) -> dict[str, Row]:
    """One row a gate."""
    all_said = over_seeds(partial(flown, title), seeds=seeds, workers=workers)
    rows = {}
    for name in GATES:
        minutes = [said[name].alarm for said in all_said if not math.isnan(said[name].alarm)]
        passes = sum(said[name].passed for said in all_said)
        rows[name] = Row(seeds, len(minutes), median(minutes) if minutes else math.nan, passes)
    return rows


def refused(title: str) -> set[str]:
    """The gates that `check` refuses in a plan with this world's ramp, and that fly here because nothing checks."""
    document = plan_of(title).document
    paths = [one.path for one in document.problems()]
    return {document.gates[path[1]].name for path in paths if path[0] == "gates"}


def section(title: str, rows: dict[str, Row]) -> str:
    """One world in Markdown."""
    flights = next(row.flights for row in rows.values())
    lines = [
        f"## {title}", "", f"{flights:,} flights.", "", "| gate | alarms | interval | minutes | passes |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, row in rows.items():
        low, high = wilson(row.alarms, flights)
        minutes = "" if math.isnan(row.minutes) else f"{row.minutes:.0f}"
        alarms, passes = f"{row.alarms / flights:.1%}", f"{row.passes / flights:.1%}"
        said = f"{name} (refused)" if name in refused(title) else name
        lines.append(f"| {said} | {alarms} | {low:.1%} to {high:.1%} | {minutes} | {passes} |")
    return "\n".join([*lines, ""])


def sections(text: str) -> dict[str, str]:
    """The worlds of a page that is there."""
    return {part.split("\n")[0]: f"## {part.rstrip()}\n" for part in text.split("\n## ")[1:]}


def page(made: dict[str, str]) -> str:
    """The page in Markdown, of a section for each world."""
    told = [made[title] for title in WORLDS if title in made]
    return f"{HEAD}\n" + "\n".join(told)


if __name__ == "__main__":
    asked = sys.argv[2:] or list(WORLDS)
    kept = sections(PAGE.read_text())
    for world in asked:
        kept[world] = section(world, measured(world, seeds=int(sys.argv[1]), workers=2))
        PAGE.write_text(page(kept))
