"""Tests at the desk are coroutines; each runs in an event loop of its own."""

import asyncio
import inspect
import time

import pytest

FRAME = 1 / 50
"""Longer than what the screen lets pass before it paints."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    asyncio.run(pyfuncitem.obj(**wanted))
    return True


async def idle(_: float = 0, max_sleep: float = 1) -> None:
    """Wait until the event loop has nothing to do, over a frame.

    Textual's own takes a process that gets no processor for one that has nothing to do, and a flight for a thing to do.
    """
    ready, over = asyncio.get_running_loop()._ready, time.monotonic() + max_sleep
    for wait in (0, FRAME, 0):
        await asyncio.sleep(wait)
        while ready and time.monotonic() < over:
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _still(monkeypatch, tmp_path):
    """Nothing moves by itself, a key is done with when the loop is idle, and nobody's own settings count."""
    monkeypatch.setattr("textual.app.wait_for_idle", idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("GREENROOM_STORE", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
