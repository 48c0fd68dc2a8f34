"""The whole path of the reference scenario: requests a CPU-second, by what is recorded, and peak memory.

    python -m benchmarks.path none|1%|all REQUESTS
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from sandbox.lab.flights import Order, Prepared, fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

TEXT = (Path(__file__).parent / "reference.toml").read_text()
RATE = 1_000


def plan_of(*, requests: int, kept: str) -> Plan:
    """The reference scenario for so many requests, recording so much."""
    seconds = max(60, requests // RATE)
    text = TEXT.replace('"30m"', f'"{seconds}s"').replace('"8m"', f'"{max(1, seconds // 240)}m"')
    text += f'\n[record]\nrequests = "{kept}"\n'
    return Plan(name="reference", text=text, document=read_text(text, name="reference.toml"))


def measured(*, requests: int, kept: str) -> dict[str, float | str]:
    """Fly once to warm up and once to measure; nothing lands in anybody's store."""
    with tempfile.TemporaryDirectory() as folder:
        store = None if kept == "none" else Path(folder)
        for count in (60 * RATE, requests):
            plan = plan_of(requests=count, kept=kept)
            began = time.process_time()
            card = fly(Prepared(plan, None, {}), Order(path=Path("reference.toml"), source="reference", store=store))
            spent = time.process_time() - began
    flown = card.harm.total.requests
    return {
        "kept": kept,
        "requests": flown,
        "cpu_seconds": spent,
        "per_cpu_second": flown / spent,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outcome": card.outcome,
    }


if __name__ == "__main__":
    print(json.dumps(measured(kept=sys.argv[1], requests=int(sys.argv[2]))))
