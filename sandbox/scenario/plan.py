"""A plan: a document with every default filled in, and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.base.digest import fingerprint
from sandbox.decide.alerts.expression import metrics_of
from sandbox.decide.alerts.parse import parse_expression
from sandbox.decide.gates.forecast import Forecast
from sandbox.decide.gates.kinds import Gate
from sandbox.decide.policy import Policy
from sandbox.decide.ramp.kinds import AnyRamp
from sandbox.decide.ramp.pacing import Approval
from sandbox.operate.oncall.plain import Autopilot
from sandbox.operate.oncall.scripted import Scripted
from sandbox.scenario.approvals import Signature, files_hash, needs
from sandbox.scenario.document import Document
from sandbox.scenario.naming import names_of
from sandbox.scenario.script import Script, read_script
from sandbox.world.models.answering import Answering


@dataclass(frozen=True)
class Plan:
    """What will be flown; `approvals` are those on file for this very text that have not expired."""

    name: str
    text: str = field(repr=False)
    document: Document = field(repr=False)
    folder: Path = field(default=Path())
    source: str = ""
    approvals: tuple[Signature, ...] = field(default=(), repr=False)

    @property
    def hash(self) -> str:
        """The SHA-256 of the scenario's text."""
        return fingerprint(self.text.encode())

    @cached_property
    def filled_in(self) -> dict[str, Any]:
        """The document as it would be written with every default said."""
        return self.document.model_dump(mode="json")

    @cached_property
    def script(self) -> Script:
        """What whoever is on call will do whatever happens; raises ScenarioError."""
        oncall, duration = self.document.oncall, self.document.scenario.duration
        return read_script(self.folder / oncall.script, duration=duration) if isinstance(oncall, Scripted) else ()

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """The gates, each with a name of its own."""
        gates = self.document.gates
        named = zip(gates, names_of(gates), strict=True)
        return tuple(self._as_promised(gate.model_copy(update={"name": name})) for gate, name in named)

    def _as_promised(self, gate: Gate) -> Gate:
        promised = self.document.promised(gate) if isinstance(gate, Forecast) else None
        if promised is None:
            return gate
        return gate.model_copy(update={"low": promised.low, "high": promised.high})

    def granted(self, inputs: Mapping[str, str]) -> tuple[tuple[int, str, str], ...]:
        """What is approved on file: (step, role, by whom), where the files that the plan names are those approved."""
        files = files_hash(inputs)
        return tuple(
            (need.step, need.role, next(one.by for one in found))
            for need in needs(self.document)
            if (found := [
                one for one in self.approvals
                if one.role == need.role and need.step in one.steps and one.files == files
            ])
        )

    @property
    def _ramp(self) -> AnyRamp:
        """The ramp, whose begin waits for those who must approve the plan."""
        roles = self.document.plan.approvals
        if not roles and not self.document.ramp.approvals:
            return self.document.ramp
        asked = [*(Approval(step=1, role=role) for role in roles), *self.document.ramp.approvals]
        if isinstance(self.document.oncall, Autopilot):
            asked = [one.model_copy(update={"takes": 0}) for one in asked]
        return self.document.ramp.model_copy(update={"approvals": asked})

    @property
    def policy(self) -> Policy:
        """The policy that flies."""
        document = self.document
        candidate = document.models.get(document.ramp.model)
        return Policy(
            name="", ramp=self._ramp, gates=self.gates, correction=document.judgement.correction,
            alerts=document.all_alerts, slos=tuple(document.slos),
            compat=document.alerting.compat, notify=document.notify, calendar=document.calendar,
            threshold=candidate.threshold if candidate is not None else 0.5,
        )

    @cached_property
    def riding(self) -> tuple[Policy, ...]:
        """The policies that ride along."""
        return tuple(
            replace(Plan(self.name, self.text, self.document.flown_by(one)).policy, name=one.name)
            for one in self.document.policies
        )

    @property
    def reads(self) -> dict[str, str]:
        """Every metric that a policy reads, and who asks for it first."""
        asked = dict[str, str]()
        for policy in (self.policy, *self.riding):
            asked = {**policy.reads, **asked}
        return {**self._checked, **self.watched, **asked}

    @property
    def _checked(self) -> dict[str, str]:
        table = self.document.retraining
        return {} if table is None else {check.metric: "retraining.checks" for check in table.checks}

    @property
    def watched(self) -> dict[str, str]:
        """Every metric that a runbook asks about, and which one."""
        return {
            name: f"runbook {title}" for title, book in self.document.runbook.items()
            for _, said in book.expressions() for name in metrics_of(parse_expression(said).condition)
        }

    @property
    def models(self) -> tuple[Answering, ...]:
        """The models in the order of the arms."""
        return tuple(self.document.models[name] for name in self.document.arms)

    @property
    def slow_ns(self) -> int:
        """From which latency an answer counts as late in harm."""
        if self.document.users.slow is not None:
            return self.document.users.slow
        return 2 * self.models[0].slowest
