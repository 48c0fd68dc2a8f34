"""Numbers as people read them, with their intervals."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.lab.intervals import Estimate

Word = Callable[[float], str]
Form = Literal["share", "count", "time"]


def percent(value: float) -> str:
    """A share: 3.2%."""
    return "" if math.isnan(value) else f"{_signed(100 * value, '.1f')}%"


def points(value: float) -> str:
    """A difference of shares, in percentage points: 3.2pp."""
    return "" if math.isnan(value) else f"{_signed(100 * value, '.1f')}pp"


def plain(value: float) -> str:
    """A count or a mean: 1,204, 0.35."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return _signed(value, ",.0f" if abs(value) >= 100 or value == round(value) else ".3g")


def time(value: float) -> str:
    """A duration in ns, to the second: 6m30s; never where it is infinite."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "never" if value > 0 else "0s"
    seconds = round(abs(value) / NS_PER_SECOND)
    return f"{'−' if value < 0 and seconds else ''}{format_duration(seconds * NS_PER_SECOND)}"


def _signed(value: float, form: str) -> str:
    """With a minus sign as times have it, and none before what is told as 0."""
    told = format(abs(value), form)
    return f"−{told}" if value < 0 and told.strip("0.,") else told


def rounded_up(count: int) -> int:
    """A count to two digits: nobody knows it better."""
    scale = int(10 ** max(0, math.floor(math.log10(count)) - 1))
    return math.ceil(count / scale) * scale


def words_of(form: Form) -> tuple[Word, Word]:
    """How a quantity is told, and how a difference of it is."""
    return {"share": (percent, points), "count": (plain, plain), "time": (time, time)}[form]


def estimated(estimate: Estimate, word: Word) -> str:
    """A number with its interval; nothing where there is none."""
    if not estimate.n:
        return "—"
    value, low, high = word(estimate.value), word(estimate.low), word(estimate.high)
    if estimate.low == math.inf:
        return value
    below, above = math.isinf(estimate.low), math.isinf(estimate.high)
    if (below and above) or (estimate.n == 1 and (below or above)):
        return f"{value} (too few to bound)"
    if above:
        return f"{value} ({low} or more)"
    return f"{value} ({high} or less)" if below else f"{value} ({low} to {high})"


def on_all(values: Sequence[float], word: Word) -> str:
    """What several flights came to alike, which leaves nothing to take a mean of; nothing where they differ."""
    return f"{word(values[0])} on all {len(values):,}" if len(values) > 1 and len(set(values)) == 1 else ""


def told_apart(difference: Estimate, word: Word, *, moved: bool) -> str:
    """A mean difference with its interval; that no flight at all `moved` is no estimate and has none."""
    return estimated(difference, word) if moved or not difference.n else f"none in {difference.n:,}"
