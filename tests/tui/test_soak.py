"""Random keys and sizes, from a seed: nothing falls over, no thread is left, and memory stays flat."""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.tui.desk import desk, scenario_file
from tui.actions import ACTIONS
from tui.shelf import offer

KEYS = sorted({key for action in ACTIONS for key in action.keys.split(",")} - {"q", "x", "y"})
KEYS += ["enter", "escape", "tab", "down", "up"] * 4
SIZES = [(80, 24), (120, 40), (60, 18), (50, 12), (200, 55), (250, 70), (99, 30), (160, 29)]
MINUTE = 700
"""Keys that a newcomer in a panic presses in a minute."""
GROWS = 64
"""Megabytes that memory may grow by in the second half: caches of fonts and strips fill up in the first."""
HELD = 1.03
"""What is alive may become so many times as much from the second quarter to the last: caches are of no one size."""


def resident() -> float:
    """Memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def least(measured: list[float]) -> tuple[float, float]:
    """The least in the second quarter and in the last: what is alive goes up and down with how a sitting ended."""
    quarter = len(measured) // 4
    return min(measured[quarter : 2 * quarter]), min(measured[-quarter:])


async def soak(more: Callable[[int], bool], seed: int, folder: Path) -> tuple[list[float], list[float]]:
    """Press keys as long as there are to be more than were pressed; returns MB taken after each sitting, and blocks."""
    rng, pressed, memory, alive = np.random.default_rng(seed), 0, [], []
    path = scenario_file(folder)
    while more(pressed):
        app = desk(store=folder / "store", shelf=lambda: [offer(path)])
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.3)
            for _ in range(400):
                if not more(pressed) or not app.is_running:
                    break
                pressed += 1
                if rng.random() < 0.04:
                    await pilot.resize_terminal(*SIZES[rng.integers(len(SIZES))])
                await pilot.press(KEYS[rng.integers(len(KEYS))])
        gc.collect()
        memory.append(resident())
        alive.append(float(sys.getallocatedblocks()))
        print(f"{pressed} keys, {memory[-1]:.0f} MB, {alive[-1]:,.0f} blocks alive", flush=True)
    return memory, alive


def engines() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("engine")]


async def test_a_minute_of_random_keys(tmp_path, monkeypatch):
    """So many that they take about a minute: the same ones on every machine, however busy."""
    monkeypatch.chdir(tmp_path)
    await soak(lambda pressed: pressed < MINUTE, seed=2026, folder=tmp_path)
    over = time.monotonic() + 60
    while engines() and time.monotonic() < over:
        time.sleep(0.1)
    assert engines() == []


@pytest.mark.proof
async def test_an_hour_of_random_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    over = time.monotonic() + float(os.environ.get("GREENROOM_LONG_SOAK", "3600"))
    memory, alive = await soak(lambda _: time.monotonic() < over, seed=7, folder=tmp_path)
    assert memory[-1] - memory[len(memory) // 2] < GROWS
    early, late = least(alive)
    assert late < HELD * early
    assert engines() == []
