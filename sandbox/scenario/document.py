"""The whole scenario file: every table where it stands, each owned by the room that reads it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.decide.alerts.kinds import Alert, AnyAlert
from sandbox.decide.alerts.settings import AlertingTable
from sandbox.decide.alerts.slo import Slo
from sandbox.decide.gates.forecast import Forecast as ForecastGate
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import Judging
from sandbox.decide.notify.table import NotifyTable
from sandbox.decide.ramp.calendar import CalendarTable
from sandbox.decide.ramp.kinds import Ramp
from sandbox.decide.ramp.steps import Steps
from sandbox.observe.business import Business
from sandbox.observe.contract import Promise
from sandbox.observe.metrics.kinds import BY_NAME
from sandbox.observe.telemetry import TelemetryTable
from sandbox.operate.doing import Doing
from sandbox.operate.oncall.kinds import OnCall
from sandbox.operate.oncall.plain import Human
from sandbox.operate.oncall.simulated import Simulated
from sandbox.operate.operations.kinds import BY_NAME as OPERATIONS
from sandbox.operate.runbook import Runbook
from sandbox.scenario.alerts import Around, alert_problems, halt_problems
from sandbox.scenario.classes import CLASSES
from sandbox.scenario.climbing import ramp_problems
from sandbox.scenario.complaint import Complaint, nowhere
from sandbox.scenario.drifting import drift_problems
from sandbox.scenario.faulting import Struck, fault_problems
from sandbox.scenario.gating import gate_problems
from sandbox.scenario.locate import Path
from sandbox.scenario.measuring import FEATURES, Measured, readable, unreadable
from sandbox.scenario.modelling import Surroundings, model_problems
from sandbox.scenario.naming import names_of
from sandbox.scenario.retraining import training_problems
from sandbox.scenario.runbooks import Named, runbook_problems
from sandbox.scenario.services import service_problems
from sandbox.scenario.tables.certify import Certify
from sandbox.scenario.tables.drill import DrillTable
from sandbox.scenario.tables.expect import Expect
from sandbox.scenario.tables.lint import LintTable
from sandbox.scenario.tables.plan import Forecast, PlanTable
from sandbox.scenario.tables.policy import RidingPolicy
from sandbox.scenario.tables.record import RecordTable
from sandbox.scenario.tables.releases import Release
from sandbox.scenario.tables.retraining import RetrainingTable
from sandbox.scenario.tables.story import Story
from sandbox.world.drift.kinds import Drift
from sandbox.world.experience import Experience
from sandbox.world.faults.kinds import Fault
from sandbox.world.fleet import FleetTable
from sandbox.world.models.kinds import Model
from sandbox.world.models.multi import Multi
from sandbox.world.population import Labels, Population, Slice, Users
from sandbox.world.services.service import Service
from sandbox.world.traffic.edge import Edge
from sandbox.world.traffic.kinds import Traffic
from sandbox.world.traffic.replay import Replay
from sandbox.world.traffic.steady import Steady

FORMAT = 1
"""The version of the file format that this greenroom reads and writes."""

_MODELS: Path = ("models",)
_OF_A_POLICY = ("ramp", "gates", "judgement", "alerts", "slos")
_DURATION: Path = ("scenario", "duration")


class Document(Spec):
    """A scenario file, format 1."""

    format: Literal[1] = 1
    """Version of the file format."""
    scenario: Story
    """The story and the clock."""
    plan: PlanTable = PlanTable()
    """The experiment, stated beforehand."""
    traffic: Traffic = Steady()
    """Where requests come from."""
    population: Population = Population()
    """What is true of the requests of synthetic traffic."""
    users: Users = Users()
    """Who asks."""
    fleet: FleetTable | None = None
    """Devices that hear of a new share, and tell what they did, only when they sync; everybody at once unless said."""
    segments: list[Slice] = []
    """Slices of the users that routing and metrics may name."""
    groups: list[Slice] = []
    """Protected groups of users that fairness is judged by."""
    models: dict[str, Model] = Field(min_length=2)
    """The model called "incumbent", and one or more candidates."""
    services: dict[str, Service] = {}
    """The pool of replicas behind each model."""
    drift: list[Drift] = []
    """What bends the population, in the order of the file: a later drift bends what an earlier one left."""
    faults: list[Fault] = []
    """What breaks."""
    labels: Labels = Labels()
    """When the truth becomes known."""
    business: Business | None = None
    """What an answer is worth."""
    experience: Experience | None = None
    """What users say about how they were served."""
    contract: list[Promise] = []
    """What the data promises: types, ranges, null shares, categories."""
    telemetry: TelemetryTable = TelemetryTable()
    """What gets through to those who decide."""
    retraining: RetrainingTable | None = None
    """When a model of kind "trained" is fitted in the flight, on what, and what must hold of it."""
    ramp: Ramp = Steps()
    """How exposure grows."""
    gates: list[Gate] = []
    """What must hold for it to grow."""
    judgement: Judging = Judging()
    """What holds for all gates together."""
    alerting: AlertingTable = AlertingTable()
    """How alerts are evaluated."""
    alerts: list[Alert] = []
    """What people are told of, and what may hold the ramp or roll it back."""
    slos: list[Slo] = []
    """Objectives, and the burn-rate alerts that guard them."""
    notify: NotifyTable | None = None
    """How alerts reach people; nobody is told anything unless said."""
    calendar: CalendarTable | None = None
    """When a step may begin; at any time unless said."""
    shared: list[str] = []
    """Files beside this one whose `[runbook.NAME]` tables are taken in."""
    runbook: dict[str, Runbook] = {}
    """What to do about alerts, by name: steps, decision points, the rollback recipe."""
    oncall: OnCall = Human()
    """Who answers a page; nobody, where nobody sits at the controls."""
    operations: dict[str, Doing] = {}
    """What becomes of what people ask for, by its kind as `greenroom kinds operation` names it: how long it takes until
    it is done, and how often it fails. It is done at once, and works, unless said."""
    policies: list[RidingPolicy] = []
    """Further policies that ride the flight and are told beside the one that flies, up to where they would act
    otherwise; `greenroom compare FILE --policies` flies each to its end."""
    lint: LintTable = LintTable()
    """Warnings of `greenroom check` that somebody has weighed."""
    record: RecordTable = RecordTable()
    """What is kept."""
    expect: Expect = Expect()
    """What must come out."""
    certify: Certify = Certify()
    """What must come out of many flights."""
    releases: list[Release] = []
    """The candidates that come after the one that the ramp names; only `greenroom program` flies them."""
    drill: DrillTable | None = None
    """A family of hidden cases to train on."""

    @property
    def arms(self) -> tuple[str, ...]:
        """The models' names, incumbent first."""
        return ("incumbent", *(name for name in self.models if name != "incumbent"))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What models may read."""
        if isinstance(self.traffic, Replay):
            return tuple(self.traffic.columns.features)
        return tuple(f"f{number}" for number in range(1, self.population.features + 1))

    @property
    def knows_label_times(self) -> bool:
        """Whether a recording says when each label came."""
        return isinstance(self.traffic, Replay) and self.traffic.columns.label_time is not None

    @property
    def all_alerts(self) -> tuple[AnyAlert, ...]:
        """The alerts, the conditions that halt the ramp, then the alerts that guard the objectives."""
        known = (slo for slo in self.slos if slo.metric in BY_NAME)
        burning = (slo.rules(lower_is_better=BY_NAME[slo.metric].lower_is_better) for slo in known)
        return (*self.alerts, *self.plan.halts, *(rule for rules in burning for rule in rules))

    def flown_by(self, policy: RidingPolicy) -> "Document":
        """The document as it would be if this policy flew."""
        said = {name: value for name in _OF_A_POLICY if (value := getattr(policy, name)) is not None}
        return self.model_copy(update={**said, "policies": []})

    def promised(self, gate: ForecastGate) -> Forecast | None:
        """What the plan promises for the metric of a gate that does not say so itself."""
        if gate.low is not None or gate.high is not None:
            return None
        return next((one for one in self.plan.forecast if one.metric == gate.metric), None)

    def problems(self) -> Iterator[Complaint]:
        """What no table can see on its own: names that point nowhere, models that do not fit the traffic."""
        yield from self._models()
        yield from self._names()
        yield from self._slices()
        yield from drift_problems(
            self.drift, traffic=self.traffic, models=self.models, segments=[one.name for one in self.segments],
            features=self.feature_names, duration=self.scenario.duration,
        )
        yield from self._contract()
        yield from self._users()
        yield from training_problems(
            self.retraining, self.models, ramp=self.ramp.model, duration=self.scenario.duration,
            replayed=isinstance(self.traffic, Replay), quiet=self.calendar is not None and bool(self.calendar.quiet),
            readable=self._readable,
        )
        yield from self._dates()
        yield from self._deciding()
        yield from self._riding()
        yield from self._operated()
        yield from self._ladder()
        yield from self._program()
        gates, failed = names_of(self.gates), self.expect.failed_gate
        if failed is not None and failed not in gates:
            yield Complaint(("expect", "failed_gate"), nowhere("gate", failed, gates), (("gates",),))
        names, wanted = [alert.name for alert in self.all_alerts], self.expect.alert_fired
        if wanted is not None and wanted not in names:
            yield Complaint(("expect", "alert_fired"), nowhere("alert", wanted, names), (("alerts",), ("slos",)))

    def _operated(self) -> Iterator[Complaint]:
        for name in self.operations:
            if name not in OPERATIONS:
                yield Complaint(("operations", name), nowhere("operation", name, list(OPERATIONS)))
        yield from self.runbook_problems(self.runbook)
        if isinstance(self.oncall, Simulated) and self.notify is None:
            said = "nobody is told of alerts here, so nobody on call is ever paged; add [notify]"
            yield Complaint(("oncall", "kind"), said)

    def runbook_problems(self, books: Mapping[str, Runbook]) -> Iterator[Complaint]:
        """What is wrong with runbooks, its own or others, in this scenario."""
        replayed = isinstance(self.traffic, Replay)
        named = Named(known={
            "alert": [alert.name for alert in self.all_alerts], "model": list(self.models), "cause": list(CLASSES),
            "segment": [] if replayed else [one.name for one in self.segments] or ["all"],
            "group": [] if replayed else [one.name for one in self.groups] or ["all"],
            "feature": list(self.feature_names),
        })
        return runbook_problems(books, around=self._around, named=named)

    @property
    def _around(self) -> Around:
        return Around(models=list(self.models), tick=self.scenario.tick, unreadable=self.unreadable)

    def _deciding(self) -> Iterator[Complaint]:
        candidates = [name for name in self.models if name != "incumbent"]
        yield from ramp_problems(
            self.ramp, self.gates, candidates=candidates, segments=self._segment_names,
            quiet=self.calendar is not None and bool(self.calendar.quiet), unreadable=self.unreadable,
        )
        yield from gate_problems(
            self.gates, candidates=candidates, steps=len(self.ramp.climbs), readable=self._readable,
            promised=self.promised,
        )
        yield from alert_problems(self.alerts, self.slos, around=self._around)
        yield from halt_problems(self.plan.halts, self.alerts, around=self._around)

    def _riding(self) -> Iterator[Complaint]:
        names = [policy.name for policy in self.policies]
        for index, policy in enumerate(self.policies):
            at: Path = ("policies", index)
            if policy.name in names[:index]:
                yield Complaint((*at, "name"), f'"{policy.name}" stands here twice; rename one')
            for one in self.flown_by(policy)._deciding():
                if getattr(policy, str(one.path[0]), None) is not None:
                    yield one._replace(path=(*at, *one.path))

    def _models(self) -> Iterator[Complaint]:
        if "incumbent" not in self.models:
            yield Complaint(_MODELS, 'no model is called "incumbent"; name the one in service so')
        world = Surroundings(
            traffic=self.traffic, best_auc=self.population.best_auc, segments=[one.name for one in self.segments],
            groups=[one.name for one in self.groups], features=self.feature_names,
        )
        for name, model in self.models.items():
            at: Path = ("models", name)
            if isinstance(model, Multi):
                for place, member in enumerate(model.members):
                    yield from model_problems((*at, "members", place), f"{name}.{place + 1}", member, world=world)
            else:
                yield from model_problems(at, name, model, world=world)

    def _names(self) -> Iterator[Complaint]:
        yield from service_problems(self.services, models=list(self.models), segments=self._segment_names)
        for index, fault in enumerate(self.faults):
            yield from self._fault(("faults", index), fault)
            if fault.at >= self.scenario.duration:
                yield Complaint(("faults", index, "at"), "it would strike after the flight has ended", (_DURATION,))

    def _fault(self, at: Path, fault: Fault) -> Iterator[Complaint]:
        return fault_problems(at, fault, struck=Struck(
            models=list(self.models), segments=self._segment_names, alerts=[one.name for one in self.all_alerts],
            services=self.services, told=self.notify is not None,
            shadows=any(step.shadow for step in self.ramp.climbs),
        ))

    def _program(self) -> Iterator[Complaint]:
        before, names = self.ramp.start, ["incumbent", self.ramp.model]
        candidates = [name for name in self.models if name != "incumbent"]
        for index, one in enumerate(self.releases):
            at: Path = ("releases", index)
            if one.model not in candidates:
                yield Complaint((*at, "model"), nowhere("candidate", one.model, candidates), (_MODELS,))
            elif one.model in names:
                yield Complaint((*at, "model"), f'"{one.model}" was released before; give each release a model')
            if one.at <= before:
                yield Complaint((*at, "at"), "it must come after the release before it", (("ramp", "start"),))
            if one.at >= self.scenario.duration:
                yield Complaint((*at, "at"), "it would begin after the flight has ended", (_DURATION,))
            before, names = one.at, [*names, one.model]

    def _ladder(self) -> Iterator[Complaint]:
        for index, fault in enumerate(self.certify.degradations):
            at: Path = ("certify", "degradations", index)
            if fault.whose != self.ramp.model:
                said = f'it must lie on the candidate, "{self.ramp.model}"; say model = "{self.ramp.model}"'
                yield Complaint((*at, "model"), said, (("ramp", "model"),))
            else:
                yield from self._fault(at, fault)

    @property
    def _segment_names(self) -> list[str] | None:
        """None where only a recording knows them."""
        return None if isinstance(self.traffic, Replay) else [one.name for one in self.segments]

    def _slices(self) -> Iterator[Complaint]:
        for table, slices in (("segments", self.segments), ("groups", self.groups)):
            if not slices:
                continue
            if isinstance(self.traffic, Replay):
                yield Complaint((table,), f"a replay brings its own {table}; name their column in traffic.columns")
            total = sum(one.share for one in slices)
            if abs(total - 1.0) > 1e-6:
                said = f"the shares of {table} add up to {100 * total:g}%, not 100%"
                yield Complaint((table, 0, "share"), said, ((table,),))
            names = [one.name for one in slices]
            for index, name in enumerate(names):
                if name in names[:index]:
                    yield Complaint((table, index, "name"), f'"{name}" stands here twice; rename one')
            if len(names) > 255:
                yield Complaint((table, 255, "name"), f"more than 255 {table}; merge some")

    def _users(self) -> Iterator[Complaint]:
        if self.users.sessions is not None and isinstance(self.traffic, Replay):
            yield Complaint(("users", "sessions"), "a replay brings its own sessions; remove it")
        if self.users.sessions is not None and isinstance(self.traffic, Edge):
            yield Complaint(("users", "sessions"), "traffic at the edge says how its clients come; remove it")
        if self.fleet is not None and self.experience is not None:
            yield Complaint(("fleet",), "not yet: what users say where devices sync; remove [experience]")

    def _dates(self) -> Iterator[Complaint]:
        if self.calendar is None:
            return
        replayed, at = isinstance(self.traffic, Replay), ("calendar", "start")
        if replayed and self.calendar.start is not None:
            yield Complaint(at, "a replay begins when its first request came; remove it")
        elif not replayed and self.calendar.start is None:
            yield Complaint(("calendar",), 'nothing says when the flight begins; add start = "2026-03-28 22:00"')

    def _contract(self) -> Iterator[Complaint]:
        known: list[str] = []
        for index, one in enumerate(self.contract):
            at: Path = ("contract", index)
            if one.feature not in self.feature_names:
                yield Complaint((*at, "feature"), nowhere("feature", one.feature, list(self.feature_names)), FEATURES)
            if one.feature in known:
                yield Complaint((*at, "feature"), f'"{one.feature}" stands here twice; join the two')
            if one.type == "category" and not isinstance(self.traffic, Replay):
                yield Complaint((*at, "type"), "the features of synthetic traffic are numbers; say min and max")
            known.append(one.feature)

    def _readable(self, at: Path, name: str) -> Iterator[Complaint]:
        return readable(at, name, of=self._measured)

    def unreadable(self, at: Path, name: str) -> Iterator[Complaint]:
        """Why a metric could never have a number in this plan; nothing where it can."""
        return unreadable(at, name, of=self._measured)

    @property
    def _measured(self) -> Measured:
        segments, groups = (tuple(one.name for one in table) for table in (self.segments, self.groups))
        return Measured(
            replayed=isinstance(self.traffic, Replay), features=self.feature_names, segments=segments, groups=groups,
            promised=[one.feature for one in self.contract],
            trained=None if self.retraining is None else self.retraining.model,
            tables=[name for name in ("business", "experience") if getattr(self, name) is not None],
            ages=self.population.age != 0 or any(one.kind == "stale" for one in self.drift),
        )
