"""`greenroom show`: a plan with every default filled in, or what came of a run."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import find, load
from sandbox.cli.stores import add_store, load_run
from sandbox.cli.terminal import say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "show", says="print a scenario with all defaults filled in, or the log of a run", act=show
    )
    parser.add_argument("what", metavar="FILE|RUN", help="a scenario file, the stem of a bundled one, or a run's name")
    add_color(parser)
    add_store(parser)


def show(arguments: argparse.Namespace) -> int:
    """A file first; what is none may be a run."""
    try:
        path = find(arguments.what)
    except UsageError as error:
        return _show_run(arguments, not_a_file=error)
    say(filled_in(load(path)))
    return ExitCode.MET


def filled_in(plan: "Plan") -> str:
    """The plan as TOML that flies as the file does."""
    from sandbox.scenario.toml import toml

    document = dict(plan.filled_in)
    document["gates"] = [
        table | {"name": gate.name} for table, gate in zip(document["gates"], plan.gates, strict=True)
    ]
    _derive(document, plan)
    return _by_events(plan) + toml(document)


def _by_events(plan: "Plan") -> str:
    """A remark where pools are served event by event, which costs time."""
    names = [name for name, service in plan.document.services.items() if service.by_events]
    if not names:
        return ""
    return f"# all pools are served event by event, which is slower, because of what is said of {' and '.join(names)}\n"


def _derive(document: "dict[str, Any]", plan: "Plan") -> None:
    """Say what follows from something else unless it is said, as the flight will take it."""
    from sandbox.base.units import format_duration
    from sandbox.run.rig import peak_rate, services
    from sandbox.world.models.timed import Timed
    from sandbox.world.traffic.replay import Replay

    labels = plan.document.labels
    if not plan.document.knows_label_times:
        late = {"slowest": format_duration(labels.p99), "maturity": format_duration(labels.horizon)}
        document["labels"] = document["labels"] | late
    document["users"] = document["users"] | {"slow": format_duration(plan.slow_ns)}
    for name, model in plan.document.models.items():
        table = document["models"][name]
        if isinstance(model, Timed):
            slowest = {"p99": format_duration(model.slowest)}
            document["models"][name] = table | {"latency": table["latency"] | slowest}
    if not isinstance(plan.document.traffic, Replay):
        sized = services(plan, peak_rate=peak_rate(plan, None))
        document["services"] = {
            name: service.model_dump(mode="json") for name, service in zip(plan.document.arms, sized, strict=True)
        }


def _show_run(arguments: argparse.Namespace, *, not_a_file: UsageError) -> int:
    from sandbox.report.render.text import text
    from sandbox.report.scorecard import score

    try:
        run, flight = load_run(arguments, arguments.what)
    except UsageError as error:
        raise UsageError(f"{not_a_file}; as a run: {error}") from None
    repeat = f"greenroom rerun {run}"
    say(text(score(flight, run=run, repeat=repeat), style=style_of(sys.stdout)))
    return ExitCode.MET
