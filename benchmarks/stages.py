"""Where a flight's time goes: the profiler's own time of each function, by the room and step it belongs to."""

import cProfile
import pstats
from collections import defaultdict
from pathlib import Path

from benchmarks.path import plan_of
from sandbox.lab.flights import Order, Prepared, fly

STAGES = (
    ("draw requests, features, labels and luck", ("synthetic_day", "normals", "crowd", "streams", "look_up", "draft",
                                                 "random", "traffic")),
    ("score with both models", ("directions", "along_curve", "opinion", "models/")),
    ("route and serve, three pools", ("services/", "line.py", "together.py", "_question", "_stretch", "routing",
                                      "_stay")),
    ("publish answers, queue labels", ("_publish", "publish", "telling.py", "label_queue", "labels_by_tick",
                                       "remember")),
    ("count windows and cohorts", ("observe/",)),
    ("settle harm and truth", ("harm", "settle", "settling.py", "count_right", "_judge", "_right_by", "_of_arm",
                               "_settle")),
    ("gates, ramp, journal, report", ("decide/", "run/", "report/", "base/", "lab/")),
)


def shares(requests: int) -> list[tuple[str, float]]:
    """Each stage and its part of the time, the largest first."""
    order = Order(path=Path("reference.toml"), source="reference", store=None)
    fly(Prepared(plan_of(requests=60_000, kept="none"), None, {}), order)
    profile = cProfile.Profile()
    profile.runcall(fly, Prepared(plan_of(requests=requests, kept="none"), None, {}), order)
    spent: dict[str, float] = defaultdict(float)
    for (path, _, function), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        for (caller, _, name), (_, _, part, _) in callers.items() or {("", 0, ""): (0, 0, own, 0)}.items():
            spent[_stage(f"{path}:{function}") or _stage(f"{caller}:{name}") or "the rest"] += part
    total = sum(spent.values())
    return sorted(((stage, own / total) for stage, own in spent.items()), key=lambda row: -row[1])


def _stage(place: str) -> str | None:
    for stage, marks in STAGES:
        if "sandbox/" in place and any(mark in place.rsplit("sandbox/", 1)[1] for mark in marks):
            return stage
    return None
