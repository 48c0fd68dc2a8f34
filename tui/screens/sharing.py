"""Screens whose content can be taken along: exported into files, or copied."""

import asyncio
from functools import partial
from pathlib import Path

from tui.exports import copied, written
from tui.screens.confirm import Choice
from tui.screens.room import Room
from tui.widgets.drawn import Drawn

FORMS = {"md": "Markdown", "json": "JSON", "csv": "CSV: the table or the log", "html": "HTML, one file"}


class Sharing(Room):
    """A subclass says in which forms it has something, and gives it."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms there are beside a picture of the screen."""
        return ()

    @property
    def takes(self) -> str:
        """What must be done before some form can be had; empty where nothing."""
        return ""

    async def ready(self, form: str) -> bool:
        """Do it; whether the form can be had now."""
        return True

    @property
    def stem(self) -> str:
        """What its files are called."""
        return "greenroom"

    def exported(self, form: str) -> str:
        """What it says, in a form."""
        raise NotImplementedError

    async def do_share_export(self) -> None:
        """Choose a form, and write it."""
        answers = {"no": "no"} | {form: FORMS[form] for form in self.forms} | {"svg": "SVG, a picture of the screen"}
        question = Choice("Export?", f"{self.takes}Into a file in {Path.cwd()}.", answers)
        form = await self.app.push_screen_wait(question)
        if form == "no" or not await self.ready(form):
            return
        try:
            if form == "svg":
                text = self.app.export_screenshot()
            else:
                given = await self.wait_for(f"writing {form}", partial(self.exported, form))
                if given is None:
                    return
                text = given
            path = await asyncio.to_thread(lambda: written(text, folder=Path.cwd(), stem=self.stem, form=form))
        except OSError as error:
            self.say(f"cannot be written: {error}", ink="warn")
        else:
            self.say(f"written: {path}")

    async def do_share_copy(self) -> None:
        """Copy what the screen says."""
        if "md" in self.forms and not await self.ready("md"):
            return
        text = self.exported("md") if "md" in self.forms else "\n".join(one.text for one in self.query(Drawn))
        osc = self.app.copy_to_clipboard
        self.say(await asyncio.to_thread(lambda: copied(text, osc=osc, folder=Path.cwd())))
