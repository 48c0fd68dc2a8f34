"""What a feature costs a flight that uses it: CPU time against the reference flight without it, taking turns."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

REFERENCE = tomli.loads((Path(__file__).parent / "reference.toml").read_text())
MODELS: dict[str, Any] = REFERENCE["models"]
TRAINED = {"kind": "trained", "errors": "0.5%"}

FEATURES: dict[str, dict[str, Any]] = {
    "nothing, once more": {},
    "`users.consent`": {"users": {"consent": "80%"}},
    "`users.sessions`": {"users": {"sessions": {}}},
    "`experience`": {"experience": {}},
    "`experience.leaving`": {"experience": {"leaving": {"wrong": "0.1%"}}},
    "traffic `edge`": {"traffic": {"kind": "edge", "mean": "1000/s"}},
    "services `autoscale`": {"services": {"incumbent": {"autoscale": {}}, "candidate": {"autoscale": {}}}},
    "`fleet`": {"fleet": {"sync": "5m"}},
    "drift `covariate`": {"drift": [{"kind": "covariate"}]},
    "drift `category`": {"drift": [{"kind": "category"}]},
    "drift `late`": {"drift": [{"kind": "late"}]},
    "drift `duplicated`": {"drift": [{"kind": "duplicated"}]},
    "drift `rescaled-scores`": {"drift": [{"kind": "rescaled-scores", "slope": 0.5}]},
    "drift `feedback`": {"drift": [{"kind": "feedback", "every": "2m"}]},
    "a model that grows old": {"models": MODELS | {"candidate": MODELS["candidate"] | {"memory": "9d"}}},
    "`retraining`": {
        "models": MODELS | {"candidate": TRAINED}, "retraining": {"at": "5m", "window": "4m", "takes": "1m"},
    },
}


def prices(rounds: int) -> Iterator[tuple[str, float]]:
    """Each feature and how many times the CPU time of the reference flight one takes that uses it."""
    _spent({})
    for feature, tables in FEATURES.items():
        _spent(tables)
        yield feature, median(_spent(tables) / _spent({}) for _ in range(rounds))


def _spent(tables: dict[str, Any]) -> float:
    document = Document.model_validate(REFERENCE | tables)
    problems = list(document.problems())
    assert not problems, problems
    plan = Plan(name="reference", text="", document=document)
    began = time.process_time()
    fly(plan)
    return time.process_time() - began
