"""What is wrong with a training that only the whole file can tell."""

from collections.abc import Callable, Iterator, Mapping

from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.locate import Path
from sandbox.scenario.tables.retraining import RetrainingTable
from sandbox.world.models.answering import Answering
from sandbox.world.models.trained import Trained

_MODELS: Path = ("models",)
_TABLE: Path = ("retraining",)


def training_problems(
    table: RetrainingTable | None, models: Mapping[str, Answering], *, ramp: str, duration: int, replayed: bool,
    quiet: bool, readable: Callable[[Path, str], Iterator[Complaint]],
) -> Iterator[Complaint]:
    """Models that nothing trains, trainings of models that are not for it, ends beyond the day, checks of nothing.

    `ramp` is the model of the ramp, `quiet` whether the calendar has quiet hours, `readable` finds fault with a metric.
    """
    trained = [name for name, model in models.items() if isinstance(model, Trained)]
    for name in trained:
        if name == "incumbent":
            yield Complaint(("models", name, "kind"), "the model in service was trained before; say another kind")
        elif table is None or table.model != name:
            said = f'nothing trains it; add [retraining] with model = "{name}", or say another kind'
            yield Complaint(("models", name, "kind"), said, (_TABLE,))
    if table is None:
        return
    if table.model not in trained:
        yield Complaint((*_TABLE, "model"), nowhere("model of kind trained", table.model, trained), (_MODELS,))
    elif table.model != ramp:
        yield Complaint((*_TABLE, "model"), f"the ramp is for {ramp}; train that one", (("ramp", "model"),))
    if replayed:
        yield Complaint(_TABLE, "not yet: training on replayed traffic; train the model before and say kind callable")
    if table.at + table.takes >= duration:
        yield Complaint((*_TABLE, "at"), "the training would end after the flight has", (("scenario", "duration"),))
    if table.quiet_hours and not quiet:
        said = 'no quiet hours are said; add [calendar] with quiet = ["Mon-Fri 02:00-05:00"]'
        yield Complaint((*_TABLE, "quiet_hours"), said, (("calendar",),))
    for index, check in enumerate(table.checks):
        yield from readable((*_TABLE, "checks", index, "metric"), check.metric)
