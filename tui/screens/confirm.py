"""A question before something is done: it names the effect, and its focus is on no."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.widgets.bar import Page
from tui.widgets.drawn import line
from tui.widgets.listing import Item, Listing

MANY = 12
"""More answers than this are found by their letters."""


class Choice(ModalScreen[str]):
    """A question with answers, of which the first is the safe one; Escape is the first, too, and q where there are few.

    Where it is `careful`, a letter only goes to its answer and Enter takes it: no key that was meant for what lies
    below is taken for a lever. Only y and n answer at once. Among many answers letters find one: all that was typed.
    """

    CSS_PATH = "../styles/confirm.tcss"
    BINDINGS = [("escape,q", "no", "no"), ("enter", "take", "take"), ("j,down", "move(1)", "down"),
                ("k,up", "move(-1)", "up")]

    def __init__(self, question: str, effect: str, answers: dict[str, str], *, careful: bool = False) -> None:
        super().__init__()
        self.question, self.effect, self.answers, self.careful = question, effect, answers, careful
        self.typed = ""

    def compose(self) -> ComposeResult:
        """The question, its effect, the answers."""
        with Vertical(id="box"):
            yield Page(id="effect")
            yield Listing(id="answers")

    def on_mount(self) -> None:
        """Ask."""
        box = self.query_one("#box")
        box.border_title = self.question.replace("[", "(")
        self._say()
        self.query_one(Page).write([line(self.effect)])
        listing = self.query_one(Listing)
        listing.show([Item(key, ((f" {text} ", "plain"),)) for key, text in self.answers.items()])
        listing.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Many answers take half of the screen, and the others come into sight with the cursor."""
        self.query_one(Listing).styles.height = min(len(self.answers), event.size.height // 2)

    def _say(self) -> None:
        """Say below what the keys do, and what was typed so far."""
        safe = next(iter(self.answers.values()))
        finds = f"letters find one{f', {self.typed}' if self.typed else ''}; " if self.many else ""
        self.query_one("#box").border_subtitle = f"{finds}enter takes it, esc: {safe}".replace("[", "(")

    @property
    def many(self) -> bool:
        """Whether there are so many answers that several begin alike."""
        return len(self.answers) > MANY

    def _find(self, event: events.Key) -> bool:
        """Go to the first answer that begins with what was typed, or holds it; whether the key was for that."""
        letter = event.character or ""
        begins = letter.isprintable() and bool(letter.strip())
        if event.key != "backspace" and not (begins or (letter == " " and self.typed)):
            return False
        typed = self.typed[:-1] if event.key == "backspace" else self.typed + letter.lower()
        texts = [text.lower() for text in self.answers.values()]
        places = [place for place, text in enumerate(texts) if text.startswith(typed)]
        places += [place for place, text in enumerate(texts) if typed in text]
        if places:
            self.typed = typed
            self.query_one(Listing).go(places[0])
            self._say()
        return True

    def on_key(self, event: events.Key) -> None:
        """The first letter of an answer takes it, or goes to it; letters find one of many."""
        if self.many:
            if self._find(event):
                event.stop()
                event.prevent_default()
            return
        letter = event.character
        for place, (key, text) in enumerate(self.answers.items()):
            if letter and text.lower().startswith(letter) and letter not in "jkq":
                event.stop()
                event.prevent_default()
                if self.careful and letter not in "yn":
                    self.query_one(Listing).go(place)
                else:
                    self.dismiss(key)
                return

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """A double click takes an answer."""
        self.dismiss(event.key)

    def action_move(self, by: int) -> None:
        """Go to another answer."""
        self.query_one(Listing).move(by)

    def action_take(self) -> None:
        """Take the answer under the cursor."""
        self.dismiss(self.query_one(Listing).key)

    def action_no(self) -> None:
        """Take the safe one."""
        self.dismiss(next(iter(self.answers)))
