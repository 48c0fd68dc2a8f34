"""`greenroom kinds`: what can stand in a scenario, explained by the specs themselves."""

import argparse
import inspect
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sandbox.base.spec import Spec
    from sandbox.observe.metrics.view import Metric
    from sandbox.scenario.lint.finding import Rule

FAMILIES = ("traffic", "model", "drift", "fault", "metric", "gate", "ramp", "alert", "operation", "oncall", "lint")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "kinds", act=kinds,
        says="explain every kind of traffic, model, drift, fault, metric, gate, ramp, alert and operation, and more",
        more="greenroom kinds drift\ngreenroom kinds drift covariate\ngreenroom kinds covariate\n"
        "greenroom kinds services    (any table of a scenario)",
    )
    parser.add_argument("family", nargs="?", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("kind", nargs="?", metavar="KIND", help="one kind of it, in full")


def kinds(arguments: argparse.Namespace) -> int:
    """All families in short, one family, or one kind in full."""
    family, kind = arguments.family, arguments.kind
    if family is None:
        lines = [line for one in FAMILIES for line in (*_family(one), "")]
    elif family in FAMILIES:
        lines = list(_family(family) if kind is None else _one(family, kind))
    elif kind is None:
        lines = list(_anywhere(family))
    else:
        raise UsageError(f"no family {family}; there is {', '.join(FAMILIES)}")
    say(style_of(sys.stdout).spell("\n".join(lines).rstrip()))
    return ExitCode.MET


def specs(family: str) -> "dict[str, type[Spec]]":
    """The specs of a family by the name of their kind."""
    from sandbox.decide.alerts.kinds import KINDS as ALERTS
    from sandbox.decide.gates.kinds import KINDS as GATES
    from sandbox.decide.ramp.kinds import KINDS as RAMPS
    from sandbox.operate.oncall.kinds import KINDS as ONCALL
    from sandbox.operate.operations.kinds import KINDS as OPERATIONS
    from sandbox.world.drift.kinds import KINDS as DRIFTS
    from sandbox.world.faults.kinds import KINDS as FAULTS
    from sandbox.world.models.kinds import KINDS as MODELS
    from sandbox.world.traffic.kinds import KINDS as TRAFFIC

    families: dict[str, tuple[type[Spec], ...]] = {
        "traffic": TRAFFIC, "model": MODELS, "drift": DRIFTS, "fault": FAULTS, "gate": GATES, "ramp": RAMPS,
        "alert": ALERTS, "operation": OPERATIONS, "oncall": ONCALL,
    }
    return {str(spec.model_fields["kind"].default): spec for spec in families.get(family, ())}


def metrics() -> "dict[str, Metric]":
    """The metrics by name."""
    from sandbox.observe.metrics.kinds import BY_NAME

    return BY_NAME


def rules() -> "dict[str, Rule]":
    """What `check` warns of, by id."""
    from sandbox.scenario.lint.rules import RULES

    return {rule.id: rule for rule in RULES}


def tables() -> "dict[str, tuple[str, str, list[type[BaseModel]]]]":
    """The tables of a scenario by name."""
    from sandbox.scenario.reference import tables

    return tables()


def _names(family: str) -> list[str]:
    return list(metrics() if family == "metric" else rules() if family == "lint" else specs(family))


def _family(family: str) -> Iterator[str]:
    yield family
    if family == "metric":
        said = {name: metric.says for name, metric in metrics().items()}
    elif family == "lint":
        said = {name: rule.says for name, rule in rules().items()}
    else:
        said = {name: _summary(spec) for name, spec in specs(family).items()}
    width = max(20, *map(len, said))
    for name, summary in said.items():
        first, *rest = wrap(summary, width=114 - width)
        yield f"  {name:<{width}} {first}"
        yield from (f"  {'':<{width}} {line}" for line in rest)


def _summary(spec: "type[Spec]") -> str:
    return " ".join((inspect.getdoc(spec) or "").split("\n\n")[0].split()) or "not described"


def _anywhere(kind: str) -> Iterator[str]:
    families = [family for family in FAMILIES if kind in _names(family)]
    if not families and _metric(kind) is not None:
        families = ["metric"]
    if not families and kind in (known := tables()):
        yield from _table(*known[kind])
        return
    if not families:
        everything = [*FAMILIES, *(name for family in FAMILIES for name in _names(family)), *tables()]
        near = get_close_matches(kind, everything, n=3, cutoff=0.6)
        hint = f"nearest: {', '.join(near)}" if near else f"families: {', '.join(FAMILIES)}"
        raise UsageError(f"no kind {kind}; {hint}")
    for family in families:
        yield from _one(family, kind)
        yield ""


def _table(heading: str, means: str, specs: "list[type[BaseModel]]") -> Iterator[str]:
    """A table of a scenario: its keys, or what kinds of it there are."""
    yield f"table {heading}"
    yield from (f"  {line}" for line in wrap(means, width=100))
    yield ""
    if len(specs) > 1:
        kinds = [str(spec.model_fields["kind"].default) for spec in specs]
        yield from (f"  {line}" for line in wrap(f"kinds: {', '.join(kinds)}", width=100))
        return
    if (doc := inspect.getdoc(specs[0])) and "\n\n" in doc:
        yield from (f"  {line}".rstrip() for line in _without_fences(doc.partition("\n\n")[2]))
        yield ""
    yield "  keys"
    yield from keys(specs[0])


def _one(family: str, kind: str) -> Iterator[str]:
    if family == "metric" and (metric := _metric(kind)) is not None:
        yield from _explain_metric(metric)
    elif family == "lint" and kind in _names(family):
        yield from _explain_rule(rules()[kind])
    elif kind in _names(family):
        yield from _explain(family, kind, specs(family)[kind])
    else:
        raise UsageError(f"no {family} {kind}; there is {', '.join(_names(family))}")


def _metric(name: str) -> "Metric | None":
    from sandbox.observe.metrics.kinds import metric

    try:
        return metric(name)
    except KeyError:
        return None


def _explain_metric(metric: "Metric") -> Iterator[str]:
    yield f"metric {metric.name}"
    yield f"  {metric.says}"
    yield ""
    yield from (f"  {line}" for line in wrap(" ".join(metric.explained.split()), width=100))
    yield ""
    yield f"  unit    {metric.unit}"
    yield f"  better  {'lower' if metric.lower_is_better else 'higher'}"
    yield f"  read    {'once labels have matured' if metric.matured else 'at the end of every window'}"
    if metric.by:
        yield f"  by      {' and '.join(metric.by)}, as {metric.name}{{{metric.by[0]}=NAME}}"
    if metric.estimated:
        yield "  may     hold or roll back, but never let the ramp advance by itself: it is inferred without labels"


def _explain_rule(rule: "Rule") -> Iterator[str]:
    yield f"lint {rule.id}"
    yield f"  {rule.says}"
    yield ""
    yield from (f"  {line}" for line in wrap(" ".join((inspect.getdoc(rule.look) or "").split()), width=100))
    yield ""
    yield f'  allow it    [lint] allow = [{{ rule = "{rule.id}", reason = "why it may be" }}]'


def _explain(family: str, kind: str, spec: "type[Spec]") -> Iterator[str]:
    yield f"{family} {kind}"
    yield ""
    yield from (f"  {line}".rstrip() for line in _without_fences(inspect.getdoc(spec) or ""))
    yield ""
    if family == "fault":
        yield from _diagnosis(spec)
    yield "  keys"
    yield from keys(spec)


def _diagnosis(spec: "type[Spec]") -> Iterator[str]:
    """What a fault says about itself to whoever must find it; docs/faults.md has what was measured."""
    from sandbox.world.faults.bout import Bout

    assert issubclass(spec, Bout)
    yield f"  class    {spec.taxonomy}"
    yield f"  rollback {spec.rollback}"
    if spec.signals:
        yield f"  signals  {', '.join(spec.signals)}"
    first, *rest = wrap(spec.apart.replace("`", ""), width=95)
    yield f"  apart    {first}"
    yield from (f"           {line}" for line in rest)
    yield ""


def _without_fences(doc: str) -> Iterator[str]:
    inside = False
    for line in doc.splitlines():
        if line.strip().startswith("```"):
            inside = not inside
        else:
            yield f"    {line}" if inside else line


def keys(spec: "type[BaseModel]") -> Iterator[str]:
    """Each key with its form, its default and what it means."""
    from sandbox.scenario.schema import schema_of

    schema = schema_of(spec)
    for name, about in schema["properties"].items():
        if name == "kind":
            continue
        default = "required" if name in schema.get("required", []) else _default(about)
        yield f"  {name:<12} {_form(about, schema)}, {default}"
        yield from (f"  {'':<12} {line}" for line in wrap(str(about.get("description", "")), width=100))


def _default(about: dict[str, Any]) -> str:
    default = about.get("default")
    if default in (None, "", [], {}):
        return "optional"
    return f"default {_plain(default)}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_plain(item)}" for key, item in value.items() if item is not None)
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


_FORMS = {"number": "number", "integer": "whole number", "boolean": "true or false", "string": "text"}


def _form(about: dict[str, Any], schema: dict[str, Any]) -> str:
    """The form of a value in words: as "15m", one of "a" or "b", list of text, …"""
    if "anyOf" in about:
        rest = {key: about[key] for key in about.keys() & {*_BOUNDS}}
        return " or ".join(_form(one | rest, schema) for one in about["anyOf"] if one.get("type") != "null")
    if "$ref" in about:
        return _form(schema["$defs"][about["$ref"].rpartition("/")[2]], schema)
    if "enum" in about or "const" in about:
        return " or ".join(_plain(one) for one in about.get("enum", [about.get("const")]))
    if about.get("examples"):
        return f"as {', '.join(_plain(one) for one in about['examples'])}{_range(about)}"
    kind = about.get("type")
    if kind == "array":
        return f"list of {_form(about.get('items', {}), schema)}"
    if kind == "object":
        return f"table of {', '.join(about['properties'])}" if "properties" in about else "table"
    return f"{_FORMS.get(str(kind), 'value')}{_range(about)}"


def _range(about: dict[str, Any]) -> str:
    if not all(isinstance(about.get(key, 0), (int, float)) for key in _BOUNDS):
        return ""
    said = [f"{sign} {about[key]:g}" for key, sign in _BOUNDS.items() if key in about]
    return f" {' and '.join(said)}" if said and "examples" not in about else ""


_BOUNDS = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}
