"""One flight or several as JSON: sorted keys, no wall clock, NaN as null; the same bytes for the same flight."""

import json as codec
import math
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from sandbox.report.harm import KINDS, Harm, Tally
from sandbox.report.scorecard import Scorecard

SCHEMA_VERSION = 1


def json(cards: Sequence[Scorecard]) -> str:
    """One flight as an object, several as {"schema_version", "flights"}."""
    flights = [document(card) for card in cards]
    whole = flights[0] if len(flights) == 1 else {"schema_version": SCHEMA_VERSION, "flights": flights}
    return codec.dumps(whole, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def document(card: Scorecard) -> dict[str, Any]:
    """One flight as JSON values; times in nanoseconds of the flight's clock."""
    value = {
        "schema_version": SCHEMA_VERSION,
        "scenario": {
            "name": card.name, "title": card.title, "source": card.source, "hash": card.scenario_hash,
        },
        "seed": card.seed,
        "digest": card.digest,
        "engine": card.versions,
        "inputs": card.inputs,
        "outcome": card.outcome,
        "ended_at": card.ended_at,
        "closed_at": card.closed_at,
        "largest_share": card.largest_share,
        "failed_gate": card.failed_gate,
        "failed_before_harm": card.failed_before_harm,
        "exit_code": int(card.exit_code),
        "expectations": [asdict(one) for one in card.expectations],
        "decisions": [asdict(one) for one in card.decisions],
        "failures": [asdict(one) for one in card.failures],
        "alerts": [asdict(one) for one in card.alerts],
        "policies": [asdict(one) for one in card.policies],
        "notifications": [asdict(one) for one in card.notifications],
        "budgets": [asdict(one) for one in card.budgets],
        "truth": card.truth,
        "harm": _harm(card.harm),
        "windows": {"observed": card.windows, "cohorts": card.cohorts, "by_step": [asdict(one) for one in card.seen]},
        "further_releases": list(card.releases),
        "repeat": card.repeat,
    }
    plain: dict[str, Any] = finite(value)
    return plain


def finite(value: Any) -> Any:
    """The value with numbers that are not finite as None and values as plain containers."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return finite(asdict(value))
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def _harm(suffered: Harm) -> dict[str, Any]:
    return {
        "users": suffered.users,
        "net_users": suffered.net_users,
        "requests": suffered.total.gross,
        "net_requests": suffered.total.net,
        "total": _tally(suffered.total),
        "on_candidates": _tally(suffered.on_candidates),
        "by_group": {name: _tally(tally) for name, tally in suffered.by_group},
        "by_segment": {name: _tally(tally) for name, tally in suffered.by_segment},
        "by_step": [
            {"from": stay.start, "until": stay.end, "step": stay.step, "title": stay.title, "share": stay.share}
            | _tally(tally)
            for stay, tally in suffered.by_step
        ],
        "unfair": suffered.unfair,
        "onset": suffered.onset,
        "detected_at": suffered.detected_at,
        "detection_delay": suffered.detection_delay,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.requests,
        "gross": tally.gross,
        "net": tally.net,
        "harmed": dict(zip(KINDS, tally.harmed, strict=True)),
        "helped": dict(zip(KINDS, tally.helped, strict=True)),
    }
