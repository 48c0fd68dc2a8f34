"""A store: a folder in which runs land and from which they are read."""

import os
from pathlib import Path

from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.landing import Landing

__all__ = ["Store", "StoreError", "default_store"]


class Store(Folder):
    """A folder of runs; made at the first landing."""

    __slots__ = ()

    def __init__(self, path: Path | str) -> None:
        super().__init__(Path(path).expanduser().absolute())

    def begin(self, name: str, *, seed: int, features: tuple[str, ...] = ()) -> Landing:
        """Open a landing for a flight of this scenario and seed; `features` name the columns its requests may carry."""
        return Landing(self, name, seed=seed, features=features)


def default_store() -> Store:
    """The store of this user: greenroom's folder among the user's data."""
    home = os.environ.get("XDG_DATA_HOME")
    return Store((Path(home) if home else Path.home() / ".local" / "share") / "greenroom")
