"""The page of a study as it was kept: the same as when it was flown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.lab.certificate import certificate
from sandbox.lab.certify import ROUND, Flown, Order, precise
from sandbox.lab.compare import Compared, Contest
from sandbox.lab.comparison import comparison
from sandbox.lab.fleet import flown_before
from sandbox.lab.program_page import program_page
from sandbox.lab.program_study import Schedule, programs_before
from sandbox.lab.ranges import from_row
from sandbox.lab.screen import Screened, quantity_named
from sandbox.lab.screening import Screening
from sandbox.lab.sensitivity import sensitivity
from sandbox.lab.tune import Search, Tuned
from sandbox.lab.tuned_page import tuned_page
from sandbox.lab.variants import Setting
from sandbox.record.studies import Study
from sandbox.report.page import Page
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text


def page_of(study: Study) -> Page:
    """The page of what the study has; raises StoreError, and ScenarioError where its scenario can no longer be read."""
    head = study.head
    return _PAGES[head["kind"]](head, study)


def _plan(table: dict[str, Any], *, name: str) -> Plan:
    document = read_text(table["text"], name=table["source"] or name)
    return Plan(
        name=name, text=table["text"], document=document, folder=Path(table["folder"]), source=table["source"]
    )


def _certified(head: dict[str, Any], study: Study) -> Page:
    order = Order(
        plan=_plan(head, name=head["name"]), first=head["first"], seeds=head["seeds"], precision=head["precision"],
        only=head["only"], again=head["again"],
        settings=tuple(tuple(Setting(*one) for one in settings) for settings in head["settings"]),
    )
    flown = Flown(order, flown_before(study.rows()))
    if order.precision is not None:
        whole = max((key[3] for key in flown.results if not key[2]), default=order.first) - order.first + 1
        looks = [*range(ROUND, whole, ROUND), whole]
        flown.seeds = next((one for one in looks if precise(flown, seeds=one, within=order.precision)), whole)
    else:
        flown.seeds = order.seeds
    return certificate(flown, repeat=order.repeat)


def _tuned(head: dict[str, Any], study: Study) -> Page:
    search = Search(
        plan=_plan(head, name=head["name"]), ranges=tuple(map(from_row, head["ranges"])), objective=head["objective"],
        trials=head["trials"], first=head["first"], seeds=head["seeds"], held_out=head["held_out"], most=head["most"],
        again=head["again"], command=head["command"],
    )
    return tuned_page(Tuned(search, flown_before(study.rows())))


def _programmed(head: dict[str, Any], study: Study) -> Page:
    schedule = Schedule(
        plan=_plan(head, name=head["name"]), first=head["first"], seeds=head["seeds"], again=head["again"],
    )
    return program_page(programs_before(schedule, study.rows()), repeat=schedule.repeat)


def _compared(head: dict[str, Any], study: Study) -> Page:
    contest = Contest(
        plans=tuple((one["name"], _plan(one, name=one["stem"])) for one in head["plans"]), first=head["first"],
        seeds=head["seeds"], again=head["again"],
    )
    return comparison(Compared(contest, flown_before(study.rows())))


def _screened(head: dict[str, Any], study: Study) -> Page:
    screening = Screening(
        plan=_plan(head, name=head["name"]), ranges=tuple(map(from_row, head["ranges"])), first=head["first"],
        seeds=head["seeds"], walks=head["walks"], again=head["again"],
    )
    return sensitivity(Screened(screening, flown_before(study.rows())), quantity=quantity_named("net harm"))


_PAGES: dict[str, Callable[[dict[str, Any], Study], Page]] = {
    "certify": _certified, "compare": _compared, "sensitivity": _screened, "tune": _tuned,
    "program": _programmed,
}
