"""Peak memory of flights of several lengths, each in a process of its own."""

import json
import subprocess
import sys

UNRECORDED = (1_000_000, 10_000_000, 100_000_000)
RECORDED = (1_000_000, 10_000_000, 30_000_000)


def peaks() -> list[tuple[str, int, float]]:
    """For each flight: what is kept, about how many requests, and its peak in MB."""
    flights = [("none", requests) for requests in UNRECORDED] + [("all", requests) for requests in RECORDED]
    return [(kept, requests, _peak(kept, requests)) for kept, requests in flights]


def _peak(kept: str, requests: int) -> float:
    command = [sys.executable, "-m", "benchmarks.path", kept, str(requests)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["peak_mb"])
