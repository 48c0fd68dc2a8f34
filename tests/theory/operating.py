"""How often comparing gates alarm about identical models, and how soon about worse ones.

    python -m tests.theory.operating SEEDS
"""

import math
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TypeVar

from sandbox.base.verdict import Verdict
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.srm import Srm
from tests.theory.sticky import Ramp, verdicts

T = TypeVar("T")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating-characteristics.md"
LOOK_MINUTES = 5
ALARMS = (Verdict.FAIL, Verdict.ERROR)


def _no_worse(**keys: object) -> NoWorse:
    return NoWorse.model_validate({"name": "gate", **keys})


GATES = {
    "errors no worse than +0%": _no_worse(metric="errors.rate", margin="0%"),
    "errors no worse than +10%": _no_worse(metric="errors.rate", margin="10%"),
    "errors no worse than +0.5pp": _no_worse(metric="errors.rate", margin="0.5pp"),
    "brier no worse than +0%": _no_worse(metric="quality.brier", margin="0%"),
    "brier no worse than +3%": _no_worse(metric="quality.brier", margin="3%"),
    "brier better": Better.model_validate({"name": "gate", "metric": "quality.brier"}),
    "srm of users, α 0.1%": Srm(name="gate"),
    "errors no worse than +0%, by request": _no_worse(metric="errors.rate", margin="0%", unit="request"),
    "brier no worse than +0%, by request": _no_worse(metric="quality.brier", margin="0%", unit="request"),
    "errors no worse than +0%, fixed, each step": _no_worse(metric="errors.rate", margin="0%", test="fixed"),
    "srm of requests, α 0.1%": Srm(name="gate", unit="request"),
}
VALID = tuple(GATES)[:7]
"""Those that say they hold their level whatever users do."""

SKEWED = Ramp(activity=1.5, drift=2.0)
CLUMPED = Ramp(activity=1.5, drift=2.0, clumped=1.0)
FEW = Ramp(users=2_000, activity=1.5, drift=2.0, clumped=1.0)
RAMPS = {
    "identical, equal users": Ramp(activity=0.0),
    "identical, skewed users, base rate triples": SKEWED,
    "identical, errors sit in few users": CLUMPED,
    "identical, 2,000 users, errors in few": FEW,
    "×1.1": Ramp(activity=1.5, drift=2.0, ratio=1.1),
    "×1.25": Ramp(activity=1.5, drift=2.0, ratio=1.25),
    "×1.5": Ramp(activity=1.5, drift=2.0, ratio=1.5),
    "×2": Ramp(activity=1.5, drift=2.0, ratio=2.0),
    "×0.8": Ramp(activity=1.5, drift=2.0, ratio=0.8),
    "identical, the split is 20% off": Ramp(activity=1.5, mismatch=1.2),
}


@dataclass(frozen=True, slots=True)
class Row:
    """Of how many flights a gate alarmed in how many and after how many minutes, and passed a step in how many."""

    flights: int
    alarms: int
    minutes: float
    passes: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the alarm rate (Wilson 1927)."""
        return wilson(self.alarms, self.flights)


def wilson(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95% score interval of a share."""
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def measured(ramp: Ramp, *, seeds: int, names: tuple[str, ...] = tuple(GATES), workers: int = 1) -> dict[str, Row]:
    """One row a gate."""
    fly = partial(verdicts, tuple(GATES[name] for name in names), ramp)
    flown = over_seeds(partial(_of_seed, fly), seeds=seeds, workers=workers)
    rows = {}
    for place, name in enumerate(names):
        said = [one[place] for one in flown]
        first = [next((look for look, word in enumerate(words) if word in ALARMS), None) for words in said]
        late = [LOOK_MINUTES * (look + 1) for look in first if look is not None]
        passes = sum(Verdict.PASS in words for words in said)
        rows[name] = Row(seeds, len(late), median(late) if late else math.nan, passes)
    return rows


def over_seeds(fly: Callable[[int], T], *, seeds: int, workers: int) -> list[T]:
    """What each seed gives; here, or in fresh processes: a fork of one with threads may hang."""
    if workers == 1:
        return [fly(seed) for seed in range(seeds)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(fly, range(seeds), chunksize=5))


def _of_seed(fly, seed: int):
    return fly(seed=seed)


def page(measurements: dict[str, dict[str, Row]]) -> str:
    """The page in Markdown, of the rows of each ramp."""
    lines = [
        "# Operating characteristics",
        "",
        "Simulated flights, as many as a section says; `python -m tests.theory.operating FLIGHTS` makes the page, and",
        "`make proof` with 1,000. A ramp of 1%, 5%, 25%, 50%, two hours a step, a look every five minutes, 500",
        "requests a minute from 20,000 sticky users unless said, who ask as unequally as a lognormal with sigma 1.5;",
        "base error rate 2%,",
        "rising threefold for both arms where nothing else is said; α 5%.",
        "Alarms are FAIL (or ERROR of `srm`) at any look of the flight, with Wilson's 95% interval; minutes are the",
        "median until the first; passes are flights in which some step passed. Where models are identical every alarm",
        "is false, and so is every pass where the candidate is beyond the margin.",
        "",
    ]
    for title, rows in measurements.items():
        seeds = next(iter(rows.values())).flights
        lines += [f"## {title} ({seeds:,} flights)", ""]
        lines += ["| gate | alarms | interval | minutes | passes |", "|---|--:|--:|--:|--:|"]
        for name, row in rows.items():
            low, high = row.interval
            minutes = "" if math.isnan(row.minutes) else f"{row.minutes:.0f}"
            alarms, passes = f"{row.alarms / seeds:.1%}", f"{row.passes / seeds:.1%}"
            lines.append(f"| {name} | {alarms} | {low:.1%} to {high:.1%} | {minutes} | {passes} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page({title: measured(ramp, seeds=int(sys.argv[1]), workers=2) for title, ramp in RAMPS.items()}))
