"""What a diagnosis may say."""

from sandbox.world.drift.kinds import KINDS as DRIFTS
from sandbox.world.faults.kinds import KINDS as FAULTS

CLASSES: tuple[str, ...] = (
    "worse-model", *(str(kind.model_fields["kind"].default) for kind in (*FAULTS, *DRIFTS)),
)
"""A candidate that is just worse, and every fault and drift; "none" is among them, for where nothing is wrong."""
