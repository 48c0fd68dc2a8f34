"""Names in less room than they take: cut in the middle, and never so that two of them look alike."""

from collections.abc import Iterable

HEADS = (60, 45, 75, 30, 90, 15)
"""Percent of the room that a name's beginning gets, in the order in which they are tried."""


def told_apart(names: Iterable[str], width: int) -> dict[str, str]:
    """Each name in so many cells at most, and all of them different; at the last, from where they begin to differ."""
    whole = tuple(dict.fromkeys(names))
    for head in HEADS:
        cut = {name: _cut(name, width, head=head) for name in whole}
        if len({*cut.values()}) == len(whole):
            return cut
    return {name: _cut(_from_difference(name, whole), width, head=100) for name in whole}


def shortened(name: str, width: int) -> str:
    """A name in so many cells at most, by its beginning and its end."""
    return _cut(name, width, head=HEADS[0])


def _cut(name: str, width: int, *, head: int) -> str:
    if len(name) <= width:
        return name
    first = max(0, width - 1) * head // 100
    last = width - 1 - first
    return f"{name[:first].rstrip()}…{name[len(name) - last:].lstrip() if last > 0 else ''}"


def _from_difference(name: str, names: tuple[str, ...]) -> str:
    """A name from the letter on at which it parts from its likest."""
    alike = max((_common(name, other) for other in names if other != name), default=0)
    return name if alike == 0 else f"…{name[alike:]}"


def _common(one: str, other: str) -> int:
    for place, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return place
    return min(len(one), len(other))
