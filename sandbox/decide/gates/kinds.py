"""The kinds of gate."""

from typing import Annotated

from pydantic import Field

from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.burn_budget import BurnBudget
from sandbox.decide.gates.calibration import Calibration
from sandbox.decide.gates.canary_score import CanaryScore
from sandbox.decide.gates.checks import Checks
from sandbox.decide.gates.exposure_budget import ExposureBudget
from sandbox.decide.gates.fairness import Fairness
from sandbox.decide.gates.forecast import Forecast
from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.shift import Shift
from sandbox.decide.gates.srm import Srm
from sandbox.decide.gates.threshold import Threshold

Gate = Annotated[
    Threshold | Checks | CanaryScore | NoWorse | Better | Srm | Shift | Fairness | BurnBudget | Forecast | Calibration
    | ExposureBudget,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Asking], ...] = (
    Threshold, Checks, CanaryScore, NoWorse, Better, Srm, Shift, Fairness, BurnBudget, Forecast, Calibration,
    ExposureBudget,
)
