"""`greenroom fit`: a scenario whose world looks like a recorded log."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import OutputError, note, say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.base.recording import Recording
    from sandbox.lab.likeness.beside import Beside
    from sandbox.world.traffic.replay import ReplayColumns

NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "ts", "at", "asked_at", "created_at", "datetime", "date"),
    "user": ("user", "user_id", "customer", "customer_id", "account", "account_id", "client"),
    "segment": ("segment", "region", "country", "tier", "market"),
    "group": ("group", "gender", "sex", "age_group"),
    "label": ("label", "outcome", "target", "truth", "y", "is_fraud", "fraud", "churned", "converted"),
    "label_time": ("label_time", "known_at", "labelled_at", "label_at", "outcome_time"),
    "score": ("score", "prediction", "probability", "prob", "y_hat", "y_pred"),
    "latency": ("latency", "latency_s", "latency_seconds", "duration_s", "seconds"),
}
"""What a column is taken to be, by its name, unless told otherwise."""

MOST_FEATURES = 64

SHARES_OF_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}

SLOW = 10 * 10**9
"""A service whose median latency is longer than this, in ns, was perhaps not written down in seconds."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "fit", says="write a scenario whose world looks like a recorded log", act=fit,
        more="greenroom fit requests.parquet --time asked_at --user who --out mine.toml\n\n"
        "Columns that are not named are looked for under their usual names; --user - means that there are none. The\n"
        "rest are features. The scenario goes to stdout or to --out; how like it is, part by part, to stderr.",
    )
    parser.add_argument("log", metavar="LOG", help="the recorded file: .parquet, .csv or .jsonl, a request a row")
    for key, says in (
        ("time", "when the request arrived"), ("user", "who asked"), ("segment", "the slice of traffic"),
        ("group", "the protected group"), ("label", "what turned out to be true, 0 or 1"),
        ("label_time", "when that became known"), ("score", "the incumbent's score, 0 to 1"),
        ("latency", "how long its answer took"),
    ):
        parser.add_argument(f"--{key.replace('_', '-')}", metavar="COLUMN", help=says)
    units = tuple(SHARES_OF_A_SECOND)
    parser.add_argument("--latency-unit", metavar="UNIT", choices=units, default="s", help="s (unless said), ms or us")
    parser.add_argument("--features", metavar="A,B,…", help="the features; all other columns unless said")
    parser.add_argument("--out", metavar="FILE", help="where to write the scenario; must not exist yet")


def fit(arguments: argparse.Namespace) -> int:
    """Estimate, write, and lay the likeness beside the recording."""
    from sandbox.lab.likeness.beside import beside
    from sandbox.lab.likeness.likeness import likeness_of
    from sandbox.lab.likeness.written import written
    from sandbox.scenario.plan import Plan
    from sandbox.scenario.read import read_text
    from sandbox.scenario.replay import read_recording
    from sandbox.world.traffic.replay import Replay

    log = Path(arguments.log)
    columns = _columns(arguments, log)
    recording = _in_seconds(
        read_recording(Replay(path=log.name, columns=columns), folder=log.parent), unit=arguments.latency_unit
    )
    if len(recording) < LEAST:
        raise UsageError(f"{log}: {len(recording)} requests say too little; record at least {LEAST}")
    text = written(likeness_of(recording), source=log.name, requests=len(recording))
    plan = Plan(name=log.stem, text=text, document=read_text(text, name=arguments.out or "the scenario"))
    note(f"read as {_mapping(columns)}")
    if arguments.latency_unit == "s" and (said := _doubt(recording, columns)):
        note(said)
    _write(text, arguments.out)
    note("\n".join(_table(beside(recording, plan))))
    return ExitCode.MET


LEAST = 100


def _in_seconds(recording: "Recording", *, unit: str) -> "Recording":
    """The recording, whose latencies were read as seconds, with them in their own unit."""
    parts = SHARES_OF_A_SECOND[unit]
    return replace(recording, latencies={name: taken // parts for name, taken in recording.latencies.items()})


def _doubt(recording: "Recording", columns: "ReplayColumns") -> str:
    """What to say of latencies that do not look like seconds; empty where they do."""
    import numpy as np

    for model, name in columns.latencies.items():
        median = float(np.median(recording.latencies[model]))
        if median > SLOW or name.lower().endswith(("ms", "millis", "us", "micros")):
            return f"{name} was read as seconds, its median is {median / 1e9:.3g} s; is it --latency-unit ms?"
    return ""


def _columns(arguments: argparse.Namespace, log: Path) -> "ReplayColumns":
    from sandbox.scenario.recorded_file import column_names
    from sandbox.world.traffic.replay import ReplayColumns

    there = column_names(log)
    found = {key: _column(key, getattr(arguments, key), there) for key in NAMES}
    if found["time"] is None:
        raise UsageError(f"{log}: which column is the time? say --time COLUMN; it has {', '.join(there[:12])}")
    named = set(found.values())
    features = arguments.features.split(",") if arguments.features else [one for one in there if one not in named]
    if not features:
        raise UsageError(f"{log}: no column is left for features; name one with --features")
    return ReplayColumns(
        time=found["time"], features=features[:MOST_FEATURES], user=found["user"], segment=found["segment"],
        group=found["group"], label=found["label"], label_time=found["label_time"] if found["label"] else None,
        scores={"incumbent": found["score"]} if found["score"] else {},
        latencies={"incumbent": found["latency"]} if found["latency"] else {},
    )


def _column(key: str, said: str | None, there: list[str]) -> str | None:
    if said is not None:
        return None if said == "-" else said
    lower = {name.lower(): name for name in reversed(there)}
    return next((lower[name] for name in NAMES[key] if name in lower), None)


def _mapping(columns: "ReplayColumns") -> str:
    single = {key: getattr(columns, key) for key in ("time", "user", "segment", "group", "label", "label_time")}
    single |= {"score": columns.scores.get("incumbent"), "latency": columns.latencies.get("incumbent")}
    features = f"{len(columns.features)} feature{'' if len(columns.features) == 1 else 's'}"
    told = ", ".join(f"{key.replace('_', '-')} {name}" for key, name in single.items() if name)
    missing = ", ".join(f"--{key.replace('_', '-')}" for key, name in single.items() if not name)
    return f"{told}, {features}" + (f"; not found: {missing}" if missing else "")


def _write(text: str, out: str | None) -> None:
    if out is None:
        say(text)
        return
    try:
        with open(out, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{out} is there already; name another file") from None
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}") from None
    note(f"wrote {out}; now: greenroom run {out}")


def _table(rows: "tuple[Beside, ...]") -> list[str]:
    width = max(len(row.what) for row in rows)
    head = f"{'':<10} {'':<{width}} {'recorded':>10} {'likeness':>10} {'distance':>9}"
    lines = [head]
    for row in rows:
        apart = "" if row.distance is None else f"{row.distance:.3f}"
        numbers = f"{row.recorded:>10.4g} {row.likeness:>10.4g} {apart:>9}"
        lines.append(f"{row.part:<10} {row.what:<{width}} {numbers}".rstrip())
    lines.append("distance: the largest gap between the distribution functions, 0 to 1")
    return lines
