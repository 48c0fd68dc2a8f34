"""What tuned settings cost a good candidate: the one as written, on days that the search did not see, with the tuned
plan and with the plan as written.
"""

from collections.abc import Iterator

from sandbox.lab.compare import QUANTITIES, Difference, difference, differing
from sandbox.lab.points import flown_at
from sandbox.lab.tune import Tuned
from sandbox.lab.variants import AS_WRITTEN
from sandbox.lab.wording import plain, time, words_of

_TOLD = ("net harm, requests", "promoted", "until promoted")


def costs(tuned: Tuned) -> tuple[Difference, ...]:
    """What of the candidate as written changes, its net harm first; nothing where it is not better than the incumbent,
    or was not flown.
    """
    best, seeds, search = tuned.best, tuned.search.other_days, tuned.search
    if best is None or not tuned.changes or not tuned.good:
        return ()
    before, after = (
        {day[AS_WRITTEN].seed: day[AS_WRITTEN] for day in flown_at(tuned.results, settings, (AS_WRITTEN,), seeds=seeds)}
        for settings in ((), best.settings)
    )
    pairs = [(before[seed], after[seed]) for seed in before if seed in after]
    whole = search.plan.document.scenario.duration
    found = (difference(one, pairs, whole=whole) for one in QUANTITIES if one.name in _TOLD) if pairs else ()
    return tuple(sorted((one for one in found if one is not None), key=lambda one: _TOLD.index(one.quantity.name)))


def cost_rows(tuned: Tuned) -> Iterator[tuple[str, ...]]:
    """As a table has them: as written, tuned, and how these differ."""
    for one in costs(tuned):
        word, apart = words_of(one.quantity.form)
        yield (
            f"the candidate itself: {one.quantity.name}", word(one.first), word(one.second), differing(one, apart)
        )


def against(tuned: Tuned) -> Iterator[str]:
    """What it costs, unless it surely costs nothing."""
    found = costs(tuned)
    if not found or not found[0].moved:
        return
    net = found[0]
    lost, days = differing(net, plain), f"{net.difference.n:,} days that the search did not see"
    served = f"it serves {plain(-net.second)} requests a flight better, net, and not {plain(-net.first)}"
    late = next((one for one in found if one.quantity.form == "time" and one.difference.low > 0.0), None)
    later = f"; it is promoted {differing(late, time)} later" if late else ""
    if net.difference.low > 0.0:
        yield (
            f"It costs the candidate itself, which is good, {lost} requests of its gain a flight: on {days} "
            f"{served}{later}."
        )
    elif net.difference.high > 0.0:
        yield (
            f"Whether it costs the candidate itself, which is good, any of its gain is not sure: {lost} requests a "
            f"flight; on {days} {served}{later}."
        )
