"""A file without its mistakes, so that what is wrong between tables is said together with what is wrong in one."""

from collections.abc import Collection
from typing import Any

from sandbox.scenario.locate import Path


class Pruned:
    """What is left of a parsed file when the tables and keys at some paths are taken out."""

    def __init__(self, raw: dict[str, Any], bad: Collection[Path]) -> None:
        self._kept: dict[Path, list[int]] = {}
        self.taken: set[Path] = {self._removable(raw, path) for path in bad}
        self.left = self._copy(raw, (), ())

    @staticmethod
    def _removable(raw: Any, path: Path) -> Path:
        """The path itself, or for a key that is missing the table that misses it."""
        here = raw
        for depth, part in enumerate(path):
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                return path[:depth]
        return path

    def _copy(self, value: Any, old: Path, new: Path) -> Any:
        if isinstance(value, dict):
            return {
                key: self._copy(item, (*old, key), (*new, key))
                for key, item in value.items()
                if (*old, key) not in self.taken
            }
        if isinstance(value, list):
            kept = [index for index in range(len(value)) if (*old, index) not in self.taken]
            self._kept[new] = kept
            return [self._copy(value[index], (*old, index), (*new, at)) for at, index in enumerate(kept)]
        return value

    def in_file(self, path: Path) -> Path:
        """The path in the file of a path in what is left."""
        whole: list[str | int] = []
        for depth, part in enumerate(path):
            kept = self._kept.get(path[:depth])
            whole.append(kept[part] if isinstance(part, int) and kept is not None and part < len(kept) else part)
        return tuple(whole)
