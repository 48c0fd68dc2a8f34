"""`make bench`: speed against naive SimPy and against C, where the time goes, and peak memory; all in one run.

Speeds are requests a CPU-second (all threads count); ratios are medians over rounds in which both sides took turns.
"""

import shutil
from statistics import median

from benchmarks.features import prices
from benchmarks.kernel.compare import ratios
from benchmarks.memory import peaks
from benchmarks.naive import naive
from benchmarks.path import measured
from benchmarks.stages import shares

ROUNDS, REQUESTS, NAIVE_REQUESTS = 5, 10_000_000, 100_000
KEPT = {"none": "unrecorded", "1%": "1% of requests recorded", "all": "every request recorded"}


def main() -> None:
    """Print the tables of docs/performance.md."""
    _path()
    _kernel()
    _stages()
    _memory()
    _features()


def _path() -> None:
    plain: list[float] = []
    ours: dict[str, list[float]] = {kept: [] for kept in KEPT}
    for turn in range(ROUNDS):
        plain.append(naive(NAIVE_REQUESTS, seed=turn))
        for kept, speeds in ours.items():
            speeds.append(float(measured(kept=kept, requests=REQUESTS)["per_cpu_second"]) / plain[-1])
    print(f"| whole path, {REQUESTS:,} requests | requests per CPU-second | times naive, median (least to most) |")
    print("|---|--:|--:|")
    print(f"| naive SimPy | {median(plain):,.0f} | 1 |")
    for kept, times in ours.items():
        speed = median(ratio * base for ratio, base in zip(times, plain, strict=True))
        print(f"| {KEPT[kept]} | {speed:,.0f} | {median(times):.0f} ({min(times):.0f} to {max(times):.0f}) |")


def _kernel() -> None:
    print()
    if shutil.which("cc") is None:
        print("No C compiler called cc: the kernel was not compared.")
        return
    print("| kernel alone | requests per CPU-second | of C |\n|---|--:|--:|")
    for slots, rho, speed, ratio in ratios():
        print(f"| {slots} slots at {rho:.0%} | {speed:.0f} M | {ratio:.2f} |")


def _stages() -> None:
    print("\n| where the time goes, unrecorded | part |\n|---|--:|")
    for stage, part in shares(REQUESTS):
        print(f"| {stage} | {part:.0%} |")


def _memory() -> None:
    print("\n| peak memory | requests | MB |\n|---|--:|--:|")
    for kept, requests, peak in peaks():
        print(f"| {KEPT[kept]} | {requests:,} | {peak:.0f} |")


def _features() -> None:
    print("\n| what a feature costs where it is used | times the CPU time without it |\n|---|--:|")
    for feature, times in prices(ROUNDS):
        print(f"| {feature} | {times:.2f} |")


if __name__ == "__main__":
    main()
