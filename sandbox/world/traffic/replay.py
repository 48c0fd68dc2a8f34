"""Recorded traffic: what really arrived, in order, at a chosen speed."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share


class ReplayColumns(Spec):
    """Which column of the recorded file is what; what is not named is not read."""

    time: str
    """When the request arrived, by which rows are sorted: a timestamp (with a zone, or UTC), or seconds as a number."""
    features: list[str] = Field(min_length=1)
    """The columns that models may read."""
    user: str | None = None
    """Who asked; without it every request is a user of its own."""
    segment: str | None = None
    """The slice of traffic that routing and metrics may name."""
    group: str | None = None
    """The protected group that fairness is judged by."""
    label: str | None = None
    """What turned out to be true, 0 or 1; empty where it never became known."""
    label_time: str | None = None
    """When the label became known, read where there is one; without it `[labels]` says how late labels are."""
    scores: dict[str, str] = {}
    """Model name to the column of its recorded score, for models of kind "logged"."""
    latencies: dict[str, str] = {}
    """Model name to the column of its recorded latency in seconds."""


class Replay(Spec):
    """Replays a recorded file: the requests that really arrived, with their labels at the time they became known.

    Nothing about arrivals, features, users or labels is simulated; routing, queues and (for callable models) service
    times are. A good gate sees here what it would have seen then.

    ```toml
    [traffic]
    kind = "replay"
    path = "requests.parquet"
    speed = 60
    columns = { time = "asked_at", features = ["amount", "country"], label = "fraud", label_time = "known_at" }
    ```

    Gama, Sebastião, Rodrigues: On evaluating stream learning algorithms, Machine Learning 90 (2013).
    """

    kind: Literal["replay"] = "replay"
    path: str
    """The recorded file (.parquet, .csv, .jsonl), relative to the scenario; "cache:NAME" is below the user's cache."""
    made_by: str | None = None
    """A script beside the scenario that makes the file; named in the error where the file is missing."""
    columns: ReplayColumns
    speed: float = Field(default=1.0, gt=0)
    """How many recorded seconds pass in one simulated second."""
    thin: Share = Field(default=1.0, gt=0)
    """The part of the users that is replayed, each with all of their requests."""
    resample: Duration = Field(default=0, ge=0)
    """How long the pieces are, on the clock of the recording, of which each is replaced by one of those nearby, by
    seed: with "1d" seeds differ in which days there were. Never, unless said; `greenroom certify` says it."""
    loop: bool = False
    """Whether it begins again at its end, as often as the flight is long; labels come as late as they did."""
