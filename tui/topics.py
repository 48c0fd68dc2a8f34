"""What F1 says of what has the focus: a part of a screen, what it shows, and which actions are about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A part of a screen; `actions` are ids, or scopes."""

    title: str
    about: str
    actions: tuple[str, ...]


MOVES = ("list.down", "list.up", "list.page-down", "list.page-up", "list.filter")

COCKPIT = {
    "chart": Topic(
        title="An instrument",
        about=(
            "A metric as telemetry reads it, one window after the other. Dotted is the incumbent, solid the "
            "candidate, ┄ a limit; a limit of \"inc +20%\" is what the incumbent reads and a fifth of it, and moves as "
            "that does. ✖ is beyond a limit, and a gate fails or an alert fires on it; ! is beyond "
            "it in this window, and neither has said so. \"0% of 7\" rests on seven observations, too few to go by, "
            "and ? is beyond a limit on so few. \"5m late\" is how far labels are behind: what it shows is of then."
        ),
        actions=("cockpit.dial", "cockpit.zoom", "cockpit.maximise", "list.down", "list.up", "app.charts"),
    ),
    "alerts": Topic(
        title="Alerts",
        about=(
            "What fires first, then what is pending, then what is resolved. ▲ a page, ◆ a ticket. Acknowledging says "
            "that you have seen them all; a silence keeps one quiet, and it goes on firing."
        ),
        actions=("alert", "act.call", "act.incident", "act.other", *MOVES, "cockpit.maximise"),
    ),
    "gates": Topic(
        title="Gates",
        about=(
            "What each gate said when it was last asked, and the inequality that decided. A gate reads the step so "
            "far, or as long as stands behind \"over\"; instruments read one window, so both may be right and differ. "
            "Inconclusive: it cannot tell yet. One that is not asked any more, as after a "
            "segment went back, says since when. No data: too few were seen. A gate that watches decides nothing."
        ),
        actions=("act.hold", "act.promote", "act.rollback", *MOVES, "cockpit.maximise"),
    ),
    "timeline": Topic(
        title="Timeline",
        about=(
            "Everything that was said, decided and done, as the flight log has it. It follows until you move up in "
            "it; below is the whole of the line under the cursor."
        ),
        actions=("list.bottom", *MOVES, "cockpit.note", "clock.next", "cockpit.maximise"),
    ),
    "runbook": Topic(
        title="Runbook",
        about=(
            "What was agreed on beforehand. ○ not done, ▶ comes next in a runbook for what fires, • done, ✔ done and "
            "verified, ✖ done and it did not help. Below: what the step does, and how one sees that it helped. A "
            "question is answered by telemetry: yes or no. What you do by a lever is ticked off, too; Enter on its "
            "step finds out whether it helped, and does it again only where things are otherwise by now."
        ),
        actions=("runbook", "act.other", *MOVES, "cockpit.maximise"),
    ),
}
"""By the id of what has the focus, up to a dash."""

DEBRIEF = {
    "axis": Topic(
        title="What happened",
        about=(
            "All of the flight on one axis of time, and a cursor. F and D: a fault, a drift begins. x: a gate failed. "
            "P, T: a page, a ticket. On the row \"you\": your commands by their first letter, capitals move users, - "
            "was refused, + stands for several; whoever else acted, on call or called, has a row of their own. On the "
            "row \"defensible\": o harm began, nobody could act before; ! harm was evident, nobody could wait longer; "
            "d it was detected."
        ),
        actions=("debrief",),
    ),
    "log": Topic(
        title="Log",
        about=(
            "What happened, line by line; what only the world knew at the time is marked."
        ),
        actions=(*MOVES, "debrief.replay", "debrief.what-if"),
    ),
}
LIST = {
    "list": Topic(
        title="This list",
        about=(
            "/ and some words show only the lines that hold them all; a word after ! must be missing. Lines are found "
            "by more than they show: metrics, gates, faults and drifts. Escape shows all again."
        ),
        actions=("library", "drills", "history", *MOVES),
    ),
}
