"""One segment or group of a metric, by name: `quality.accuracy{segment=eu}`, `errors.rate{segment=eu,group=b}`.

The grammar is that of alert expressions, which also say `{arm=candidate}`; a gate names its arm with `model`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Axis, Metric, View

_NAME = re.compile(r"([^{}]+?)(?:\{([^{}]*)\})?")
_LABEL = re.compile(r"""\s*(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"',{}]*?))\s*""")

AXES: tuple[Axis, ...] = ("segment", "group")
LABELS = ("arm", *AXES)


@dataclass(frozen=True, slots=True)
class Named:
    """A metric's name taken apart: its base, and the labels in its braces."""

    base: str
    labels: Mapping[str, str]

    @property
    def places(self) -> tuple[tuple[Axis, str], ...]:
        """The one segment or group to look at, axis by axis."""
        return tuple((axis, self.labels[axis]) for axis in AXES if axis in self.labels)

    @property
    def armless(self) -> str:
        """The name without its arm, one spelling for all ways to write it."""
        places = ",".join(f"{axis}={place}" for axis, place in self.places)
        return f"{self.base}{{{places}}}" if places else self.base


def taken_apart(name: str) -> Named:
    """The parts of a metric's name; raises ValueError with what to do."""
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise ValueError(f'"{name}" is no metric; write it as "errors.rate{{segment=eu}}"')
    labels: dict[str, str] = {}
    for text in match[2].split(",") if match[2] is not None else ():
        label = _LABEL.fullmatch(text)
        if label is None or not (value := label[2] or label[3] or label[4]):
            raise ValueError(f'"{{{match[2]}}}" does not read; write it as "{{segment=eu,group=b}}"')
        if label[1] not in LABELS:
            near = get_close_matches(label[1], LABELS, n=1, cutoff=0.4)
            raise ValueError(f'no label "{label[1]}"; {f"nearest: {near[0]}" if near else "there is segment, group"}')
        if label[1] in labels:
            raise ValueError(f'"{label[1]}" stands here twice; remove one')
        labels[label[1]] = value
    return Named(match[1].strip(), labels)


def sliced(metric: Metric, named: Named) -> Metric:
    """A metric read for one segment, group or both; raises ValueError where its counts do not keep them apart."""
    for axis, place in named.places:
        if axis not in metric.by:
            kept = " or ".join(metric.by)
            raise ValueError(
                f"{metric.name} is not kept by {axis}"
                + (f", only by {kept}" if kept else "")
                + f'; remove "{axis}={place}"'
            )
    if not named.places:
        return metric

    def read(view: View) -> tuple[Reading, ...]:
        only = tuple((axis, _names(view, axis).index(place)) for axis, place in named.places)
        return metric.read(replace(view, only=only))

    where = " and ".join(f"{axis} {place}" for axis, place in named.places)
    return replace(
        metric, name=named.armless, says=f"{metric.says}, of {where} alone", read=read, by=(),
        about=metric.explained,
    )


def _names(view: View, axis: Axis) -> tuple[str, ...]:
    return view.layout.segments if axis == "segment" else view.layout.groups


def unknown(named: Named, *, segments: tuple[str, ...], groups: tuple[str, ...]) -> str | None:
    """What is wrong with the places it names, given what there is; None where all are known."""
    for axis, place in named.places:
        known = segments if axis == "segment" else groups
        if place not in known:
            near = get_close_matches(place, known, n=3, cutoff=0.4)
            there = f"nearest: {', '.join(near)}" if near else f"there is {', '.join(known) or 'none'}"
            return f'no {axis} "{place}"; {there}'
    return None
