"""Reads an expression: `errors.rate{arm=candidate}[5m] > 2% and events(errors.rate{arm=candidate}[5m]) > 100`.

    expression  =  both { "or" both }                   both  =  one { "and" one }
    one         =  "(" expression ")"  |  "absent" "(" selector ")"  |  vector sign right
    sign        =  ">" | ">=" | "<" | "<=" | "==" | "!="
    right       =  number  |  [ number "*" ] vector     number with a unit: 2%, 150ms, 1.5s, 0.7
    vector      =  selector [ window ]  |  function "(" selector window ")"
    selector    =  metric [ "{" label "=" name { "," label "=" name } "}" ]    label  =  "arm" | "segment" | "group"
    window      =  "[" duration "]"
    function    =  "avg" | "max" | "min" | "events"
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, cast

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sandbox.base.units import parse_duration, parse_limit
from sandbox.decide.alerts.expression import (
    FUNCTIONS,
    SIGNS,
    Absent,
    Both,
    Compare,
    Condition,
    Either,
    Sign,
    Threshold,
    Vector,
)
from sandbox.decide.alerts.promql_words import SAID_HERE

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>-?\d+(?:\.\d+)?(?:e-?\d+)?(?:\s*%|ns|us|ms|s|m|h|d|w)?(?![\w.]))
      | (?P<duration>(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d|w))+(?![\w.]))
      | (?P<word>[A-Za-z_][\w.-]*)
      | "(?P<quoted>[^"]*)"
      | (?P<sign>>=|<=|==|!=|>|<|=~|!~|[-+*/(){}\[\]=,])
    )""",
    re.VERBOSE,
)
_WORDS = ("and", "or")
PLACES = ("segment", "group")
"""Labels that name one part of the users: a metric of it is a series of its own."""
LABELS = ("arm", *PLACES)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class Expression:
    """A condition, and the text it was read from."""

    __slots__ = ("condition", "text")

    def __init__(self, condition: Condition, text: str) -> None:
        self.condition = condition
        self.text = text

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.condition == other.condition

    def __hash__(self) -> int:
        return hash(self.condition)


class Selection:
    """One metric of one arm or of all, and the text it was read from."""

    __slots__ = ("text", "vector")

    def __init__(self, vector: Vector, text: str) -> None:
        self.vector = vector
        self.text = text

    def __repr__(self) -> str:
        return f"Selection({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selection) and self.vector == other.vector

    def __hash__(self) -> int:
        return hash(self.vector)


def parse_expression(value: object) -> Expression:
    """The condition that a text states; raises ValueError with what is wrong and where."""
    if isinstance(value, Expression):
        return value
    if not isinstance(value, str):
        raise ValueError('an expression is text, as "errors.rate{arm=candidate} > 2%"')
    return Expression(_Reader(value).whole(), " ".join(value.split()))


def parse_selection(value: object) -> Selection:
    """The metric that a text names, as "errors.rate{arm=candidate}"; raises ValueError."""
    if isinstance(value, Selection):
        return value
    if not isinstance(value, str):
        raise ValueError('a metric is text, as "errors.rate{arm=candidate}"')
    reader = _Reader(value)
    vector = reader.vector()
    reader.at_end()
    return Selection(vector, " ".join(value.split()))


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._split(text))
        self.place = 0

    def _split(self, text: str) -> list[_Token]:
        tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f'"{text[at:].split()[0]}" at character {at + 1} is not understood; {_EXAMPLE}')
            kind = str(match.lastgroup)
            tokens.append(_Token(kind, match[kind].strip(), match.start(kind)))
            at = match.end()
        return tokens

    # What comes next.

    @property
    def next(self) -> _Token:
        if self.place < len(self.tokens):
            return self.tokens[self.place]
        return _Token("end", "", len(self.text))

    def take(self, *texts: str) -> bool:
        if self.next.kind != "quoted" and self.next.text in texts:
            self.place += 1
            return True
        return False

    def must(self, text: str, after: str) -> None:
        if not self.take(text):
            raise ValueError(f'expected "{text}" after {after}, got {self._got()}')

    def _got(self) -> str:
        return "nothing more" if self.next.kind == "end" else f'"{self.next.text}" at character {self.next.at + 1}'

    def at_end(self) -> None:
        if self.next.kind == "end":
            return
        near = get_close_matches(self.next.text, _WORDS, n=1, cutoff=0.4)
        hint = SAID_HERE.get(self.next.text) or (f"did you mean {near[0]}?" if near else _EXAMPLE)
        raise ValueError(f"{self._got()} is one too many; {hint}")

    # The grammar.

    def whole(self) -> Condition:
        condition = self.either()
        self.at_end()
        return condition

    def either(self) -> Condition:
        left = self.both()
        while self.take("or"):
            left = Either(left=left, right=self.both())
        return left

    def both(self) -> Condition:
        left = self.one()
        while self.take("and"):
            left = Both(left=left, right=self.one())
        return left

    def one(self) -> Condition:
        if self.take("("):
            condition = self.either()
            self.must(")", "the expression in parentheses")
            return condition
        if self.next.text == "absent" and self._calls():
            self.place += 2
            vector = self.selector()
            self.must(")", vector.metric)
            return Absent(vector=vector)
        return self.compare()

    def compare(self) -> Compare:
        left = self.vector()
        sign = self.next.text
        if sign not in SIGNS or not self.take(sign):
            hint = ' (equality is written "==")' if sign == "=" else ""
            raise ValueError(f"expected a comparison ({' '.join(SIGNS)}) after {left.metric}, got {self._got()}{hint}")
        number = self._number()
        if number is not None and not self.take("*"):
            return Compare(left=left, sign=cast(Sign, sign), right=number)
        if number is None and self.next.kind not in ("word", "quoted"):
            raise ValueError(f'expected a number after "{sign}", as 2%, 150ms or 0.7, got {self._got()}')
        right = self.vector()
        if not left.arm or not right.arm:
            raise ValueError('comparing two metrics needs an arm on both sides, as errors.rate{arm=candidate}')
        return Compare(left=left, sign=cast(Sign, sign), right=right, times=1.0 if number is None else number.value)

    def _number(self) -> Threshold | None:
        token = self.next
        if token.kind != "number":
            return None
        self.place += 1
        try:
            return Threshold(value=float(token.text), text=token.text)
        except ValueError:
            return Threshold(value=parse_limit(token.text), text=token.text)

    def _calls(self) -> bool:
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else None
        return after is not None and after.text == "("

    def vector(self) -> Vector:
        name = self.next.text
        if self.next.kind == "word" and self._calls():
            if name not in FUNCTIONS or name == "absent":
                near = get_close_matches(name.removesuffix("_over_time"), FUNCTIONS, n=1, cutoff=0.4)
                hint = SAID_HERE.get(name) or (f"nearest: {near[0]}" if near else f"there is {', '.join(FUNCTIONS)}")
                said = '"absent" is not compared; write absent(errors.rate)' if name == "absent" else hint
                raise ValueError(f'no function "{name}" here; {said}')
            self.place += 2
            vector = self.selector()
            width = self._window()
            if not width:
                raise ValueError(f"{name}() needs a window, as {name}({vector.metric}[5m])")
            self.must(")", "the window")
            return Vector(metric=vector.metric, arm=vector.arm, width=width, function=name)
        vector = self.selector()
        self._no_promql()
        return Vector(metric=vector.metric, arm=vector.arm, width=self._window())

    def _no_promql(self) -> None:
        if self.next.text in SAID_HERE and self.next.text != "for":
            raise ValueError(f"{self._got()} is not said here; {SAID_HERE[self.next.text]}")

    def selector(self) -> Vector:
        token = self.next
        if not self._calls():
            self._no_promql()
        if token.kind != "word" or token.text in _WORDS:
            raise ValueError(f"expected a metric, as errors.rate{{arm=candidate}}, got {self._got()}")
        self.place += 1
        if not self.take("{"):
            return Vector(metric=token.text)
        labels: dict[str, str] = {}
        while True:
            self._label(labels, token.text)
            if not self.take(","):
                break
        self.must("}", f"{list(labels)[-1]}={list(labels.values())[-1]}")
        places = ",".join(f"{axis}={labels[axis]}" for axis in PLACES if axis in labels)
        metric = f"{token.text}{{{places}}}" if places else token.text
        return Vector(metric=metric, arm=labels.get("arm", ""))

    def _label(self, labels: dict[str, str], metric: str) -> None:
        label = self.next
        if label.kind != "word" or label.text not in LABELS:
            said = f"a series has the labels {', '.join(LABELS)}, as {metric}{{arm=candidate}}"
            raise ValueError(f'no label "{label.text}"; {said}')
        if label.text in labels:
            raise ValueError(f'"{label.text}" stands here twice; remove one')
        self.place += 1
        self.must("=", label.text)
        if self.next.kind not in ("word", "quoted", "number"):
            what = "a model's" if label.text == "arm" else f"a {label.text}'s"
            raise ValueError(f"expected {what} name after {label.text}=, got {self._got()}")
        labels[label.text] = self.next.text
        self.place += 1

    def _window(self) -> int:
        if not self.take("["):
            return 0
        token = self.next
        if token.kind not in ("number", "duration"):
            raise ValueError(f"expected a duration in brackets, as [5m], got {self._got()}")
        self.place += 1
        width = parse_duration(token.text)
        if width == 0:
            raise ValueError("a window of no length holds nothing; write [5m]")
        self.must("]", f"the window {token.text}")
        return width


_EXAMPLE = 'write it as "errors.rate{arm=candidate} > 2%"'

ExpressionText = Annotated[
    Expression,
    BeforeValidator(parse_expression),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["errors.rate{arm=candidate}[5m] > 2%"]}),
]
"""A condition over metrics, as `parse_expression` reads it."""

SelectionText = Annotated[
    Selection,
    BeforeValidator(parse_selection),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["errors.rate{arm=candidate}"]}),
]
"""A metric, as `parse_selection` reads it."""
