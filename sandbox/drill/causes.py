"""What is wrong in a plan, and all that a diagnosis may name: the kinds of fault and drift, each in its class."""

from sandbox.report.debrief.cause import NOTHING, Cause, Helps
from sandbox.scenario.document import Document
from sandbox.world.drift.kinds import KINDS as DRIFTS
from sandbox.world.drift.kinds import Drift
from sandbox.world.drift.labelling import Labelling
from sandbox.world.drift.onset import Onset, first_effect
from sandbox.world.drift.spoil import Spoil
from sandbox.world.faults.bout import FOR_EVER, Bout
from sandbox.world.faults.kinds import KINDS as FAULTS

WORSE = "worse-model"
"""The diagnosis of a candidate that is worse though nothing broke."""

DATA = "data"
"""The class of every drift."""


def _kind(spec: type[Bout] | type[Onset]) -> str:
    return str(spec.model_fields["kind"].default)


CLASSES: dict[str, str] = {
    **{_kind(fault): fault.taxonomy for fault in FAULTS}, **{_kind(drift): DATA for drift in DRIFTS}, WORSE: "model",
}
"""Every kind that a diagnosis may name, and its class."""


def cause_of(document: Document, *, diagnosis: str = "") -> Cause:
    """What is wrong: the first fault that is no control, else the first drift, else what a case says, else nothing."""
    wrong = [fault for fault in document.faults if fault.taxonomy != NOTHING]
    if wrong:
        return _fault(wrong[0], document)
    if document.drift:
        return _drift(document.drift[0])
    if diagnosis:
        signals = ("quality.brier", "quality.accuracy", "quality.wrong")
        arm = document.ramp.model
        return Cause(kind=diagnosis, taxonomy=CLASSES[diagnosis], model=arm, rollback="helps", signals=signals)
    if document.faults:
        return _fault(document.faults[0], document)
    return Cause(kind=NOTHING)


def _fault(fault: Bout, document: Document) -> Cause:
    struck = [name for name in document.arms if fault.strikes(name)]
    model = struck[0] if len(struck) == 1 else "all" if struck else ""
    return Cause(
        kind=fault.kind, taxonomy=fault.taxonomy, model=model, segments=tuple(getattr(fault, "segments", ())),
        at=fault.at, until=None if fault.until >= FOR_EVER else fault.until, rollback=fault.rollback,
        signals=fault.signals,
    )


def _drift(drift: Drift) -> Cause:
    alone = isinstance(drift, Spoil) and drift.model != "all"
    rollback: Helps = "helps" if alone else "does not help"
    return Cause(
        kind=drift.kind, taxonomy=DATA, model=getattr(drift, "model", "all"),
        segments=tuple(drift.segments), at=first_effect(drift), until=drift.until, rollback=rollback,
        signals=_shows(drift),
    )


def _shows(drift: Drift) -> tuple[str, ...]:
    if isinstance(drift, Labelling):
        return ("labels.coverage", "labels.delay", "quality.brier")
    features = tuple(f"drift.psi.{name}" for name in getattr(drift, "features", ()))
    return (*features, "drift.psi.score", "quality.brier")
