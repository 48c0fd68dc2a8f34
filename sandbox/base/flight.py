"""A finished flight as one value: what `run` returns, `record` lands, `report` reads."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.base.journal import Entry
from sandbox.base.truth import Truth
from sandbox.base.window import Layout, Window

OUTCOMES = ("promoted", "rolled_back", "held", "aborted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What it takes to repeat a flight and to know that it was repeated.

    `plan` is the scenario with every default filled in; `inputs` maps each file or code the flight depends on
    (replay file, artefact, callable source) to its SHA-256; `versions` each package to its version.
    """

    name: str
    title: str
    source: str
    scenario_text: str
    scenario_hash: str
    seed: int
    plan: dict[str, Any] = field(repr=False)
    inputs: dict[str, str]
    versions: dict[str, str]
    layout: Layout = field(repr=False)
    tick: int
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """Header, journal, windows and truth; `digest` is the head of the journal's hash chain."""

    header: Header
    journal: tuple[Entry, ...] = field(repr=False)
    windows: tuple[Window, ...] = field(repr=False)
    truth: Truth = field(repr=False)
    outcome: str
    ended_at: int
    digest: str
