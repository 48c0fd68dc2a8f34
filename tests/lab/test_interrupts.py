"""An interrupt is for whoever gave the orders: workers never hear of it, not even while they start."""

import signal
import subprocess
import sys
import threading

import pytest

import sandbox.lab.fleet
from sandbox.lab.engines import Here, deaf_children
from sandbox.lab.fleet import Mission, fly_fleet

DEAF = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def test_a_worker_is_deaf_from_its_first_instruction() -> None:
    with deaf_children():
        child = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True)
    assert child.communicate(timeout=120)[0] == "True\n"


def test_an_interrupt_that_comes_meanwhile_is_not_lost() -> None:
    def interrupted() -> None:
        with deaf_children():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # to this thread: any other may hear it unblocked

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # other tests may have left another
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    finally:
        signal.signal(signal.SIGINT, before)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_an_interrupt_that_compiled_code_made_an_error_of_is_no_flight_that_failed(scenario, monkeypatch) -> None:
    def disguised(*_: object) -> None:
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(sandbox.lab.fleet, "prepared", disguised)
    path = scenario()
    mission = Mission(text="", folder=path.parent, name="tiny", setting="", candidate="null", seed=1)
    with pytest.raises(KeyboardInterrupt):
        list(fly_fleet([mission], Here()))
