"""A model that takes longer than its clients wait."""

from collections.abc import Iterator

from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path
from sandbox.world.services.service import Service
from sandbox.world.traffic.replay import Replay


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Service times whose mean, without any waiting, is beyond the timeout of the service: most answers are in vain."""
    document = prospect.document
    traffic = document.traffic
    recorded = traffic.columns.latencies if isinstance(traffic, Replay) else {}
    for name, model in document.models.items():
        patience, takes = document.services.get(name, Service()).timeout, model.mean_service_s
        if name not in recorded and takes * NS_PER_SECOND >= patience:
            because = f"it takes {takes:.3g} s on average, and clients leave after {format_duration(patience)}"
            mend = f"is its latency in other units than meant? else raise timeout in [services.{name}]"
            yield ("models", name), because, mend


RULE = Rule("answers-too-late", "a model that takes longer than its clients wait", look)
