"""Random keys and sizes, from a seed: nothing falls over, no thread is left, and memory stays flat."""

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count, islice, takewhile
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
SITTINGS, ALIKE = 8, 0.03
"""What is alive may differ by so much over so many sittings in a row, once caches of styles and strips are full."""
MOST = 60
"""So many sittings fill them, however little of each a busy machine comes to."""


def resident() -> float:
    """Memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


async def sit(moments: Iterator[int], rng: np.random.Generator, folder: Path, *, store: str = "store") -> int:
    """One sitting: a random key at each of so many moments, 400 at most; returns how many there were."""
    path, pressed = scenario_file(folder), 0
    app = desk(store=folder / store, shelf=lambda: [offer(path)])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        for _ in islice(moments, 400):
            if not app.is_running:
                break
            pressed += 1
            if rng.random() < 0.04:
                await pilot.resize_terminal(*SIZES[rng.integers(len(SIZES))])
            await pilot.press(KEYS[rng.integers(len(KEYS))])
    return pressed


async def soak(moments: Iterator[int], seed: int, folder: Path) -> list[float]:
    """Sit again and again as long as there are moments; returns the memory taken after each sitting."""
    rng, memory = np.random.default_rng(seed), list[float]()
    while await sit(moments, rng, folder):
        gc.collect()
        memory.append(resident())
        print(f"{memory[-1]:.0f} MB", flush=True)
    return memory


def engines() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("engine")]


async def test_a_minute_of_random_keys(tmp_path, monkeypatch):
    """So many that they take about a minute: the same ones on every machine, however busy."""
    monkeypatch.chdir(tmp_path)
    await soak(iter(range(MINUTE)), seed=2026, folder=tmp_path)
    over = time.monotonic() + 60
    while engines() and time.monotonic() < over:
        time.sleep(0.1)
    assert engines() == []


@pytest.mark.proof
async def test_an_hour_of_random_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    over = time.monotonic() + float(os.environ.get("GREENROOM_LONG_SOAK", "3600"))
    memory = await soak(takewhile(lambda _: time.monotonic() < over, count()), seed=7, folder=tmp_path)
    assert memory[-1] - memory[len(memory) // 2] < GROWS
    assert engines() == []


@pytest.mark.proof
async def test_the_same_sitting_again_and_again_comes_to_hold_no_more(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held: list[int] = []
    while len(held) < SITTINGS or max(held[-SITTINGS:]) > (1 + ALIKE) * min(held[-SITTINGS:]):
        assert len(held) < MOST, f"it holds more and more: {held}"
        await sit(iter(range(150)), np.random.default_rng(5), tmp_path, store=f"store-{len(held)}")
        gc.collect()
        held.append(sys.getallocatedblocks())
        print(f"{held[-1]:,} blocks alive, {resident():.0f} MB", flush=True)
