"""How a mistake on the command line is told: in one line that says what, where and what to do, and where to read on."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise, takewhile
from typing import Any, NoReturn

from sandbox.cli.terminal import note

_NEGATIVE = re.compile(r"-[.\d]")
_MANY = 12
"""More names than this are listed by --help and not by an error."""
_REWORDED = (
    (re.compile(r"invalid int value: '(.*)'"), r'"\1" is not a whole number'),
    (re.compile(r"invalid float value: '(.*)'"), r'"\1" is not a number'),
    (re.compile(r": ignored explicit argument '(.*)'"), r' takes no value, and "\1" is one'),
    (re.compile(r": not allowed with argument (.*)"), r" and \1 exclude each other; leave one out"),
    (re.compile(r"^COMMAND: (.*) is not known"), r"no command \1"),
    (re.compile(r"^ambiguous option: (.*) could match (.*)"), r"\1 could be \2; write it out"),
)


class Parser(argparse.ArgumentParser):
    """A parser that answers a mistake with one line, and leaves the whole usage to --help."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read the words; one that this command does not know is its mistake, and not that of the commands above."""
        if args is not None and self._subparsers is None:
            self._words = list(args)
            self._refuse_unknown(args)
        elif self._subparsers is not None:
            self._refuse_before(sys.argv[1:] if args is None else args)
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(self._unknown(left))
        return found, left

    def error(self, message: str) -> NoReturn:
        """Tell the mistake, and leave with the rung of usage."""
        said = self._missing(message) or self._bare(message) or message.removeprefix("argument ")
        for pattern, words in _REWORDED:
            said = pattern.sub(words, said)
        note(f"{self.prog}: {said} ({self.prog} --help)")
        self.exit(2)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [str(one) for one in action.choices or ()]
        if action.choices is None or value in action.choices:
            return
        said = f'"{value}" is not {_listed(choices)}'
        near = get_close_matches(str(value), choices, n=1, cutoff=0.5)
        raise argparse.ArgumentError(action, f"{said}; did you mean {near[0]}?" if near else said)

    def _refuse_before(self, words: Sequence[str]) -> None:
        """Options that stand before the command, and are its own: else their value is taken for a command."""
        before = list(takewhile(lambda word: word.startswith("-"), words))
        known = tuple(self._option_string_actions)
        unknown = [one for word in before if not any(name.startswith(one := word.partition("=")[0]) for name in known)]
        if unknown and len(words) > len(before):
            after = f"{self.prog} COMMAND {unknown[0]}"
            self.error(f"{self._unknown(unknown)}; the options of a command stand after it: {after}")

    def _refuse_unknown(self, words: Sequence[str]) -> None:
        """Long options that are none, before another mistake is told that follows from them."""
        spoken = words[: words.index("--")] if "--" in words else words
        long = [word.partition("=")[0] for word in spoken if word.startswith("--") and " " not in word]
        unknown = [one for one in long if not any(known.startswith(one) for known in self._option_string_actions)]
        if unknown:
            self.error(self._unknown(unknown))

    def _unknown(self, words: Sequence[str]) -> str:
        options = [word for word in words if word.startswith("-") and len(word) > 1]
        if not options:
            return f"{' '.join(words)}: too much; {self._least()} is all it takes besides options"
        known = [one for one in self._option_string_actions if one.startswith("--")]
        near = get_close_matches(options[0], known, n=3, cutoff=0.6)
        return f"no option {options[0]}; nearest: {', '.join(near)}" if near else f"no option {options[0]}"

    def _missing(self, message: str) -> str:
        match = re.fullmatch(r"the following arguments are required: (.*)", message)
        if match is None:
            return ""
        *rest, last = match[1].split(", ")
        names = f"{', '.join(rest)} and {last} are" if rest else f"{last} is"
        return f"{names} missing; write {self._least()}"

    def _bare(self, message: str) -> str:
        match = re.fullmatch(r"argument (-[^:]*): expected (?:one|at least one) argument", message)
        if match is None:
            return ""
        name = match[1].split("/")[-1]
        after = [word for before, word in pairwise(self._words) if before in match[1].split("/")]
        if after and _NEGATIVE.match(after[0]):
            return f"{name} must not be negative; {after[0]} is"
        return f"{name} needs a value: {name} {self._value(self._option_string_actions[name])}"

    def _least(self) -> str:
        """The command with no more than it must be given."""
        return " ".join([self.prog, *self._needed()])

    def _needed(self) -> Iterator[str]:
        for action in self._actions:
            if action.option_strings and action.required:
                yield f"{action.option_strings[-1]} {self._value(action)}"
            elif not action.option_strings:
                optional = action.nargs in (argparse.OPTIONAL, argparse.ZERO_OR_MORE)
                more = " …" if action.nargs in (argparse.ZERO_OR_MORE, argparse.ONE_OR_MORE) else ""
                yield f"[{self._value(action)}]{more}" if optional else f"{self._value(action)}{more}"

    @staticmethod
    def _value(action: argparse.Action) -> str:
        if action.metavar is None and action.choices:
            return "|".join(map(str, action.choices))
        return str(action.metavar or action.dest.upper())


def _listed(choices: Sequence[str]) -> str:
    return f"one of {', '.join(choices)}" if 1 < len(choices) <= _MANY else "known"
