"""The compiled server against C of the same queue: same columns, same outputs, CPU time as a ratio.

    python -m benchmarks.kernel.compare

Needs a C compiler called cc.
"""

import ctypes
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from sandbox.world.services.kernel import PoolState, serve

N, CHUNK, SECOND = 400_000, 20_000, 10**9
CASES = [(2, 0.5), (2, 0.8), (8, 0.5), (8, 0.8), (32, 0.8), (60, 0.6)]
ROOM, TIMEOUT = 200, 10 * SECOND


class Pool(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int64) for name in ("slots", "ring", "room", "timeout", "head", "length", "turn", "busy")),
        *((name, ctypes.c_void_p) for name in (
            "free_at", "open_key", "open_start", "open_published", "open_status", "wait_key", "wait_arrived",
            "wait_demand", "wait_fails",
        )),
    ]


def compiled(folder: Path) -> ctypes.CDLL:
    """The C of the queue as a library."""
    library = folder / "queue.so"
    source = Path(__file__).with_name("queue.c")
    subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source], check=True)
    return ctypes.CDLL(str(library))


def columns(slots: int, rho: float) -> tuple[np.ndarray, ...]:
    """A day of the queue: arrived, demand, fails, key."""
    draw = np.random.default_rng(slots * 100 + int(100 * rho))
    arrived = np.cumsum(draw.exponential(SECOND / (slots * rho), N)).astype(np.int64)
    demand = (draw.exponential(SECOND, N)).astype(np.int64)
    return arrived, demand, draw.random(N) < 0.01, np.arange(N)


def in_numba(slots: int, day: tuple[np.ndarray, ...]) -> tuple[float, int]:
    """CPU-seconds, and a fingerprint of the outputs."""
    pool = PoolState(slots=0, room=ROOM, timeout=TIMEOUT)
    pool.open_slots(slots, ready_at=0)
    spent, mark = 0.0, 0
    for low in range(0, N, CHUNK):
        part = slice(low, low + CHUNK)
        until = int(day[0][min(low + CHUNK, N - 1)])
        began = time.process_time()
        out = serve(pool, until, arrived=day[0][part], demand=day[1][part], fails=day[2][part], key=day[3][part])
        spent += time.process_time() - began
        mark += int((out.published * (out.key % 97 + 1) + out.status).sum() % (2**40))
    return spent, mark


def in_c(library: ctypes.CDLL, slots: int, day: tuple[np.ndarray, ...]) -> tuple[float, int]:
    """The same in C."""
    state = PoolState(slots=0, room=ROOM, timeout=TIMEOUT)
    state.open_slots(slots, ready_at=0)
    pool = Pool(slots=slots, ring=ROOM, room=ROOM, timeout=TIMEOUT)
    for name, kind in Pool._fields_[8:]:
        del kind
        setattr(pool, name, getattr(state, name).ctypes.data)
    spent, mark = 0.0, 0
    library.serve.restype = ctypes.c_int64
    for low in range(0, N, CHUNK):
        part = [np.ascontiguousarray(column[low : low + CHUNK]) for column in day]
        until = int(day[0][min(low + CHUNK, N - 1)])
        began = time.process_time()
        room = CHUNK + ROOM + slots
        key, published, start = (np.empty(room, dtype=np.int64) for _ in range(3))
        status = np.empty(room, dtype=np.uint8)
        n = library.serve(
            ctypes.byref(pool), ctypes.c_int64(until), ctypes.c_int64(len(part[0])),
            *(ctypes.c_void_p(column.ctypes.data) for column in (*part, key, status, published, start)),
        )
        spent += time.process_time() - began
        mark += int((published[:n] * (key[:n] % 97 + 1) + status[:n]).sum() % (2**40))
    return spent, mark


def ratios() -> list[tuple[int, float, float, float]]:
    """For each case: slots, load, millions a CPU-second of ours, and ours over C."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder))
        for slots, rho in CASES:
            day = columns(slots, rho)
            ours, theirs = [], []
            for _ in range(7):
                spent, mark = in_numba(slots, day)
                ours.append(spent)
                spent, other = in_c(library, slots, day)
                theirs.append(spent)
                assert mark == other, "both compute the same fates"
            rows.append((slots, rho, N / median(ours) / 1e6, median(theirs) / median(ours)))
    return rows


if __name__ == "__main__":
    for slots, rho, speed, ratio in ratios():
        print(f"{slots:3d} slots at {rho:.0%}: {speed:5.1f} M a CPU-second, {ratio:.2f} of C")
