"""A widget that draws lines of inked pieces itself: no markup to fall over, and only rows that changed are painted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import Glyphs

_UPRIGHT = Style()
_BOLD = Style(bold=True)
INKS: Mapping[str, tuple[str, Style]] = {
    "plain": ("", _UPRIGHT), "faint": ("faint", _UPRIGHT), "strong": ("", _BOLD),
    "incumbent": ("incumbent", _UPRIGHT), "candidate": ("candidate", _UPRIGHT), "limit": ("limit", _UPRIGHT),
    "axis": ("axis", _UPRIGHT), "page": ("page", _BOLD), "ticket": ("ticket", _UPRIGHT), "info": ("info", _UPRIGHT),
    "good": ("good", _UPRIGHT), "truth": ("truth", Style(italic=True)), "accent": ("key", _UPRIGHT),
    "key": ("key", _BOLD), "cursor": ("", Style(reverse=True)), "warn": ("page", _UPRIGHT),
}
"""What a piece of text can be written in: which of the theme's colours, if any but the paper's own, and how.

Not in a style sheet: Textual would work out each of them for each widget, at every change of any class.
"""

Piece = tuple[str, str]
"""Some text and the ink it is written in."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One line: its pieces, and whether the cursor stands on it."""

    pieces: tuple[Piece, ...]
    chosen: bool = False

    @property
    def text(self) -> str:
        """The line without its inks."""
        return "".join(text for text, _ in self.pieces)


def line(*pieces: Piece | str, chosen: bool = False) -> Drawing:
    """A line of pieces; bare text is in plain ink."""
    return Drawing(tuple((one, "plain") if isinstance(one, str) else one for one in pieces), chosen)


def marked(pieces: Sequence[Piece], mark: str, width: int) -> tuple[Piece, ...]:
    """A line with a mark at its right end, in place of what stands there."""
    room, cut = max(0, width - len(mark)), list[Piece]()
    for text, ink in pieces:
        cut.append((text[:room], ink))
        room -= len(cut[-1][0])
    return (*cut, (" " * room, "plain"), (mark, "accent"))


class Drawn(Widget):
    """Keeps the lines it shows; a subclass says what they are for a width and a height."""

    DEFAULT_CSS = "Drawn { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._drawings: list[Drawing] = []
        self._painted: dict[int, Strip] = {}
        self._styles: dict[str, Style] = {}
        self._colours: Mapping[str, str] = {}
        self._entitled = ("", "")

    def drawn(self, width: int, height: int) -> Iterable[Drawing]:
        """The lines for a width and a height of cells."""
        raise NotImplementedError

    @property
    def glyphs(self) -> Glyphs:
        """The characters there are."""
        found: Glyphs = getattr(self.app, "glyphs", Glyphs())
        return found

    @property
    def text(self) -> str:
        """What it shows, without inks."""
        return "\n".join(drawing.text for drawing in self._drawings)

    def redraw(self) -> None:
        """Draw anew, and paint the rows that differ."""
        if not self.is_attached:
            return
        size = self.content_size
        fresh = list(self.drawn(size.width, size.height))[: size.height] if size.width and size.height else []
        old, self._drawings = self._drawings, fresh
        changed = [y for y in range(max(len(old), len(fresh))) if old[y : y + 1] != fresh[y : y + 1]]
        for y in changed:
            self._painted.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def entitle(self, title: str, below: str = "") -> None:
        """Write on the border what is not there yet: any title that is set has all of the widget painted anew."""
        if (title, below) != self._entitled:
            self._entitled = title, below
            self.border_title, self.border_subtitle = Content(title), Content(below)

    def on_resize(self) -> None:
        """Another size is another drawing."""
        self._painted.clear()
        self.redraw()
        self.refresh()

    def notify_style_update(self) -> None:
        """Other colours: forget what was painted."""
        self._painted.clear()
        self._styles.clear()
        if self._colours != self.app.theme_variables:
            self._colours = self.app.theme_variables
            self.refresh()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """A row as it is painted."""
        strip = self._painted.get(y)
        if strip is None:
            strip = self._painted[y] = self._inked(self._drawings[y] if y < len(self._drawings) else line())
        return strip

    def _inked(self, drawing: Drawing) -> Strip:
        width = self.content_size.width
        on = "cursor" if drawing.chosen else "plain"
        spell = self.glyphs.spell
        segments = [Segment(spell(text), self._ink(ink, on)) for text, ink in drawing.pieces if text]
        return Strip(segments).adjust_cell_length(width, self._ink("plain", on))

    def _ink(self, ink: str, on: str) -> Style:
        """How an ink looks on plain paper or under the cursor; worked out once, until colours change."""
        style = self._styles.get(f"{on} {ink}")
        if style is None:
            base = self.rich_style + INKS[on][1]
            colour, own = INKS[ink]
            if on == "cursor":  # one bar, and no patchwork: what a colour tells is told by words, too
                own = Style(bold=own.bold, italic=own.italic)
            elif colour:
                own = Style(color=Color.parse(self._colours[colour]).rich_color) + own
            style = self._styles[f"{on} {ink}"] = base + own
        return style
