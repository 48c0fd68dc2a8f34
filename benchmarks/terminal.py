"""A terminal without a screen: a process in it, what it wrote, and what it cost."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A process at a terminal of its own; leaving the block ends it."""

    def __init__(self, command: Sequence[str], *, size: tuple[int, int], **env: str) -> None:
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.began = time.perf_counter()
        self._app = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": str(size[0]), "LINES": str(size[1])} | env,
        )
        os.close(follower)
        self.written = 0

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._app.kill()
        self._app.wait()
        os.close(self._leader)

    def press(self, key: str) -> None:
        os.write(self._leader, key.encode())

    def read(self, seconds: float) -> bytes:
        """What is written within some seconds at most; the first of it at once."""
        if not select.select([self._leader], [], [], max(0.0, seconds))[0]:
            return b""
        with suppress(OSError):
            got = os.read(self._leader, 1 << 20)
            self.written += len(got)
            return got
        return b""

    def until(self, word: bytes, *, within: float) -> float:
        """Seconds from now until a word is written; infinite where it is not in time."""
        began, tail = time.perf_counter(), b""
        while (left := began + within - time.perf_counter()) > 0:
            tail = tail[-len(word) :] + self.read(left)
            if word in tail:
                return time.perf_counter() - began
        return float("inf")

    def drain(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.read(left)

    @property
    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU that the process took so far: its first thread, and all of them."""
        first, every = _cpu(f"/proc/{self._app.pid}/task/{self._app.pid}"), _cpu(f"/proc/{self._app.pid}")
        return first, every


def _cpu(place: str) -> float:
    fields = Path(place, "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
