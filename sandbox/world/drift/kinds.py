"""The kinds of drift."""

from typing import Annotated

from pydantic import Field

from sandbox.world.drift.category import Category
from sandbox.world.drift.concept import Concept
from sandbox.world.drift.correlation import Correlation
from sandbox.world.drift.covariate import Covariate
from sandbox.world.drift.defaulted import Defaulted
from sandbox.world.drift.duplicated import Duplicated
from sandbox.world.drift.feedback import Feedback
from sandbox.world.drift.label_delay import LabelDelay
from sandbox.world.drift.label_noise import LabelNoise
from sandbox.world.drift.label_stop import LabelStop
from sandbox.world.drift.late import Late
from sandbox.world.drift.missing import Missing
from sandbox.world.drift.onset import Onset
from sandbox.world.drift.prior import Prior
from sandbox.world.drift.rescaled_scores import RescaledScores
from sandbox.world.drift.scale import Scale
from sandbox.world.drift.selective_labels import SelectiveLabels
from sandbox.world.drift.stale import Stale
from sandbox.world.drift.swapped import Swapped
from sandbox.world.drift.unit import Unit

Bending = Covariate | Scale | Correlation | Prior | Concept | Category | Feedback
Spoiling = Category | Missing | Defaulted | Unit | Swapped | Stale | Late
Reporting = LabelNoise | LabelDelay | LabelStop | SelectiveLabels

Drift = Annotated[Bending | Spoiling | Reporting | Duplicated | RescaledScores, Field(discriminator="kind")]
KINDS: tuple[type[Onset], ...] = (
    Covariate, Scale, Correlation, Category, Prior, Concept, Missing, Defaulted, Unit, Swapped, Stale, Late, Duplicated,
    LabelNoise, LabelDelay, LabelStop, SelectiveLabels, RescaledScores, Feedback,
)
