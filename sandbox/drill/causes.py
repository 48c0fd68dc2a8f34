"""What is wrong in a plan, and all that a diagnosis may name: the kinds of fault and drift, each in its class."""

from sandbox.base.flight import Flight
from sandbox.report.debrief.cause import NOTHING, Cause, Helps
from sandbox.report.harm import onset
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

WORSE_SHOWS = ("quality.brier", "quality.accuracy", "quality.wrong")
"""The metrics in which such a candidate shows."""

OVERLOAD = "overload"
"""What is wrong where a candidate's pool is too small, which nobody deals."""

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
        arm = document.ramp.model
        return Cause(kind=diagnosis, taxonomy=CLASSES[diagnosis], model=arm, rollback="helps", signals=WORSE_SHOWS)
    if document.faults:
        return _fault(document.faults[0], document)
    return Cause(kind=NOTHING)


def cause_in(document: Document, still: Flight) -> Cause:
    """What is wrong where nobody dealt it: what stands in the plan, else a candidate that does harm all the same, since
    it answers worse or its pool is too small for what reaches it.
    """
    said = cause_of(document)
    began = onset(still) if said.kind == NOTHING and not document.faults else None
    if began is None:
        return said
    full = began.explained_by.endswith("full pool")
    kind, taxonomy = (OVERLOAD, "platform") if full else (WORSE, CLASSES[WORSE])
    signals = ("saturation.busy", "latency.p99", "failures.rate") if full else WORSE_SHOWS
    return Cause(
        kind=kind, taxonomy=taxonomy, model=document.ramp.model, at=began.at, rollback="helps", signals=signals
    )


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
