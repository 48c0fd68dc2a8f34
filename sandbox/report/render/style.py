"""What the terminal at the other end can show."""

from dataclasses import dataclass

_ASCII = str.maketrans({
    "→": "->", "✓": "+", "✗": "x", "◆": "*", "·": "|", "─": "-", "≤": "<=", "≥": ">=", "±": "+/-", "−": "-", "×": "x",
    "…": "...", "α": "alpha",
})
_ESCAPES = {"green": "32", "red": "31", "yellow": "33", "dim": "2", "bold": "1", "truth": "35"}


@dataclass(frozen=True, slots=True)
class Style:
    """What the terminal can show."""

    utf8: bool = True
    colour: bool = False

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{_ESCAPES[colour]}m{text}\x1b[0m" if self.colour and text.strip() else text

    def quote(self, text: str) -> str:
        """What a scenario said, without characters that a terminal would obey."""
        return "".join(letter if letter.isprintable() else "?" for letter in text)

    def spell(self, text: str) -> str:
        """The text in the characters there are."""
        return text if self.utf8 else text.translate(_ASCII).encode("ascii", "replace").decode()
