"""How many users, answers and harmed answers may the rollout cost before it is sure?"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Evidence, Look
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking

USERS, FAILURES, WRONG = "traffic.users", "failures.rate", "quality.wrong"


@dataclass(frozen=True, slots=True)
class Spent:
    """Users met at the share that met most, the step and shares now and their users; answers; failures and wrong
    answers too many.
    """

    most_users: int = 0
    place: tuple[int, tuple[float, ...]] = (-1, ())
    users: int = 0
    answers: int = 0
    failed: float = 0.0
    wrong: float = 0.0

    @property
    def harmed(self) -> float:
        """Answers worse than the incumbent's would have been, as far as telemetry and labels tell by now."""
        return max(0.0, self.failed + self.wrong)


class ExposureBudget(Asking):
    """Fails when the candidate has met more users, given more answers or harmed more of them than the plan allows.

    Harm is estimated from telemetry alone: in every window the candidate's failures, and among matured labels its wrong
    answers, less what the incumbent's rates would have made of as many requests. Labels come late, so it lags by as
    much. Users are those the candidate met at the share at which it met most: routing is sticky, so they come back.
    Shadow answers reach nobody and cost nothing. At 100% nobody is left whose rates could be taken, so there harm
    stands still.

    ```toml
    [[gates]]
    kind = "exposure-budget"
    users = 2000
    harmed = 300
    ```

    Beyer, Murphy, Rensin, Kawahara, Thorne: The site reliability workbook, chapter 16 (canarying releases), 2018.
    """

    looks: ClassVar[bool] = True
    lasts: ClassVar[Literal["step", "flight"]] = "flight"

    kind: Literal["exposure-budget"] = "exposure-budget"
    metric: Literal[""] = ""
    """Not said: it reads users, failures and wrong answers."""
    users: int | None = Field(default=None, ge=1)
    """The most users the candidate may meet."""
    answers: int | None = Field(default=None, ge=1)
    """The most requests the candidate may answer."""
    harmed: int | None = Field(default=None, ge=1)
    """The most answers that may be worse than the incumbent's would have been, as estimated."""

    @model_validator(mode="after")
    def _has_a_budget(self) -> "ExposureBudget":
        if self.users is None and self.answers is None and self.harmed is None:
            raise ValueError('a budget of what? add "users", "answers" or "harmed"')
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return (USERS, FAILURES, WRONG) if self.harmed is not None else (USERS, FAILURES)

    def begin(self) -> Spent:
        """The state before the first look of a flight."""
        return Spent()

    def step(self, state: Spent, evidence: Evidence) -> tuple[Spent, Judgement]:
        """One look: the next state, and what it says."""
        for look in evidence.looks:
            if look.share[evidence.arm] > 0.0:
                state = _added(state, look, evidence.arm)
        if evidence.share > 0.0 and state.place[0] != evidence.step:
            return state, self.judged(Verdict.NO_DATA, "nothing seen of this step yet", n=state.answers)
        rows = (
            ("users met", float(state.most_users), self.users), ("answers given", float(state.answers), self.answers),
            ("answers harmed, about", state.harmed, self.harmed),
        )
        asked = [(name, value, budget) for name, value, budget in rows if budget is not None]
        name, value, budget = max(asked, key=lambda row: row[1] / row[2])
        over = value > budget
        because = f"{value:,.0f} {name}, {'more than' if over else 'of'} {budget:,}"
        verdict = Verdict.FAIL if over else Verdict.PASS
        return state, self.judged(verdict, because, value=value, bound=float(budget), n=state.answers)


def _added(state: Spent, look: Look, arm: int) -> Spent:
    users, most, place = state.users, state.most_users, state.place
    if USERS in look.readings:
        users = max(0, look.readings[USERS][arm].hits) + (users if (look.step, look.share) == place else 0)
        most, place = max(most, users), (look.step, look.share)
    answers = look.readings[FAILURES][arm].n if FAILURES in look.readings else 0
    return Spent(
        most, place, users, state.answers + answers, state.failed + _excess(look, FAILURES, arm),
        state.wrong + _excess(look, WRONG, arm),
    )


def _excess(look: Look, name: str, arm: int) -> float:
    """How many more bad ones the candidate had in a window than the incumbent's rate would have made."""
    if name not in look.readings:
        return 0.0
    old, new = look.readings[name][INCUMBENT], look.readings[name][arm]
    if old.empty or new.empty:
        return 0.0
    return new.hits - new.n * old.hits / old.n
