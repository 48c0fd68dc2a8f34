"""The kinds of fault."""

from typing import Annotated

from pydantic import Field

from sandbox.world.faults.alert_typo import AlertTypo
from sandbox.world.faults.autoscaler_lag import AutoscalerLag
from sandbox.world.faults.blip import Blip
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.broad_inhibition import BroadInhibition
from sandbox.world.faults.capacity import Capacity
from sandbox.world.faults.crash import Crash
from sandbox.world.faults.errors import Errors
from sandbox.world.faults.incompatible_rollback import IncompatibleRollback
from sandbox.world.faults.lag import Lag
from sandbox.world.faults.latency import SlowService
from sandbox.world.faults.memory_leak import MemoryLeak
from sandbox.world.faults.misrouted_alert import MisroutedAlert
from sandbox.world.faults.mixed_versions import MixedVersions
from sandbox.world.faults.monitoring_down import MonitoringDown
from sandbox.world.faults.no_safe_target import NoSafeTarget
from sandbox.world.faults.noisy_neighbour import NoisyNeighbour
from sandbox.world.faults.nothing import NoFault
from sandbox.world.faults.outage import Outage
from sandbox.world.faults.overflow import Overflow
from sandbox.world.faults.partial_rollback import PartialRollback
from sandbox.world.faults.partition import Partition
from sandbox.world.faults.ramp_stuck import RampStuck
from sandbox.world.faults.sample_ratio import SampleRatio
from sandbox.world.faults.scrape_gap import ScrapeGap
from sandbox.world.faults.shadow_writes import ShadowWrites
from sandbox.world.faults.silence import LeftSilence
from sandbox.world.faults.slow_rollback import SlowRollback
from sandbox.world.faults.slow_start import SlowStart
from sandbox.world.faults.stale_series import StaleSeries
from sandbox.world.faults.swapped_classes import SwappedClasses
from sandbox.world.faults.tail import Tail
from sandbox.world.faults.unapplied import Unapplied
from sandbox.world.faults.unsticky import Unsticky
from sandbox.world.faults.warm_up import WarmUp
from sandbox.world.faults.wrong_artifact import WrongArtifact
from sandbox.world.faults.wrong_label import WrongLabel

Fault = Annotated[
    SlowService | Errors | WrongArtifact | MixedVersions | SwappedClasses | WarmUp | MemoryLeak | Overflow | Tail
    | Crash | SlowStart | AutoscalerLag | NoisyNeighbour | Outage | Partition | Capacity | SampleRatio | Unsticky
    | Unapplied | SlowRollback | PartialRollback | IncompatibleRollback | RampStuck | ShadowWrites | NoSafeTarget
    | ScrapeGap | Lag | StaleSeries | WrongLabel | MisroutedAlert | LeftSilence | MonitoringDown | AlertTypo |
    BroadInhibition | Blip | NoFault,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Bout], ...] = (
    SlowService, Errors, WrongArtifact, MixedVersions, SwappedClasses, WarmUp, MemoryLeak, Overflow, Tail, Crash,
    SlowStart, AutoscalerLag, NoisyNeighbour, Outage, Partition, Capacity, SampleRatio, Unsticky, Unapplied,
    SlowRollback, PartialRollback, IncompatibleRollback, RampStuck, ShadowWrites, NoSafeTarget, ScrapeGap, Lag,
    StaleSeries, WrongLabel, MisroutedAlert, LeftSilence, MonitoringDown, AlertTypo, BroadInhibition, Blip,
    NoFault,
)
