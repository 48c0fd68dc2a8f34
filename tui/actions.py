"""Every action of the cockpit, once: its id, where it is at hand, its keys, and what it does.

Bindings, the footer, `?`, the palette, rebinding and the page of keys are all made from this table.
"""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a person can do."""

    id: str
    scope: str
    keys: str
    label: str
    says: str
    acts: bool = False
    """Whether it does something to the flight; such a key is a capital, and asks first."""
    rank: int = 0
    """Its place in the footer, the lowest first; 0 leaves it out."""

    @property
    def method(self) -> str:
        """The method of a screen that does it: "clock.toggle" is `do_clock_toggle`."""
        return "do_" + self.id.replace(".", "_").replace("-", "_")

    @property
    def shown_key(self) -> str:
        """The first of its keys, as people write it."""
        return shown(self.keys.split(",")[0])


def shown(key: str) -> str:
    """A key as people write it."""
    names = {
        "question_mark": "?", "colon": ":", "slash": "/", "full_stop": ".", "greater_than_sign": ">",
        "left_square_bracket": "[", "right_square_bracket": "]", "escape": "esc", "less_than_sign": "<",
        "plus": "+", "minus": "-", "left": "←", "right": "→", "up": "↑", "down": "↓", "pageup": "pgup",
        "pagedown": "pgdn",
    }
    return names.get(key, key)


def _action(name: str, keys: str, label: str, says: str, *, rank: int = 0, acts: bool = False) -> Action:
    scope, _, _ = name.partition(".")
    return Action(id=name, scope=scope, keys=keys, label=label, says=says, acts=acts, rank=rank)


ACTIONS: tuple[Action, ...] = (
    _action("app.palette", "colon,ctrl+p", "commands", "Open the palette: every action by name", rank=90),
    _action("app.keys", "question_mark", "keys", "Show the keys of this screen", rank=91),
    _action("app.help", "f1", "help", "Explain what has the focus"),
    _action("app.lesson", "f2", "lesson", "Fly the first lesson: ten minutes, with every word explained"),
    _action("app.theme", "t", "theme", "Take the next theme"),
    _action("app.charts", "b", "charts of dots", "Draw charts in braille, blocks or ASCII"),
    _action("app.ascii", "ctrl+a", "ASCII", "Write everything in ASCII, or no longer"),
    _action("app.back", "escape", "back", "Go back one level"),
    _action("app.quit", "q", "quit", "Leave greenroom", rank=99),
    _action("mode.library", "1", "library", "Go to the scenarios"),
    _action("mode.drills", "2", "drills", "Go to the drills"),
    _action("mode.history", "3", "history", "Go to the flights on record", rank=40),
    _action("mode.compare", "4", "compare", "Compare two flights: those that are marked, or the last two"),
    _action("list.down", "j,down", "down", "Go down one line"),
    _action("list.up", "k,up", "up", "Go up one line"),
    _action("list.top", "g,home", "top", "Go to the first line"),
    _action("list.bottom", "G,end", "bottom", "Go to the last line"),
    _action("list.page-down", "ctrl+d,pagedown", "page down", "Go down a page"),
    _action("list.page-up", "ctrl+u,pageup", "page up", "Go up a page"),
    _action("list.filter", "slash", "filter", "Show only lines with these words, or with ! those without", rank=28),
    _action("library.brief", "enter", "brief", "Read the briefing of this scenario", rank=1),
    _action("library.run", "r", "run", "Fly this scenario at once", rank=2),
    _action("library.sort", "o", "sort", "Sort by name, or by when it was last flown", rank=5),
    _action("briefing.start", "enter", "take off", "Take off", rank=1),
    _action("briefing.slower", "left_square_bracket", "slower", "Begin slower", rank=2),
    _action("briefing.faster", "right_square_bracket", "faster", "Begin faster", rank=3),
    _action("briefing.seed", "s", "seed", "Take the scenario's own seed, or the next", rank=4),
    _action("briefing.pause-on", "p", "pause on", "Choose what stops the clock", rank=5),
    _action("briefing.record", "e", "record", "Keep the flight in the history, or not"),
    _action("lesson.next", "enter", "go on", "Read on, or go past what the lesson asks for", rank=1),
    _action("lesson.back", "backspace", "read again", "Read the step before", rank=2),
    _action("clock.toggle", "space", "play/pause", "Let time pass, or stop it", rank=1),
    _action("clock.step", "full_stop", "step", "Fly to the next look of the gates", rank=5),
    _action("clock.slower", "left_square_bracket", "slower", "Fly slower", rank=6),
    _action("clock.faster", "right_square_bracket", "faster", "Fly faster", rank=7),
    _action("clock.next", "greater_than_sign", "next event", "Fly to the next thing that happens", rank=8),
    _action("clock.back", "left", "back", "Go back by one look of the gates, in a replay", rank=2),
    _action("clock.on", "right", "on", "Go on by one look of the gates, in a replay", rank=3),
    _action("clock.before", "less_than_sign", "event before", "Go back to the last thing that happened, in a replay",
            rank=9),
    _action("act.hold", "H", "hold", "Hold the ramp on this step, or let it go on", acts=True, rank=3),
    _action("act.promote", "P", "promote", "Take the next step of the ramp, or all the rest of it", acts=True, rank=12),
    _action("act.rollback", "R", "roll back", "Send everybody, or one segment, back to the incumbent", acts=True,
            rank=4),
    _action("act.divert", "D", "divert", "Send one segment back while the others go on, or readmit it", acts=True,
            rank=15),
    _action("act.flags", "F", "flags", "Switch an input of the models off, or on again", acts=True, rank=16),
    _action("act.call", "C", "call", "Page somebody by their role", acts=True, rank=17),
    _action("act.approve", "A", "approve", "Agree to the step that comes next, or say no", acts=True),
    _action("act.incident", "I", "incident", "Declare an incident, or close it", acts=True),
    _action("act.diagnose", "W", "diagnose", "Say what you think is wrong", acts=True, rank=18),
    _action("act.update", "U", "update", "Tell an audience how things stand", acts=True, rank=19),
    _action("runbook.perform", "enter", "perform", "Perform this step of the runbook"),
    _action("act.other", "O", "other", "Choose any other command: scale, restart, thresholds, disable an alert …",
            acts=True),
    _action("alert.acknowledge", "a", "ack", "Say that you have seen the alerts", rank=2),
    _action("alert.silence", "s", "silence", "Silence this alert for a while, with a reason, or end its silence"),
    _action("alert.escalate", "e", "escalate", "Hand it to another role, with a reason", rank=14),
    _action("drills.brief", "enter", "brief", "Read the briefing of this drill", rank=1),
    _action("drill.start", "enter", "take off", "Deal one case of this drill, and take off", rank=1),
    _action("cockpit.hint", "h", "hint", "Ask for a hint, in a drill; it costs five points"),
    _action("cockpit.brief", "v", "briefing", "Read again what you were told before take-off"),
    _action("cockpit.note", "n", "note", "Write a line into the flight log"),
    _action("cockpit.dial", "d", "dial", "Choose the metric that this chart shows"),
    _action("cockpit.zoom", "z", "zoom", "Chart the whole flight, or its last hour or less"),
    _action("cockpit.maximise", "m", "maximise", "Give this pane the whole screen, or give it back"),
    _action("cockpit.truth", "i", "instructor", "Show what is true, on the instructor's panel"),
    _action("cockpit.end", "E", "end", "Fly to the end of the day and read the debrief", acts=True, rank=20),
    _action("debrief.left", "left,h", "earlier", "Move to an earlier moment", rank=1),
    _action("debrief.right", "right,l", "later", "Move to a later moment", rank=2),
    _action("debrief.replay", "enter", "replay", "Replay the flight from this moment", rank=3),
    _action("debrief.next", "n", "next event", "Move to the next thing that happened"),
    _action("debrief.what-if", "w", "what if", "Fly the same day again, and do something else at this moment", rank=4),
    _action("debrief.others", "o", "others", "Fly this day as nobody, a bot and the oracle would, and score it",
            rank=5),
    _action("debrief.again", "r", "again", "Fly this scenario on another day; a drill is dealt anew", rank=6),
    _action("debrief.same", "s", "same seed", "Fly this very day again, a drill as a flight like any other"),
    _action("debrief.note", "i", "note", "Write a note about this flight", rank=7),
    _action("history.open", "enter", "debrief", "Read the debrief of this flight", rank=1),
    _action("history.replay", "r", "replay", "Replay this flight", rank=2),
    _action("history.mark", "space", "mark", "Mark this flight for a comparison", rank=3),
    _action("history.compare", "c", "compare", "Compare the marked flights, or this one with the one before", rank=4),
    _action("compare.swap", "s", "swap", "Swap the two", rank=1),
    _action("compare.look", "c", "look at", "Look at the table, the charts or what happened, where all do not fit",
            rank=2),
    _action("share.export", "x", "export", "Write what this screen shows into a file", rank=30),
    _action("share.copy", "y", "copy", "Copy what this screen shows", rank=31),
    _action("pane.1", "1", "charts", "Look at the charts"),
    _action("pane.2", "2", "alerts", "Look at the alerts"),
    _action("pane.3", "3", "gates", "Look at the gates"),
    _action("pane.4", "4", "timeline", "Look at the timeline"),
    _action("pane.5", "5", "runbook", "Look at the runbook"),
)

EVERYWHERE = ("app", "list", "mode")
"""Scopes whose actions come after those of the screen itself."""
BY_ID = {action.id: action for action in ACTIONS}


def of(*scopes: str) -> tuple[Action, ...]:
    """The actions of some scopes."""
    return tuple(action for action in ACTIONS if action.scope in scopes or action.id in scopes)


def bindings(*scopes: str) -> list[BindingType]:
    """The bindings of some scopes; every one of them does its action by id."""
    return [
        Binding(action.keys, f"act('{action.id}')", action.label, show=bool(action.rank), id=action.id)
        for action in of(*scopes)
    ]
