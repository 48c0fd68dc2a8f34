"""The two lines above everything: the state of the flight, and where the ramp stands and why."""

from collections.abc import Iterator

from sandbox.base.clock import clock
from sandbox.base.units import format_share
from tui.frame import Frame, RampNow
from tui.pace import speed_words
from tui.sheet import Sheet
from tui.widgets.bar import Bar
from tui.widgets.drawn import Drawing, Drawn, Piece, line

WORDS = {"run": "▶ RUN", "paused": "‖ PAUSED", "ended": "■ ENDED", "replay": "▸ REPLAY", "replaying": "▶ REPLAY"}
MARKS = {"r": ("ramp", "good"), "A": ("alert", "page"), "o": ("operator", "accent"), "^": ("now", "cursor")}
"""The letters on the event strip: what each means, and its ink."""
GRAVITY = "┄roA"
"""The letters that may share a cell; the last one stands."""
ENOUGH = 24
"""Cells in which the reason to wait says something."""
SHORTLY = 0.5
"""What is compiled faster than this, in seconds, is not worth a word."""
PHASES = {"promoted": "promoted", "rolled_back": "rolled back", "aborted": "aborted", "waiting": "not begun"}


class Status(Bar):
    """State, clock, models, share, alerts, error budget; what does not fit is left out from the left of the right."""

    def show(self, frame: Frame, sheet: Sheet) -> None:
        """Write the line for a frame."""
        view = frame.view
        behind = f" behind {speed_words(round(frame.reached))}" if frame.reached else ""
        left: list[Piece] = [
            _state(frame), (f"{speed_words(frame.speed)}{behind} ", "warn" if behind else "plain"),
            (f" {clock(view.at // 10**9 * 10**9)}", "strong"), (f" / {clock(sheet.duration)} ", "faint"),
            *_alerts(frame),
        ]
        seen = view.ramp.seen_share
        right: list[Piece] = [
            *((f"  {one.name} budget {100 * one.left:.0f}% left", "faint" if one.left > 0.25 else "warn")
              for one in view.budgets[:1]),
            (f"  {sheet.arms[0]} → ", "incumbent"), (f"{sheet.candidate}", "candidate"),
            (f"  share {format_share(round(view.ramp.set_share, 4))}", "strong"),
            (f" seen {'—' if seen is None else format_share(round(seen, 3))} ", "faint"),
        ]
        self.write(left, right)


def _state(frame: Frame) -> Piece:
    if frame.compiling > SHORTLY:
        return f" … COMPILING {frame.compiling:.0f}s ", "accent"
    if frame.trouble:
        return " ✖ BROKEN OFF ", "warn"
    ink = "strong" if frame.state == "run" else "truth" if "replay" in frame.state else "accent"
    return f" {WORDS[frame.state]} ", ink


def _alerts(frame: Frame) -> Iterator[Piece]:
    firing = [one for one in frame.view.alerts if one.firing]
    for severity, ink in (("page", "page"), ("ticket", "ticket"), ("info", "info")):
        those = [one for one in firing if one.severity == severity]
        if those:
            seen = " ack" if all(one.acknowledged for one in those) else ""
            yield f" {len(those)} {severity.upper()}{seen}", ink
    if not firing:
        yield " no alert", "faint"


class Ramp(Drawn):
    """The steps with what became of them, the event strip, and why the ramp waits."""

    DEFAULT_CSS = "Ramp { height: 2; }"

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(id="ramp")
        self.sheet, self._frame = sheet, Frame()

    def show(self, frame: Frame) -> None:
        """Show the ramp of a frame."""
        self._frame = frame
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Drawing]:
        """Steps and strip in the first line, the reason in the second."""
        ramp = self._frame.view.ramp
        steps = self._steps(ramp, width)
        used = sum(len(text) for text, _ in steps)
        room = min(width // 3, width - used - 3)
        strip = [(" ", "plain"), *self._events(room)] if room >= 12 else []
        gap = width - used - sum(len(text) for text, _ in strip)
        legend = self._legend(strip)
        beside = width - sum(len(text) for text, _ in legend) - 2
        why = self._over(ramp, beside) if ramp.over else self._why(ramp, width)
        free = width - sum(len(text) for text, _ in (*why, *legend))
        under = [(" " * free, "plain"), *legend] if legend and free > 1 else []
        return [line(*steps, " " * max(0, gap), *strip), line(*why, *under)]

    def _steps(self, ramp: RampNow, width: int) -> list[Piece]:
        done, total = max(0, ramp.step), len(self.sheet.steps)
        pieces: list[Piece] = [(f" step {max(0, ramp.step + 1)}/{total} ", "strong")]
        titles = [step.title if len(step.title) < 9 else step.title[:8] for step in self.sheet.steps]
        if sum(len(one) + 3 for one in titles) > width - 24:
            titles = [one if place in (done - 1, done, done + 1) else "" for place, one in enumerate(titles)]
        for place, title in enumerate(titles):
            now = place == ramp.step and ramp.phase == "climbing"
            passed = place < ramp.step or ramp.phase == "promoted"
            sign = "▶" if now else "✔" if passed else "✖" if place == ramp.step and ramp.over else "○"
            ink = "strong" if now else "good" if passed else "page" if sign == "✖" else "faint"
            pieces.append((f"{sign}{title}", ink))
            if place < total - 1:
                pieces.append(("━" if passed else "─", "good" if passed else "faint"))
        return pieces

    def _events(self, width: int) -> list[Piece]:
        """One cell a stretch of the whole day: the gravest mark in it, and where now is."""
        cells, duration = ["┄"] * width, max(1, self.sheet.duration)
        for mark in self._frame.view.marks:
            place = min(width - 1, mark.at * width // duration)
            cells[place] = max(cells[place], mark.letter, key=GRAVITY.index)
        now = min(width - 1, self._frame.at * width // duration)
        cells[now] = "^" if cells[now] == "┄" else cells[now]
        return [
            (cell, "cursor" if place == now else MARKS.get(cell, ("", "faint"))[1])
            for place, cell in enumerate(cells)
        ]

    def _legend(self, strip: list[Piece]) -> list[Piece]:
        """What the letters on the strip mean, those that stand there."""
        there = {letter for letter, _ in strip}
        return [piece for letter, (word, ink) in MARKS.items() if letter in there
                for piece in ((letter, ink), (f" {word}  ", "faint"))]

    def _why(self, ramp: RampNow, width: int) -> list[Piece]:
        if self._frame.compiling > SHORTLY:
            return [(" the engine is compiled, once after installation; the flight waits", "accent")]
        if ramp.phase == "waiting":
            return [(f" {PHASES[ramp.phase]}", "strong")]
        waited = self._frame.at - ramp.since
        pieces: list[Piece] = [(f" baked {_minutes(waited)} of {_minutes(ramp.bake_ends - ramp.since)} ", "plain")]
        if ramp.held:
            pieces.append((" HELD ", "accent"))
        diverted = f"  diverted {', '.join(ramp.diverted)}" if ramp.diverted else ""
        if ramp.waits_for:
            limit = self._limit(ramp)
            room = width - sum(len(text) for text, _ in pieces) - len(f" waits: {diverted}")
            shorter = limit.rpartition(",")[0]
            spare = ("",) if ": " not in ramp.waits_for else ()  # numbers may be cut, and not whose word is waited for
            fits = [one for one in (limit, shorter, *spare) if room - len(one) >= len(ramp.waits_for)]
            limit = fits[0] if fits else limit if room - len(limit) >= ENOUGH else shorter
            room -= len(limit)
            pieces += [(" waits: ", "faint"), (_cut(ramp.waits_for, room), "plain"), (limit, "accent")]
        if diverted:
            pieces.append((diverted, "warn"))
        return pieces

    def _over(self, ramp: RampNow, room: int) -> list[Piece]:
        """How and when it ended, and why."""
        ended, at = f" {PHASES[ramp.phase]}", f" at {clock(ramp.since)}"
        because = f": {ramp.because}" if ramp.because else ""
        return [(ended, "strong"), (at, "faint"), (_cut(because, room - len(ended + at)), "plain")]

    def _limit(self, ramp: RampNow) -> str:
        """How long it may wait at most, and what comes then."""
        sheet, day = self.sheet, clock(self.sheet.duration)
        if self._frame.at < ramp.bake_ends and not ramp.held:
            return f", and the day ends {day}" if ramp.bake_ends > sheet.duration else ""
        stuck = sheet.then == "advance" and any(one.decides and one.verdict == "fail" for one in self._frame.view.gates)
        if ramp.held:
            return f", until it is resumed, and the day ends {day}"
        if stuck or sheet.patience is None or ramp.bake_ends + sheet.patience > sheet.duration:
            return f", at most to {day}, the day's end"
        comes = {"advance": "advances", "roll back": "rolls back"}[sheet.then]
        return f", at most to {clock(ramp.bake_ends + sheet.patience)}, then {comes}"


def _cut(text: str, room: int) -> str:
    """A text in so many cells, without the words at its end for which there is no room."""
    if len(text) <= room:
        return text
    return f"{text[:max(0, room)].rpartition(' ')[0].rstrip(' ,:')}…"


def _minutes(ns: int) -> str:
    seconds = max(0, ns) // 10**9
    return f"{seconds // 60}m{seconds % 60:02d}" if seconds % 60 else f"{seconds // 60}m"
