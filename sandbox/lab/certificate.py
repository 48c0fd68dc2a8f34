"""What a certified plan comes to, as a page."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sandbox.base.units import counted
from sandbox.lab.bounds import checks
from sandbox.lab.certify import ROUND, Flown, vaguest
from sandbox.lab.in_short import in_short
from sandbox.lab.intervals import widened
from sandbox.lab.operating import Characteristics
from sandbox.lab.points import said
from sandbox.lab.provenance import provenance
from sandbox.lab.variants import changed
from sandbox.lab.wording import estimated, percent, plain, time
from sandbox.report.charts import Lines, Series, Whiskers
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Bullets, Check, Page, Section, Table

MINUTE = 60e9


def certificate(flown: Flown, *, repeat: str) -> Page:
    """The page of what is flown so far."""
    order, found = flown.order, flown.characteristics(seeds=flown.seeds or None)
    sequential = order.precision is not None
    tables = {said(settings): changed(order.plan, settings).document.certify for settings in order.settings}
    asked = [
        one for setting, table in tables.items()
        for one in checks(table, [each for each in found if each.setting == setting], sequential=sequential)
    ]
    failures = [one for one in flown.results.values() if one.failure]
    acceptable = order.plan.document.plan.acceptable_harm
    sections = [
        Section(title="In short", blocks=(Bullets(tuple(in_short(flown, found, tables))),)),
        Section(title="What was asked", blocks=tuple(asked) or ("Nothing: the scenario has no bounds in [certify].",)),
        Section(title="How often", blocks=tuple(_often(found, acceptable))),
        Section(title="How soon", blocks=tuple(_soon(found))),
        Section(title="At what harm", blocks=tuple(_harm(found))),
        Section(title="Alerts and error budget", blocks=tuple(_alerts(found))),
        Section(title="How to read this", blocks=_reading(flown, sequential=sequential)),
    ]
    if failures:
        rows = tuple((one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("candidate", "seed", "because", "repeat"), rows=rows, words=4)
        sections.insert(2, Section(title="Could not be flown", blocks=(table,)))
    flights = sum(one.flights for one in found)
    left = sum(one.unstopped and not one.failure for one in flown.results.values())
    return Page(
        kind="certify", title=f"Certificate of {order.plan.document.scenario.title}",
        lead=f"{order.plan.name}: {counted(flights, 'flight')} of {counted(len(found), 'candidate')}, seeds from "
        f"{order.first} on"
        f"{f', and {left:,} in which nobody decided, which tell what each would do' if left else ''}.",
        sections=tuple(sections), exit_code=verdict(asked, failed=bool(failures)), repeat=repeat,
        because=_because(asked, failed=len(failures)), of=provenance(order.plan),
        data=_data(flown, found),
    )


def verdict(asked: Sequence[Check], *, failed: bool) -> ExitCode:
    """The rung: what could not be flown was not shown, and what was not asked was not either."""
    states = {one.state for one in asked}
    if "missed" in states:
        return ExitCode.MISSED
    if "inconclusive" in states or failed:
        return ExitCode.INCONCLUSIVE
    return ExitCode.MET if states else ExitCode.NOTHING_ASSERTED


def _because(asked: Sequence[Check], *, failed: int) -> str:
    """What is inconclusive here, in words of its own."""
    if verdict(asked, failed=bool(failed)) is not ExitCode.INCONCLUSIVE:
        return ""
    if failed:
        return f"inconclusive: {counted(failed, 'flight')} could not be flown"
    return "inconclusive: too few seeds to tell whether every bound is kept"


def _under(one: Characteristics) -> str:
    return f" [{one.setting}]" if one.setting else ""


def _named(one: Characteristics) -> str:
    return f"{one.candidate}{_under(one)}"


def _effect(one: Characteristics, acceptable: float) -> str:
    """To the digits that tell on which side of the limit it is, and whether it is near to that."""
    said, limit = percent(one.effect), percent(acceptable)
    exact = f"{100 * one.effect:.4g}%" if said == limit and one.effect != acceptable else said or "unknown"
    return f"{exact}, near the limit" if one.near else exact


def _often(found: Sequence[Characteristics], acceptable: float) -> Iterator[Block]:
    yield Table(
        columns=("candidate", "effect", "flights", "rolled back", "promoted", "wrong decision", "harm began"),
        rows=tuple(
            (
                _named(one), _effect(one, acceptable), f"{one.flights:,}", estimated(one.rolled_back, percent),
                estimated(one.promoted, percent), f"{_kind(one)} {estimated(one.wrong, percent)}",
                percent(one.harm_begun.value),
            ) for one in found
        ),
        note="effect: the net part of requests served worse, were the candidate everybody's and nobody stopped it",
    )
    series = tuple(_power(found))
    if series:
        yield Lines(
            title="Power: how often it is rolled back, by how harmful it is", x="net part of requests served worse",
            y="rolled back", series=series, share=True, log_x=True,
            ticks=tuple((at, percent(at)) for at in sorted({at for one in series for at in one.x})),
        )
    yield Whiskers(
        title="Wrong decisions: a harmful candidate kept, or another one sent back", x="part of flights", share=True,
        rows=tuple((_named(one), one.wrong.value, one.wrong.low, one.wrong.high) for one in found),
    )


def _kind(one: Characteristics) -> str:
    return "missed" if one.harmful else "false rollback"


def _power(found: Sequence[Characteristics]) -> Iterator[Series]:
    """A line for each kind of degradation, under each setting."""
    families: dict[tuple[str, str], list[Characteristics]] = {}
    for one in found:
        if one.kind == "degraded" and one.effect > 0.0:
            families.setdefault((one.candidate.split()[0], one.setting), []).append(one)
    for (family, setting), members in families.items():
        members.sort(key=lambda one: one.effect)
        rates = [one.rolled_back for one in members]
        yield Series(
            label=f"{family}{f' [{setting}]' if setting else ''}", x=tuple(one.effect for one in members),
            y=tuple(one.value for one in rates), low=tuple(one.low for one in rates),
            high=tuple(one.high for one in rates), dots=True,
        )


def _soon(found: Sequence[Characteristics]) -> Iterator[Block]:
    yield Table(
        columns=("candidate", "with harm", "delay, median", "delay, 90th percentile", "until promoted, median"),
        rows=tuple(
            (
                _named(one), f"{len(one.delays):,}", estimated(one.delay, time), estimated(one.delay_p90, time),
                estimated(one.exposure, time) if math.isfinite(one.exposure.value) else "not promoted",
            ) for one in found
        ),
        note="delay: from the begin of harm to the first failed gate or page, where harm began; promoted, from the "
        "ramp's begin on: everybody is on the candidate, and the last bake is over",
    )
    series = tuple(
        series for one in found
        if one.harmful and (series := _distribution(one.delays, label=_named(one), scale=MINUTE))
    )
    if series:
        yield Lines(
            title="Detection delay", x="minutes since harm began", y="part of flights detected", series=series[:8],
            share=True,
        )


def _distribution(values: tuple[float, ...], *, label: str, scale: float) -> Series | None:
    finite = [value / scale for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return None
    parts = (place / len(values) for place in range(len(finite) + 1))
    return Series(label=label, x=(min(0.0, finite[0]), *finite), y=tuple(parts), steps=True)


def _harm(found: Sequence[Characteristics]) -> Iterator[Block]:
    yield Table(
        columns=(
            "candidate", "net, mean", "net, 95th", "net, worst", "users, mean", "users, 95th", "users, worst",
        ),
        rows=tuple(
            (
                _named(one), estimated(one.net, plain), estimated(one.net_p95, plain), plain(one.net_worst),
                estimated(one.users, plain), estimated(one.users_p95, plain), plain(one.users_worst),
            ) for one in found
        ),
        note="net: requests served worse minus requests served better, against the same flight on the incumbent; "
        "users: those served worse; 95th: percentile of flights",
    )
    grouped = [(one, name, estimate) for one in found for name, estimate in one.by_group]
    if grouped:
        yield Table(
            columns=("candidate", "group", "net, mean"), words=2,
            rows=tuple((_named(one), name, estimated(estimate, plain)) for one, name, estimate in grouped),
        )
    series = tuple(
        series for one in found if one.harmful and (series := _distribution(one.harms, label=_named(one), scale=1.0))
    )
    if series:
        yield Lines(
            title="Harm of harmful candidates", x="requests served worse, net", y="part of flights with at most this",
            series=series[:8], share=True,
        )


def _alerts(found: Sequence[Characteristics]) -> Iterator[Block]:
    yield Table(
        columns=("candidate", "pages a flight", "first page was right", "paged when harmed", "error budget spent"),
        rows=tuple(
            (
                _named(one), estimated(one.pages, plain), estimated(one.precision, percent),
                estimated(one.recall, percent), estimated(one.budget, percent),
            ) for one in found
        ),
    )


def _reading(flown: Flown, *, sequential: bool) -> tuple[Block, ...]:
    document = flown.order.plan.document
    return (
        f"{_looked_at_again(flown) if sequential else _once()} A bound is met only if the whole interval keeps it, and "
        "missed only if none of it does.",
        f"A candidate is harmful if its effect is above plan.acceptable_harm, "
        f"{percent(document.plan.acceptable_harm)}; one near that limit might be beyond it on other days, "
        "so take its wrong decisions with care. The null has the incumbent's scores and service in both arms; "
        "every degradation lies on that null.",
        *(
            ("Seeds also resample the recording: each day is replaced by one of those up to three days away.",)
            if document.traffic.kind == "replay" else ()
        ),
    )


def _once() -> str:
    return (
        "Intervals are 95%, for one look at the end: exact for shares (Clopper, Pearson 1934); of quantiles from order "
        "statistics; of means by Student's t, and where no two flights differ as wide as of something that never "
        "happened in so many."
    )


def _looked_at_again(flown: Flown) -> str:
    """What --precision does to intervals."""
    wider = "" if flown.seeds < 2 else (
        f"; of means, over {flown.seeds:,} flights, {widened(flown.seeds):.2f} times as wide as Student's t"
    )
    return (
        f"Intervals are 95% confidence sequences: --precision looks again after every {ROUND} seeds, and ends where "
        "they are narrow enough, so they are made to hold at all looks at once, and are wider for it than those for "
        f"one look at the end{wider}. Of shares they are what a mixture leaves (Robbins 1970), of quantiles the order "
        "statistics that those of shares leave, of means asymptotic (Waudby-Smith et al. 2024), and where no two "
        "flights differ at least as wide as of something that never happened in so many."
    )


def _data(flown: Flown, found: Sequence[Characteristics]) -> dict[str, Any]:
    left_out = ("delays", "exposures", "crowds", "harms", "by_group", "left_at")
    rows = []
    for one in found:
        told = {name: value for name, value in asdict(one).items() if name not in left_out}
        told["wrong"] = asdict(one.wrong)
        told["by_group"] = {name: asdict(estimate) for name, estimate in one.by_group}
        rows.append(told)
    order, worst = flown.order, None if flown.order.precision is None else vaguest(flown, seeds=flown.seeds)
    return {
        "scenario": {"name": order.plan.name, "hash": order.plan.hash}, "first_seed": order.first,
        "seeds": flown.seeds, "precision": order.precision, "study": order.study, "candidates": rows,
        "intervals": "for one look" if order.precision is None else "confidence sequences",
        "known_to_within": None if worst is None else worst.wrong.width,
    }


