"""Charts as values, and as SVG that stands by itself; the same chart gives the same bytes."""

import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b83280", "#4a5568", "#b7791f", "#0987a0")
"""Of series, in order; told apart by the colour-blind as far as two by two."""

MARKERS = ("o", "X", "s", "D", "^")
"""Of points without a line, for those who do not see their colours."""

ENDS = ("low end", "high end")
"""Of a tornado's bars."""

ROOM = 0.07
"""The part of an axis that the word of a tick takes."""


class ChartError(Exception):
    """Charts cannot be drawn here; the message says what to install."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: x and y, and where it is an estimate the ends of its interval; `steps` where it jumps, `apart` where it
    is points and no line.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    steps: bool = False
    dots: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Some series over one axis; `marks` are instants or values worth a vertical line, each with its word, and `ticks`
    the only values that its x axis names, as far as there is room.
    """

    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    marks: tuple[tuple[float, str], ...] = ()
    share: bool = False
    log_x: bool = False
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whiskers:
    """One estimate a row with its interval; `bound` is a line that it is compared with."""

    title: str
    x: str
    rows: tuple[tuple[str, float, float, float], ...]
    bound: float | None = None
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One assumption, what comes of it at its low and at its high end, and what these ends are."""

    name: str
    low: float
    high: float
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """How far a value moves, at the low and at the high end of each assumption, from where it is; largest first."""

    title: str
    x: str
    centre: float
    rows: tuple[Bar, ...]


Chart = Lines | Whiskers | Tornado


def svg(chart: Chart) -> str:
    """The chart as one <svg> element; raises ChartError where matplotlib is missing."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise ChartError('charts are drawn by matplotlib; pip install "greenroom[charts]", or ask for md') from None
    settings: dict[Any, Any] = {
        "svg.hashsalt": "greenroom", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#e2e8f0",
        "axes.axisbelow": True, "text.parse_math": False,
    }
    with matplotlib.rc_context(settings):
        rows = 0 if isinstance(chart, Lines) else len(chart.rows)
        each = 0.5 if isinstance(chart, Tornado) else 0.34
        figure = Figure(figsize=(7.6, 3.4 if not rows else 1.3 + each * rows), layout="constrained")
        axes = figure.add_subplot()
        _DRAWN[type(chart)](axes, chart)
        axes.set_title(chart.title, loc="left", fontsize=11)
        axes.set_xlabel(chart.x)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _bare(file.getvalue(), title=chart.title)


def _bare(text: str, *, title: str) -> str:
    """Only the element, as wide as what it stands in, and with a name for those who cannot see it."""
    element = text[text.index("<svg") :].strip()
    head, rest = element.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    said = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    rest = re.sub(r"\s*<metadata>.*?</metadata>", "", rest, flags=re.DOTALL)
    return f'{head} role="img" aria-label="{said}">{rest}'


def _lines(axes: "Axes", chart: Lines) -> None:
    for place, one in enumerate(chart.series):
        colour = COLOURS[place % len(COLOURS)]
        if one.low and one.dots:
            ends = [[y - low for y, low in zip(one.y, one.low, strict=True)],
                    [high - y for y, high in zip(one.y, one.high, strict=True)]]
            axes.errorbar(one.x, one.y, yerr=ends, fmt="none", ecolor=colour, elinewidth=1.2, capsize=3, alpha=0.7)
        elif one.low:
            axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.18, linewidth=0)
        how: dict[str, Any] = {"drawstyle": "steps-post"} if one.steps else {}
        if one.dots or one.apart:
            how |= {"marker": "o", "markersize": 4}
        if one.apart:
            how |= {"linestyle": "none", "alpha": 0.7, "marker": MARKERS[place % len(MARKERS)], "markersize": 6}
        axes.plot(one.x, one.y, color=colour, label=one.label, linewidth=1.6, **how)
    for place, (at, word) in enumerate(chart.marks):
        axes.axvline(at, color="#718096", linewidth=0.9, linestyle=":")
        height = 0.97 - 0.09 * (place % 4)
        axes.text(at, height, f" {word}", fontsize=8, color="#4a5568", transform=axes.get_xaxis_transform())
    if chart.log_x:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda value, _: "")
    if chart.ticks:
        told = _apart(chart.ticks, log=chart.log_x)
        axes.set_xticks([at for at, _ in told], [word for _, word in told])
        axes.set_xticks([at for at, _ in chart.ticks if at not in dict(told)], minor=True)
    if chart.share:
        axes.set_ylim(-0.02, 1.02)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel(chart.y)
    if len(chart.series) > 1:
        axes.legend(frameon=False, fontsize=8)


def _apart(ticks: tuple[tuple[float, str], ...], *, log: bool) -> list[tuple[float, str]]:
    """Those ticks, from the first on, whose words do not run into each other."""
    places = [math.log(at) if log else at for at, _ in ticks]
    room = ROOM * (max(places) - min(places))
    told: list[int] = []
    for index, place in enumerate(places):
        if not told or place - places[told[-1]] > room:
            told.append(index)
    return [ticks[index] for index in told]


def _whiskers(axes: "Axes", chart: Whiskers) -> None:
    for place, (_, value, low, high) in enumerate(chart.rows):
        colour = COLOURS[0]
        axes.plot([low, high], [place, place], color=colour, linewidth=2.0, alpha=0.5, solid_capstyle="butt")
        if math.isfinite(value):
            axes.plot([value], [place], color=colour, marker="o", markersize=5)
    _named_rows(axes, [row[0] for row in chart.rows])
    if chart.bound is not None:
        axes.axvline(chart.bound, color="#c53030", linewidth=1.2, linestyle="--")
    if chart.share:
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")


def _tornado(axes: "Axes", chart: Tornado) -> None:
    for place, one in enumerate(chart.rows):
        for end, (at, value) in enumerate(zip((one.low, one.high), one.ends, strict=True)):
            # The two ends stand one above the other, for they may lie on the same side.
            height, label = place + 0.19 * (2 * end - 1), ENDS[end] if place == 0 else None
            axes.barh(height, at - chart.centre, left=chart.centre, height=0.36, color=COLOURS[end], label=label)
            near = 1 if at >= chart.centre else -1
            axes.annotate(
                value, (at, height), xytext=(3 * near, 0), textcoords="offset points", fontsize=7, va="center",
                ha="left" if near > 0 else "right",
            )
    _named_rows(axes, [one.name for one in chart.rows])
    axes.margins(x=0.12)
    axes.axvline(chart.centre, color="#1a202c", linewidth=1.0)
    axes.legend(frameon=False, fontsize=8, loc="best")


def _named_rows(axes: "Axes", names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


_DRAWN: dict[type, Callable[["Axes", Any], None]] = {Lines: _lines, Whiskers: _whiskers, Tornado: _tornado}
