"""Plans made from a plan: a key set to another value, the candidate replaced by the incumbent, or by one that is worse.

Each is a whole text of its own, so that any flight of it can be flown again from that text alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal

import tomli

from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import Problem, ScenarioError
from sandbox.scenario.read import read_text
from sandbox.scenario.toml import toml
from sandbox.world.drift.spoil import Spoil
from sandbox.world.faults.bout import Bout

AS_WRITTEN, NULL = "as written", "null"
Kind = Literal["as written", "null", "degraded"]

LADDER: tuple[dict[str, Any], ...] = (
    {"kind": "errors", "rate": "0.5%"}, {"kind": "errors", "rate": "2%"}, {"kind": "errors", "rate": "8%"},
    {"kind": "latency", "factor": 1.25}, {"kind": "latency", "factor": 2.0}, {"kind": "latency", "factor": 5.0},
    {"kind": "swapped-classes", "part": "1%"}, {"kind": "swapped-classes", "part": "5%"},
    {"kind": "swapped-classes", "part": "20%"},
)
"""The degradations of a scenario that states none."""

RESAMPLED = "1d"
"""The pieces that a recording is put together anew from, unless the scenario says others."""

_KEY = re.compile(r"""([A-Za-z0-9_-]+|"[^"]+")((?:\[\d+\])*)""")


class SettingError(ValueError):
    """A --vary or --over that makes no sense; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the scenario and the text of its value."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One plan to fly: which candidate under which settings, and its text; `unstopped` has nobody who decides."""

    setting: str
    candidate: str
    kind: Kind
    text: str = field(repr=False)
    unstopped: str = field(repr=False, default="")


# Keys.


def path_of(key: str) -> tuple[str | int, ...]:
    """A key such as ramp.steps[1].bake as its parts; raises SettingError."""
    parts: list[str | int] = []
    for piece in re.findall(r'(?:[^."]|"[^"]*")+', key):
        match = _KEY.fullmatch(piece)
        if match is None:
            raise SettingError(f'"{key}" is not a key; write it as ramp.bake or gates[0].margin')
        parts += [match[1].strip('"'), *map(int, re.findall(r"\d+", match[2]))]
    if not parts:
        raise SettingError("a key is missing; write it as ramp.bake or gates[0].margin")
    return tuple(parts)


def value_of(text: str) -> Any:
    """A value as TOML reads it, and as text where TOML does not: 10m, 5% and 40/s need no quotes."""
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text


def with_setting(raw: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """The file's tables with one key set; raises SettingError where there is no table to set it in."""
    whole = deepcopy(dict(raw))
    *above, last = path_of(setting.key)
    table: Any = whole
    for part in above:
        if isinstance(part, str) and isinstance(table, dict):
            table = table.setdefault(part, {})
        elif isinstance(part, int) and isinstance(table, list) and part < len(table):
            table = table[part]
        else:
            has = f"; it has {len(table)}, and the first is [0]" if isinstance(table, list) else ""
            raise SettingError(f"{setting.key}: the scenario says no {part} there{has}")
    placed: Any = last
    known = isinstance(table, list) and isinstance(last, int) and last < len(table)
    if known or (isinstance(table, dict) and isinstance(last, str)):
        table[placed] = value_of(setting.value)
    else:
        raise SettingError(f"{setting.key}: the scenario says nothing there that could be set")
    return whole


def written_at(plan: Plan, path: tuple[str | int, ...]) -> str | None:
    """What a plan says at a key, its default where it says nothing; None where there is nothing to say."""
    for whole in (tomli.loads(plan.text), plan.filled_in):
        here: Any = whole
        try:
            for part in path:
                here = here[part]
        except (KeyError, IndexError, TypeError):
            continue
        if here is not None:
            return here if isinstance(here, str) else json.dumps(here, ensure_ascii=False)
    return None


def varied(keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Setting, ...]]:
    """Every combination of the values of some keys; one empty combination of none."""
    for values in product(*keys.values()):
        yield tuple(Setting(key, value) for key, value in zip(keys, values, strict=True))


def changed(plan: Plan, settings: tuple[Setting, ...]) -> Plan:
    """The plan with some keys set; raises SettingError and ScenarioError."""
    if not settings:
        return plan
    raw: dict[str, Any] = tomli.loads(plan.text)
    for setting in settings:
        raw = with_setting(raw, setting)
    return rewritten(plan, raw, why=" and ".join(map(str, settings)))


def rewritten(plan: Plan, raw: Mapping[str, Any], *, why: str) -> Plan:
    """The plan with other tables; raises ScenarioError, which names why it is another."""
    text = toml(raw)
    try:
        document = read_text(text, name=plan.source or plan.name)
    except ScenarioError as error:
        name = f"{plan.source or plan.name} with {why}"
        raise ScenarioError([Problem(name, 0, one.path, one.message) for one in error.problems]) from None
    return replace(plan, text=text, document=document)


_OF_A_POLICY = ("ramp", "gates", "judgement", "alerts", "slos")


def flown_by(plan: Plan, policy: str) -> Plan:
    """The plan as it is if one of its [[policies]] flies."""
    raw = tomli.loads(plan.text)
    said = next(one for one in raw["policies"] if one["name"] == policy)
    raw = {**raw, **{name: said[name] for name in _OF_A_POLICY if name in said}}
    for table in ("policies", "expect"):
        raw.pop(table, None)
    return rewritten(plan, raw, why=f'"{policy}" at the controls')


# Candidates.


def variants(plan: Plan, settings: tuple[Setting, ...] = ()) -> tuple[Variant, ...]:
    """The candidate as written, as the incumbent, and worse by every degradation of the ladder."""
    base = resampling(changed(plan, settings))
    said = ", ".join(map(str, settings))
    own = Variant(
        setting=said, candidate=AS_WRITTEN, kind="as written", text=base.text, unstopped=unstopped(base).text
    )
    null = _null(base)
    found = [own, Variant(setting=said, candidate=NULL, kind="null", text=null.text, unstopped=unstopped(null).text)]
    for rung in ladder(base):
        worse = _struck(null, rung)
        found.append(Variant(
            setting=said, candidate=name_of(rung), kind="degraded", text=worse.text, unstopped=unstopped(worse).text
        ))
    return tuple(found)


def ladder(plan: Plan) -> tuple[dict[str, Any], ...]:
    """The degradations as the file writes them, each on the candidate."""
    own = tomli.loads(plan.text).get("certify", {}).get("degradations")
    return tuple({"model": plan.document.ramp.model, **rung} for rung in (LADDER if own is None else own))


def name_of(rung: Mapping[str, Any]) -> str:
    """A degradation in a few words: errors 2%, latency ×2."""
    words = [f"×{value:g}" if key == "factor" else str(value) for key, value in rung.items() if key not in (
        "kind", "model", "at", "lasts",
    )]
    late = [f"{key} {rung[key]}" for key in ("at", "lasts") if key in rung]
    return " ".join([str(rung["kind"]), *words, *late])


def resampling(plan: Plan) -> Plan:
    """The plan with its recording put together anew by every seed, where it replays one."""
    raw = tomli.loads(plan.text)
    traffic = raw.get("traffic", {})
    if traffic.get("kind") != "replay" or "resample" in traffic:
        return plan
    raw["traffic"] = {**traffic, "resample": RESAMPLED}
    return rewritten(plan, raw, why="its recording resampled")


def _null(plan: Plan) -> Plan:
    """The incumbent's scores and service through both arms: what only the candidate suffers from goes, too."""
    raw, name = tomli.loads(plan.text), plan.document.ramp.model
    raw["models"][name] = deepcopy(raw["models"]["incumbent"])
    services = raw.setdefault("services", {})
    services.pop(name, None)
    if "incumbent" in services:
        services[name] = deepcopy(services["incumbent"])
    columns = raw.get("traffic", {}).get("columns", {})
    for table in (columns.get(key, {}) for key in ("scores", "latencies")):
        table.pop(name, None)
        if "incumbent" in table:
            table[name] = table["incumbent"]
    _without(raw, "faults", [fault.whose == name for fault in plan.document.faults])
    _without(raw, "drift", [isinstance(one, Spoil) and one.model == name for one in plan.document.drift])
    retraining = plan.document.retraining
    untrained = ("retraining",) if retraining is not None and retraining.model == name else ()
    for table_name in ("expect", "certify", "policies", *untrained):
        raw.pop(table_name, None)
    # First, so that what strikes both arms strikes what the incumbent's service has become.
    raw["faults"] = [{"kind": "wrong-artifact", "model": name, "artifact": "incumbent"}, *raw.get("faults", [])]
    return rewritten(plan, raw, why="the incumbent as its candidate")


def _without(raw: dict[str, Any], table: str, gone: list[bool]) -> None:
    kept = [one for one, out in zip(raw.get(table, []), gone, strict=True) if not out]
    raw.pop(table, None)
    if kept:
        raw[table] = kept


def _struck(plan: Plan, rung: dict[str, Any]) -> Plan:
    raw = tomli.loads(plan.text)
    raw["faults"] = [*raw.get("faults", []), rung]
    return rewritten(plan, raw, why=f"{name_of(rung)} on its candidate")


_DECIDING = (
    "gates", "alerts", "slos", "alerting", "judgement", "notify", "policies", "expect", "certify", "calendar", "ramp",
    "shared", "runbook", "oncall", "operations",
)


def unstopped(plan: Plan) -> Plan:
    """The candidate for everybody from the begin on, and nobody who decides."""
    raw, document = tomli.loads(plan.text), plan.document
    _without(raw, "faults", [_needs_deciders(fault) for fault in document.faults])
    quiet = {name: value for name, value in raw.get("calendar", {}).items() if name in ("zone", "start", "quiet")}
    for table in _DECIDING:
        raw.pop(table, None)
    if document.retraining is not None and document.retraining.quiet_hours:
        raw["calendar"] = quiet  # the world trains by it
    raw["ramp"] = {"model": document.ramp.model, "steps": ["100%"], "bake": raw_duration(document)}
    return rewritten(plan, raw, why="nobody who decides")


def _needs_deciders(fault: Bout) -> bool:
    return fault.needs in ("notify", "alerts", "shadow") or fault.taxonomy in ("rollout", "observability")


def raw_duration(document: Document) -> str:
    """The flight's duration as people write it."""
    return str(document.scenario.model_dump(mode="json")["duration"])
