"""Interrupts: one that is raised where compiled code calls back is not lost."""

import ctypes
import sys
import time

import pytest

from sandbox.base.interrupts import heard


@ctypes.CFUNCTYPE(None)
def called_back() -> None:
    raise KeyboardInterrupt


@ctypes.CFUNCTYPE(None)
def failing() -> None:
    raise ValueError("ours")


def swallow() -> None:
    called_back()
    for _ in range(500):
        time.sleep(0.01)


def test_an_interrupt_that_compiled_code_swallows_comes_again():
    with pytest.raises(KeyboardInterrupt), heard():
        swallow()


def test_what_else_is_lost_is_told_as_ever_and_the_hook_is_given_back(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with heard():
        failing()
    called = [str(one.exc_value) for one in told]
    assert called == ["ours"]
    assert sys.unraisablehook == told.append
