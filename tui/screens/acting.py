"""The levers of the cockpit: each asks first, names its effect, and says why where it is refused."""

from typing import TYPE_CHECKING

from sandbox.base.command import Refused
from tui.actions import BY_ID
from tui.frame import Frame
from tui.screens.confirm import Choice
from tui.screens.form import Arguments, Form, fields_of
from tui.screens.room import Room
from tui.sheet import Sheet
from tui.widgets.listing import Listing
from tui.widgets.runbook import became, does

if TYPE_CHECKING:
    from sandbox.operate.standing import Standing
    from tui.feed import Feed

EFFECTS = {
    "divert": "This segment goes back to the incumbent; the others stay on the ramp.",
    "readmit": "This segment takes part again, at the share of the others.",
    "toggle": "The models answer without this input, as if it were missing.",
    "page": "Somebody is called. They may be asleep.",
    "escalate": "It is theirs from now on; say why.",
    "silence": "Nobody is told of it for so long; it goes on firing. Say why.",
    "diagnose": "Your judgement of what is wrong; the last one counts.",
    "update": "They read what you write, now.",
    "declare": "An incident is open from now on, and has a clock.",
    "disable": "It is evaluated no more, and moves the ramp no more.",
    "scale": "Replicas start, and are cold at first.",
    "restart": "Replicas restart; what they were at is lost or asked again.",
    "adjust": "The candidate decides yes from another score.",
    "abort": "The rollout is over; everybody goes back.",
}


class Acting(Room):
    """What a cockpit can do to its flight."""

    feed: "Feed"
    sheet: Sheet
    frame: Frame

    def repaint(self) -> None:
        """Show how things stand now."""
        raise NotImplementedError

    async def command(self, kind: str, **arguments: str | int | float | bool) -> None:
        """Give a command, and say what came of it."""
        self.say(f"{kind}: on its way")
        try:
            answer = await self.feed.command(kind, **arguments)
        except Exception as error:
            self.say(f"{kind}: {error}", ink="warn")
            return
        if isinstance(answer, Refused):
            self.say(f"{kind} refused: {answer.reason}", ink="warn")
        else:
            later = answer.effective_at > answer.command.at
            waits = f"; {self.bound(BY_ID['clock.toggle']).shown_key} lets time pass" if self.feed.pace.paused else ""
            self.say(f"{kind}: under way{waits}" if later else f"{kind}: done")
        self.repaint()

    async def ask(self, question: str, effect: str, answers: dict[str, str]) -> str:
        """What somebody chooses; the first answer is the safe one."""
        return await self.app.push_screen_wait(Choice(question, effect, answers, careful=True))

    async def sure(self, question: str, effect: str, kind: str) -> None:
        """Give a command once somebody has said yes."""
        if await self.ask(question, effect, {"no": "no", "yes": f"yes, {kind}"}) == "yes":
            await self.command(kind)

    async def fill_in(self, kind: str, *, given: Arguments | None = None) -> None:
        """Give a command with the arguments that somebody fills in."""
        standing = await self.feed.standing()

        async def refuses(arguments: Arguments) -> str:
            return await self.feed.refusal(kind, **arguments)

        form = Form(kind, fields_of(kind, standing), effect=EFFECTS.get(kind, ""), refuses=refuses, given=given)
        arguments = await self.app.push_screen_wait(form)
        if arguments is not None:
            await self.command(kind, **arguments)

    # The levers.

    async def do_act_hold(self) -> None:
        """Hold, or let it go on."""
        standing = await self.feed.standing()
        if standing.held:
            await self.sure("Resume the ramp?", "The policy decides again when the next step begins.", "resume")
        else:
            share = f"{100 * self.frame.view.ramp.set_share:g}%"
            await self.sure("Hold the ramp?", f"It stays at {share}: no step up, and no rollback by itself.", "hold")

    async def do_act_promote(self) -> None:
        """The next step, or everything."""
        answer = await self.ask(
            "Promote?", "Gates are not asked. The clock runs on while you choose.",
            {"no": "no", "advance": "next step of the ramp", "promote": "everybody to the candidate"},
        )
        if answer != "no":
            await self.command(answer)

    async def do_act_rollback(self) -> None:
        """Everybody back, or one segment."""
        standing = await self.feed.standing()
        left = [one for one in standing.segments if one not in standing.diverted]
        answers = {"no": "no", "all": f"all traffic to {self.sheet.arms[0]}"}
        answers |= {one: f"only segment {one}" for one in left if len(left) > 1}
        effect = f"Requests go to {self.sheet.arms[0]}; those in flight finish where they are. "
        if undivided(standing):
            effect += "This plan names no segments: it is everybody or nobody."
        elif len(left) > 1:
            effect += "Where one segment goes back, the ramp goes on with the others, and no gate asks about it."
        answer = await self.ask("Roll back?", effect, answers)
        if answer == "all":
            await self.command("roll back")
        elif answer != "no":
            await self.command("roll back", segment=answer)

    async def do_act_divert(self) -> None:
        """One segment back, or in again."""
        standing = await self.feed.standing()
        if undivided(standing):
            key = self.bound(BY_ID["act.rollback"]).shown_key
            self.say(f"this plan names no segments, so there is none to divert; {key} sends everybody back", ink="warn")
        elif standing.diverted:
            answer = await self.ask("Which?", "A segment was diverted.", {
                "no": "neither", "divert": "divert another segment", "readmit": "readmit a segment",
            })
            if answer != "no":
                given: Arguments = {"segment": standing.diverted[0]} if answer == "readmit" else {}
                await self.fill_in(answer, given=given)
        else:
            await self.fill_in("divert")

    async def do_act_flags(self) -> None:
        """An input off, or on."""
        await self.fill_in("toggle")

    async def do_act_call(self) -> None:
        """Page a role."""
        await self.fill_in("page")

    async def do_act_approve(self) -> None:
        """Agree to the next step, or not."""
        standing = await self.feed.standing()
        wanted = next(iter(standing.wanted), next(iter(standing.roles), ""))
        answer = await self.ask(
            "The step that comes next?", f"You answer as {wanted}." if wanted else "Nobody's approval is waited for.",
            {"no": "neither", "approve": "approve it", "refuse": "say no, with a reason"},
        )
        if answer == "approve" and wanted:
            await self.command("approve", role=wanted)
        elif answer != "no":
            await self.fill_in(answer, given={"role": wanted} if wanted else None)

    async def do_act_incident(self) -> None:
        """Declare one, or close it."""
        standing = await self.feed.standing()
        await self.fill_in("close" if standing.incident else "declare")

    async def do_act_diagnose(self) -> None:
        """Say what is wrong."""
        await self.fill_in("diagnose")

    async def do_act_update(self) -> None:
        """Tell somebody."""
        await self.fill_in("update")

    async def do_act_other(self) -> None:
        """Any command there is."""
        from sandbox.operate.operations.kinds import BY_NAME

        answers = {"no": "none"} | {kind: kind for kind in BY_NAME}
        answer = await self.ask("Which command?", "Every command there is; a form asks for the rest.", answers)
        if answer == "no":
            return
        standing: Standing = await self.feed.standing()
        if fields_of(answer, standing):
            await self.fill_in(answer)
        else:
            await self.sure(f"{answer.capitalize()}?", EFFECTS.get(answer, ""), answer)

    # Alerts and notes.

    @property
    def _alert(self) -> str:
        """The alert under the cursor, by its name."""
        return self.query_one("#alerts", Listing).key.split("/")[0]

    async def do_alert_acknowledge(self) -> None:
        """Say that the alerts were seen, where there is one that nobody has."""
        view = self.frame.view
        if view.unseen:
            await self.command("acknowledge")
        else:
            seen = "every alert that fired is acknowledged" if any(one.letter == "A" for one in view.marks) else \
                "no alert has fired, so there is nothing to acknowledge"
            self.say(f"acknowledge refused: {seen}", ink="warn")

    async def do_alert_silence(self) -> None:
        """Silence the alert under the cursor, or end its silence."""
        standing = await self.feed.standing()
        kind = "unsilence" if self._alert in dict(standing.silences) else "silence"
        await self.fill_in(kind, given={"alert": self._alert} if self._alert else None)

    async def do_alert_escalate(self) -> None:
        """Hand it on."""
        await self.fill_in("escalate")

    async def do_runbook_perform(self) -> None:
        """Perform the step under the cursor."""
        name, _, number = self.query_one("#runbook", Listing).key.rpartition("/")
        if not name or number == "0":
            self.say("choose a step of the runbook first", ink="warn")
            return
        step = self.sheet.runbooks[name].all_steps[int(number) - 1]
        before = became(step, self.frame.view.steps.get((name, int(number))))
        question = f"Perform step {number} again?" if before else f"Perform step {number}?"
        effect = "\n".join((step.title, does(step), *([f"{before} already"] if before else ())))
        if await self.ask(question, effect, {"no": "no", "yes": "yes, once more" if before else "yes"}) == "yes":
            await self.command("perform", runbook=name, step=int(number))

    async def do_cockpit_note(self) -> None:
        """Write a line into the log."""
        await self.fill_in("note")


def undivided(standing: "Standing") -> bool:
    """Whether a plan names no segments, so that all users are one."""
    return standing.segments in ((), ("all",))
