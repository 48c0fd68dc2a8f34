"""A likeness as a scenario file that flies, with what was assumed said beside it."""

import json
from collections.abc import Iterator

from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.lab.likeness.likeness import FEWEST_FEATURES, Likeness, Member, span_said


def written(likeness: Likeness, *, source: str, requests: int) -> str:
    """The scenario as TOML."""
    return "\n".join(_lines(likeness, source=source, requests=requests)) + "\n"


def _lines(likeness: Likeness, *, source: str, requests: int) -> Iterator[str]:
    yield f"# A world like {source}: {requests:,} requests in {span_said(likeness)}, estimated by greenroom fit."
    yield "# Lines marked (assumed) are not in the recording: say there what you know."
    yield from ("", "format = 1", "", "[scenario]", f'title    = {_text(f"A world like {source}")}')
    yield from ('duration = "2h"  # how long a flight lasts, whatever the recording does', "", "[traffic]")
    yield from _traffic(likeness)
    fewest = "  # the fewest that made-up traffic has" if likeness.features == FEWEST_FEATURES else ""
    yield from ("", "[population]", f"features  = {likeness.features}{fewest}")
    yield f'base_rate = "{100 * (likeness.base_rate or 0.2):.3g}%"{"" if likeness.base_rate else "  # (assumed)"}'
    yield f"best_auc  = {likeness.best_auc:g}  # (assumed) what a perfect model could do"
    if likeness.missing:
        yield f'missing   = "{100 * likeness.missing:g}%"'
    if likeness.activity is not None:
        yield from ("", "[users]", f"count    = {likeness.activity.users}", f"activity = {likeness.activity.sigma:g}")
    for table, members in (("segments", likeness.segments), ("groups", likeness.groups)):
        for one in members:
            yield from _member(table, one)
    for model, note in (("incumbent", ""), ("candidate", "  # (assumed) as the incumbent: say what you expect")):
        yield from ("", f"[models.{model}]{note}", 'kind    = "synthetic"')
        yield from _model(likeness)
    yield from ("", "[labels]")
    yield from _labels(likeness)
    yield from ("", "[ramp]", 'steps = ["shadow", "5%", "25%", "100%"]', 'bake  = "20m"')
    yield from ("", "[[gates]]", 'kind   = "no-worse"', 'metric = "failures.rate"', 'margin = "1pp"')
    yield from ("", "[[gates]]", 'kind   = "no-worse"', 'metric = "latency.p95"', 'margin = "20%"')


def _traffic(likeness: Likeness) -> Iterator[str]:
    rhythm = likeness.rhythm
    mean = f'mean  = "{max(rhythm.mean, 0.001):.4g}/s"'
    if not rhythm.swing:
        yield from ('kind  = "steady"', mean)
        return
    yield from ('kind  = "diurnal"', mean, f'swing = "{100 * rhythm.swing:.3g}%"')
    yield f'peak  = "{format_duration(round(rhythm.peak / 60.0) * 60 * NS_PER_SECOND)}"  # after the recording began'


def _member(table: str, one: Member) -> Iterator[str]:
    yield from ("", f"[[{table}]]", f"name        = {_text(one.name)}", f'share       = "{100 * one.share:.4g}%"')
    if one.shift:
        yield f"label_shift = {one.shift:g}"


def _model(likeness: Likeness) -> Iterator[str]:
    skill = likeness.skill
    yield f"auc     = {skill.auc:.3f}" if skill else "auc     = 0.8  # (assumed)"
    if skill:
        yield f"slope   = {skill.slope:.3g}"
        yield f"bias    = {skill.bias:.3g}"
    if likeness.latency is None:
        yield 'latency = { p50 = "30ms" }  # (assumed)'
    else:
        p50, p99 = map(_short, likeness.latency)
        yield f'latency = {{ p50 = "{p50}", p99 = "{p99}" }}'


def _labels(likeness: Likeness) -> Iterator[str]:
    if likeness.label_delay is None:
        yield 'delay = "2m"  # (assumed)'
    else:
        delay, slowest = map(_short, likeness.label_delay)
        yield from (f'delay    = "{delay}"', f'slowest  = "{slowest}"')
    if likeness.base_rate is not None and likeness.coverage < 1.0:
        yield f'coverage = "{100 * likeness.coverage:.4g}%"'


def _short(time: int) -> str:
    """A time in three digits, at least a microsecond."""
    unit = max(1_000, 10 ** (len(str(time)) - 3))
    return format_duration(max(1, round(time / unit)) * unit)


def _text(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)
