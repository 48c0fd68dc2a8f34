"""`[retraining]`: a model is fitted in the flight, on a snapshot of what was seen of it."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.decide.snapshot import SnapshotCheck


class RetrainingTable(Spec):
    """When a model of kind "trained" is fitted, on what, what must hold of the data, and what it takes.

    At `at`, or when the calendar opens after it, the snapshot is checked: all that telemetry showed of the incumbent
    over `window`. Where a check fails or has no data nothing is trained and the ramp never begins, unless `anyway`.
    Training then takes `takes`, and `replicas` of the incumbent's pool with it; the ramp of its model begins when it
    has ended.

    ```toml
    [retraining]
    model       = "candidate"
    at          = "2h"
    window      = "2h"
    takes       = "20m"
    replicas    = 1
    quiet_hours = true

    [[retraining.checks]]
    metric = "labels.coverage"
    min    = "90%"
    ```

    Baylor et al.: TFX: a TensorFlow-based production-scale machine learning platform, KDD (2017), on validating data
    before a model is trained on it and pushed.
    """

    model: str = "candidate"
    """The model that is fitted; the ramp's."""
    at: Duration = 3_600 * NS_PER_SECOND
    """When it is asked for."""
    quiet_hours: bool = False
    """Whether it waits for the quiet hours of `[calendar]`; freezes and peaks it waits out in any case."""
    window: Duration = Field(default=3_600 * NS_PER_SECOND, gt=0)
    """The snapshot: the requests that came in so long before it begins, and whose label is known by then."""
    rows: int = Field(default=20_000, ge=100, le=1_000_000)
    """About how many of them it learns from at most: every so-many-th."""
    takes: Duration = 1_800 * NS_PER_SECOND
    """How long the training takes."""
    replicas: int = Field(default=0, ge=0)
    """How many replicas of the incumbent's pool it takes meanwhile."""
    checks: list[SnapshotCheck] = []
    """What must hold of the snapshot; nothing unless said."""
    anyway: bool = False
    """Whether it goes on where a check fails: then a failure is only written down."""
