"""The line protocol: a program on the other end of two pipes is the operator. One JSON object a line, each way.

Every line in gets one line out. What cannot be read, or asks for what there is not, is answered with `ok: false` and
what to do, and changes nothing; only a command that makes sense is handed in, and then the flight log has it whether it
was granted or not. The clock moves when it is told to and never otherwise. `docs/protocol.md` is the page on it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from sandbox.base.clock import clock
from sandbox.base.command import Accepted
from sandbox.base.names import nowhere
from sandbox.base.units import parse_duration
from sandbox.drill.causes import CLASSES
from sandbox.drill.drill import DrillError
from sandbox.drill.instruments import panel, shown
from sandbox.drill.seat import Seat
from sandbox.operate.operations.kinds import BY_NAME
from sandbox.report.log import Telling
from sandbox.scenario.script import operation

VERSION = 1
LONGEST = 65_536
"""Characters of a line; a longer one is refused unread."""

Reply = dict[str, Any]
Ask = dict[str, Any]


class LineError(Exception):
    """A line that changes nothing; the message says what is wrong with it and what to write."""


class Protocol:
    """One sitting, line by line."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self._telling = Telling(seat.drill.session.plan.filled_in)
        self._doing: dict[str, Callable[[Ask], Reply]] = {
            "advance": self._advance, "command": self._command, "may": self._may, "look": self._look,
            "standing": self._standing, "hint": self._hint, "end": self._end,
        }
        self.over = False

    def greeting(self) -> Reply:
        """What is said before anything is asked: the briefing and all names that may be used."""
        drill = self.seat.drill
        return {
            "greenroom": VERSION, "drill": self.seat.filed.id, "title": drill.title, "briefing": drill.briefing,
            "duration": clock(drill.duration), "tick": clock(drill.session.plan.document.scenario.tick),
            "hints": drill.hints_left, "does": sorted(self._doing), "commands": sorted(BY_NAME),
            "diagnoses": sorted(CLASSES), "panel": list(panel()), "commitment": self.seat.filed.sealed.commitment,
            **self._now(),
        }

    def answer(self, line: str) -> Reply:
        """The reply to one line."""
        asked: Ask = {}
        self.seat.take_events()
        try:
            asked = _read(line)
            does = asked.get("do")
            if not isinstance(does, str):
                raise LineError(f'say what to do, as {{"do": "standing"}}; there is {", ".join(self._doing)}')
            if does not in self._doing:
                raise LineError(nowhere("do", does, tuple(self._doing)))
            if not isinstance(asked.get("id", ""), (str, int)):
                raise LineError("an id is text or a number; it comes back with the reply")
            if self.over:
                raise LineError("the drill is over")
            said = {"ok": True, **self._doing[does](asked)}
        except (LineError, DrillError) as error:
            said = {"ok": False, "error": str(error)}
        echo = {"id": asked["id"]} if isinstance(asked.get("id"), (str, int)) else {}
        return {**echo, **said, **self._now()}

    def _now(self) -> Reply:
        drill = self.seat.drill
        lines = [line for entry in drill.news() for line in self._telling.tell(entry)]
        news = [asdict(line) | {"at": clock(line.at)} for line in lines]
        return {"now": clock(drill.now), "ns": drill.now, "over": drill.over, "news": [_short(one) for one in news]}

    # What may be asked.

    def _advance(self, asked: Ask) -> Reply:
        _only(asked, "by", "to", "until")
        drill = self.seat.drill
        if ("by" in asked) == ("to" in asked):
            raise LineError('say how far with one of the two: "by": "2m", or "to": "30m" of the flight\'s clock')
        to = drill.now + _duration(asked, "by") if "by" in asked else _duration(asked, "to")
        if to < drill.now:
            raise LineError(f"{clock(to)} has passed; it is {clock(drill.now)}")
        until = asked.get("until", "")
        if until not in ("", "told"):
            raise LineError(nowhere("until", str(until), ("told",)))
        if until:
            self._until_told(to)
        else:
            drill.advance(to)
        return {}

    def _until_told(self, to: int) -> None:
        """Fly tick by tick until somebody is told of something that fires."""
        drill = self.seat.drill
        tick = drill.session.plan.document.scenario.tick
        while drill.now < min(to, drill.duration):
            before = len(drill.session.journal.entries)
            drill.advance(min(to, (drill.now // tick + 1) * tick))
            fresh = drill.session.journal.entries[before:]
            if any(one.kind == "notify" and one.facts["firing"] for one in fresh):
                return

    def _command(self, asked: Ask) -> Reply:
        kind, arguments = self._wanted(asked)
        answer = self.seat.act(kind, **arguments)
        if isinstance(answer, Accepted):
            return {"granted": True, "effective": clock(answer.effective_at)}
        return {"granted": False, "because": answer.reason}

    def _may(self, asked: Ask) -> Reply:
        kind, arguments = self._wanted(asked)
        because = self.seat.drill.session.refusal(kind, **arguments)
        return {"granted": not because, **({"because": because} if because else {})}

    def _wanted(self, asked: Ask) -> tuple[str, dict[str, Any]]:
        """A command that makes sense, whether it may be granted or not."""
        _only(asked, "kind", "arguments")
        kind, arguments = asked.get("kind"), asked.get("arguments", {})
        if not isinstance(kind, str):
            raise LineError('say which command: "kind": "roll back"')
        if not isinstance(arguments, dict) or "actor" in arguments:
            raise LineError('arguments are an object, as {"segment": "eu"}; who you are is known')
        wrong = operation(kind, arguments)
        if isinstance(wrong, str):
            raise LineError(wrong)
        return kind, arguments

    def _look(self, asked: Ask) -> Reply:
        _only(asked, "metrics", "over")
        names = asked.get("metrics", list(panel()))
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise LineError('metrics are a list of names, as ["failures.rate", "latency.p99{segment=eu}"]')
        over = _duration(asked, "over") if "over" in asked else parse_duration("5m")
        try:
            return {"shown": [asdict(one) for one in shown(self.seat.drill.session, names, over=over)]}
        except KeyError as error:
            raise LineError(f"no metric {error.args[0]}; greenroom kinds metric lists them") from None
        except ValueError as error:
            raise LineError(str(error)) from None

    def _standing(self, asked: Ask) -> Reply:
        _only(asked)
        return {"standing": json.loads(json.dumps(asdict(self.seat.drill.session.standing)))}

    def _hint(self, asked: Ask) -> Reply:
        _only(asked)
        return {"hint": self.seat.hint(), "hints": self.seat.drill.hints_left}

    def _end(self, asked: Ask) -> Reply:
        _only(asked)
        self.seat.end()
        self.over = True
        return {"outcome": self.seat.drill.finish().outcome}


def _short(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if value not in ("", False)}


def _read(line: str) -> Ask:
    if len(line) > LONGEST:
        raise LineError(f"a line has at most {LONGEST:,} characters")
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise LineError(f'this is not JSON ({error}); write one object a line, as {{"do": "standing"}}') from None
    except RecursionError:
        raise LineError("this is nested too deeply") from None
    if not isinstance(asked, dict):
        raise LineError('write an object, as {"do": "standing"}')
    return asked


def _only(asked: Ask, *keys: str) -> None:
    more = [key for key in asked if key not in ("do", "id", *keys)]
    if more:
        raise LineError(nowhere("key", more[0], ("do", "id", *keys)))


def _duration(asked: Ask, key: str) -> int:
    try:
        return parse_duration(asked[key])
    except ValueError as error:
        raise LineError(f"{key}: {error}") from None


def lines_of(protocol: Protocol, lines: Iterator[str]) -> Iterator[str]:
    """The whole conversation: the greeting, then a reply to every line, until the end was asked for."""
    yield json.dumps(protocol.greeting(), ensure_ascii=False)
    for line in lines:
        yield json.dumps(protocol.answer(line), ensure_ascii=False, allow_nan=False)
        if protocol.over:
            return
