"""Points: a plan under some settings, with some of its candidates, flown on the same days as every other point."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.lab.fleet import Key, Mission
from sandbox.lab.ranges import Settings
from sandbox.lab.result import Result
from sandbox.lab.variants import AS_WRITTEN, Setting, Variant, resampling, variants
from sandbox.lab.variants import changed as changed_plan
from sandbox.scenario.plan import Plan


def said(settings: Settings) -> str:
    """Settings as rows name them."""
    return ", ".join(map(str, settings))


def candidates_at(plan: Plan, settings: Settings, wanted: Sequence[str]) -> tuple[Variant, ...]:
    """Those candidates that are wanted; raises SettingError and ScenarioError."""
    if tuple(wanted) == (AS_WRITTEN,):
        text = resampling(changed_plan(plan, settings)).text
        return (Variant(setting=said(settings), candidate=AS_WRITTEN, kind="as written", text=text),)
    return tuple(one for one in variants(plan, settings) if one.candidate in wanted)


def missions_at(
    plan: Plan, settings: Settings, wanted: Sequence[str], *, seeds: range, again: str, unstopped: bool = False
) -> Iterator[Mission]:
    """All flights of a point, every candidate of a seed before the next seed; raises SettingError and ScenarioError."""
    chosen = candidates_at(plan, settings, wanted)
    varied = "".join(f' --vary "{one.key}={one.value}"' for one in settings)
    for seed in seeds:
        for one in chosen:
            yield Mission(
                text=one.unstopped if unstopped else one.text, folder=plan.folder, name=plan.name, setting=one.setting,
                candidate=one.candidate, seed=seed, unstopped=unstopped,
                repeat=f'{again}{varied} --only "{one.candidate}" --seeds {seed}..{seed}',
            )


def flown_at(
    results: Mapping[Key, Result], settings: Settings, wanted: Sequence[str], *, seeds: range
) -> Iterator[dict[str, Result]]:
    """Of every seed on which all that are wanted were flown, the flight of each by candidate."""
    name = said(settings)
    for seed in seeds:
        day = {one: found for one in wanted if (found := results.get((name, one, False, seed))) is not None}
        if len(day) == len(wanted) and not any(one.failure for one in day.values()):
            yield day


def settings_of_rows(results: Mapping[Key, Result], keys: Sequence[str]) -> Iterator[Settings]:
    """The settings of rows in the order in which they were first flown, where these are the keys that were set."""
    for name in dict.fromkeys(key[0] for key in results):
        parts, rest = [], name
        for one, after in zip(keys, [*keys[1:], None], strict=True):
            value, _, rest = rest.removeprefix(f"{one} = ").partition(f", {after} = " if after else "\0")
            rest = f"{after} = {rest}" if after else ""
            parts.append(Setting(one, value))
        if said(tuple(parts)) == name:
            yield tuple(parts)
