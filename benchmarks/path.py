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
        "peak_mb": _peak_mb(),
        "outcome": card.outcome,
    }


def _peak_mb() -> float:
    """This process's own peak; where Linux tells it, without what it inherited from who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measured(kept=sys.argv[1], requests=int(sys.argv[2]))))
