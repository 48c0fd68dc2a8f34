"""What a diagnosis may say."""

from inspect import getdoc

from sandbox.world.drift.kinds import KINDS as DRIFTS
from sandbox.world.faults.kinds import KINDS as FAULTS


def _said(kind: type) -> str:
    """The first paragraph of what a kind says of itself."""
    return " ".join((getdoc(kind) or "").split("\n\n")[0].split()).replace("`", "")


MEANINGS: dict[str, str] = {
    "worse-model": "The candidate itself is worse, and nothing else is wrong.",
    **{str(kind.model_fields["kind"].default): _said(kind) for kind in (*FAULTS, *DRIFTS)},
}
"""A candidate that is just worse, and every fault and drift, and what each is."""

CLASSES: tuple[str, ...] = tuple(MEANINGS)
"""What may be said; "none" is among them, for where nothing is wrong."""
