"""The characters states are told by, and what stands for them where only ASCII shows."""

from dataclasses import dataclass

SPELT = str.maketrans({
    "→": "->", "✔": "+", "✖": "x", "◆": "*", "·": ".", "─": "-", "━": "=", "≤": "<=", "≥": ">=", "±": "+-", "−": "-",
    "×": "x", "…": "..", "α": "alpha", "▲": "!", "•": "-", "▶": ">", "┄": "-", "│": "|", "┼": "+", "○": ".", "—": "-",
    "└": "+", "╵": "'", "‖": '"', "■": "#", "?": "?", "▸": ">", "█": "#", "░": ".", "↑": "^", "↓": "v", "←": "<-",
})


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """One character for each state; words stand beside them always."""

    unicode: bool = True

    def spell(self, text: str) -> str:
        """A text in the characters there are."""
        return text if self.unicode else text.translate(SPELT).encode("ascii", "replace").decode()

    def severity(self, severity: str) -> str:
        """The sign of a severity."""
        return self.spell({"page": "▲", "ticket": "◆"}.get(severity, "•"))

    def verdict(self, verdict: str) -> str:
        """The sign of a verdict."""
        return self.spell({"pass": "✔", "fail": "✖", "error": "✖", "inconclusive": "?", "no_data": "○"}[verdict])
