"""A line of text that a screen writes: a title, a status."""

from collections.abc import Sequence

from textual.geometry import Size

from tui.widgets.drawn import Drawing, Drawn, Piece, line, marked


class Bar(Drawn):
    """Pieces at the left, and pieces at the right where there is room for them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._left: tuple[Piece, ...] = ()
        self._right: tuple[Piece, ...] = ()

    def write(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Show this."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.redraw()

    def drawn(self, width: int, height: int) -> list[Drawing]:
        """The line: the right part is left out piece by piece where it does not fit, and what belongs together at once.

        A piece that begins with no blank belongs to the one before it.
        """
        right = list(self._right)
        used = sum(len(text) for text, _ in self._left)
        while right and used + sum(len(text) for text, _ in right) > width:
            right.pop(0)
            while right and not right[0][0].startswith(" "):
                right.pop(0)
        gap = width - used - sum(len(text) for text, _ in right)
        return [line(*self._left, " " * max(0, gap), *right)]


class Page(Drawn):
    """Lines a screen writes; what there is no room for is counted, and the wheel and `go` bring it into sight."""

    DEFAULT_CSS = "Page { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: tuple[Drawing, ...] = ()
        self.top = 0

    def write(self, lines: Sequence[Drawing]) -> None:
        """Show these."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            if self.styles.height is not None and self.styles.height.is_auto:
                self.refresh(layout=True)
            self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as its lines take, where a style asks for no more."""
        return sum(len(wrapped(one, width)) for one in self._lines)

    def drawn(self, width: int, height: int) -> Sequence[Drawing]:
        """The lines, wrapped."""
        lines = [part for one in self._lines for part in wrapped(one, width)]
        self.top = max(0, min(self.top, len(lines) - height))
        seen, below = lines[self.top : self.top + height], len(lines) - self.top - height
        if self.top and seen:
            seen[0] = line(*marked(seen[0].pieces, f" ↑ {self.top} more", width))
        if below > 0 and seen and height > 1:
            seen[-1] = line(*marked(seen[-1].pieces, f" ↓ {below} more", width))
        return seen

    def go(self, by: int) -> None:
        """Move what is in sight by lines."""
        self.top = max(0, self.top + by)
        self.redraw()

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves what is in sight."""
        self.go(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves what is in sight."""
        self.go(-3)


def wrapped(one: Drawing, width: int) -> list[Drawing]:
    """A line as many as it takes, broken between words; what follows is set in by as much as it begins with."""
    if "\n" in one.text:
        return [part for row in _rows(one) for part in wrapped(row, width)]
    if len(one.text) <= width or width < 8:
        return [one]
    label = one.pieces[0][0] if one.pieces and one.pieces[0][0].endswith(" ") else ""
    indent = min(len(label) or len(one.text) - len(one.text.lstrip()), width // 3)
    lines: list[list[Piece]] = [[]]
    used = 0
    for text, ink in one.pieces:
        for word in _words(text, width - indent):
            if used + len(word.rstrip()) > width and used > indent:
                lines.append([(" " * indent, "plain")])
                used, word = indent, word.lstrip()
            lines[-1].append((word, ink))
            used += len(word)
    return [line(*pieces) for pieces in lines]


def _rows(one: Drawing) -> list[Drawing]:
    """Lines of their own where a text has several."""
    rows: list[list[Piece]] = [[]]
    for text, ink in one.pieces:
        first, *others = text.split("\n")
        rows[-1].append((first, ink))
        rows.extend([(other, ink)] for other in others)
    return [line(*row, chosen=one.chosen) for row in rows]


def _words(text: str, longest: int) -> list[str]:
    """Words with the blanks after them; one that fits into no line, as a path may be, is cut."""
    words, word = [], ""
    for letter in text:
        if word and letter != " " and ((word[-1] == " " and word.strip()) or len(word) >= longest):
            words.append(word)
            word = ""
        word += letter
    return [*words, word] if word else words
