"""Tasks for engines that need nothing imported."""

import os
import signal
from pathlib import Path


def twice(number: int) -> int:
    return 2 * number


def deadly(path_and_number: tuple[str, int]) -> int:
    """Kills its process: the one with number 3 always, the one with number 5 the first time."""
    folder, number = path_and_number
    first = Path(folder) / f"{number}"
    if number == 3 or (number == 5 and not first.exists()):
        first.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def failing(number: int) -> int:
    if number == 2:
        raise ValueError("two is too many")
    return number
