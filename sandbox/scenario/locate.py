"""Where each key of a TOML text stands: the parser gives values without positions, so mistakes could not be pointed at.

A scanner over text that the parser has already accepted; it may assume validity.
"""

from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def locate(text: str) -> dict[Path, Place]:
    """Line and column, from 1, of every table header, key and array element of a valid TOML text."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.lengths: dict[Path, int] = {}
        self._line = 1
        self._line_start = 0
        self._counted = 0

    def scan(self) -> dict[Path, Place]:
        table: Path = ()
        while True:
            self._skip(blank="\n \t")
            if self.at >= len(self.text):
                return self.places
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    # Where we are.

    def _place(self) -> Place:
        skipped = self.text.count("\n", self._counted, self.at)
        if skipped:
            self._line += skipped
            self._line_start = self.text.rindex("\n", 0, self.at) + 1
        self._counted = self.at
        return self._line, self.at - self._line_start + 1

    def _skip(self, *, blank: str) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in blank:
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    # Headers and keys.

    def _header(self) -> Path:
        place = self._place()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        names = self._key()
        self.at = self.text.index("]", self.at) + (2 if many else 1)
        path = self._through_arrays(names[:-1])
        if many:
            array = (*path, names[-1])
            index = self.lengths.get(array, 0)
            self.lengths[array] = index + 1
            self.places.setdefault(array, place)
            path = (*array, index)
        else:
            path = self._through_arrays(names)
        self._mark(path, place)
        return path

    def _through_arrays(self, names: Path) -> Path:
        """The path of a dotted name, going into the last element of every array of tables on the way."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def _mark(self, path: Path, place: Place) -> None:
        for length in range(1, len(path) + 1):
            self.places.setdefault(path[:length], place)

    def _key(self) -> Path:
        names: list[str | int] = []
        while True:
            self._skip(blank=" \t")
            if self.text[self.at] in "\"'":
                names.append(self._quoted_key())
            else:
                start = self.at
                while self.at < len(self.text) and self.text[self.at] in _BARE:
                    self.at += 1
                names.append(self.text[start : self.at])
            self._skip(blank=" \t")
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return tuple(names)
            self.at += 1

    def _quoted_key(self) -> str:
        start = self.at
        self._string()
        word = self.text[start : self.at]
        if word[0] == "'":
            return word[1:-1]
        import tomli

        return str(next(iter(tomli.loads(f"{word} = 0"))))

    def _pair(self, table: Path) -> None:
        self._skip(blank=" \t\n")
        place = self._place()
        path = (*table, *self._key())
        self._mark(path, place)
        self.at = self.text.index("=", self.at) + 1
        self._skip(blank=" \t")
        self._value(path)

    # Values.

    def _value(self, path: Path) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.at += 3
            while not self.text.startswith(quote * 3, self.at):
                self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
            self.at += 3
            while self.text.startswith(quote, self.at):  # up to two more quotes belong to the string
                self.at += 1
            return
        self.at += 1
        while self.text[self.at] != quote:
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(blank=" \t\n,")
            if self.text[self.at] == "]":
                self.at += 1
                return
            self._mark((*path, index), self._place())
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip(blank=" \t\n,")
            if self.text[self.at] == "}":
                self.at += 1
                return
            self._pair(path)
