"""`docs/policies.md`: how today's common policies do on the bundled scenarios, one flight a policy, paired by seed.

    python -m sandbox.lab.policies_page --seeds 4 -j 2 --store FOLDER > docs/policies.md
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sandbox.lab.common_policies import POLICIES, VALID, guarded
from sandbox.lab.engines import Here, Processes
from sandbox.lab.fleet import Key, Mission, flown_before, fly_kept
from sandbox.lab.intervals import NOTHING_HAPPENED, Estimate, mean
from sandbox.lab.result import Result
from sandbox.lab.variants import AS_WRITTEN, NULL, variants
from sandbox.lab.wording import percent, points, time
from sandbox.record.store import Store
from sandbox.record.studies import Study
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan
from sandbox.world.traffic.replay import Replay

UNSTOPPED = "unstopped"


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario: its plan, and whom it is flown by; `refused` says whom not, and why."""

    plan: Plan
    missions: tuple[tuple[str, str, str], ...]
    """(policy, candidate, text)."""
    refused: tuple[str, ...]


def cases(folder: Path) -> Iterator[Case]:
    """The bundled scenarios that need nothing made first."""
    for path in sorted(folder.glob("*.toml")):
        if path.name.endswith(".approvals.toml"):
            continue
        plan = read_plan(path)
        if not isinstance(plan.document.traffic, Replay):
            yield _case(plan)


def _case(plan: Plan) -> Case:
    missions, refused = [], []
    for policy in POLICIES:
        try:
            found = {one.candidate: one for one in variants(guarded(plan, policy.name))[:2]}
        except ScenarioError:
            refused.append(policy.name)
            continue
        missions += [(policy.name, name, found[name].text) for name in (AS_WRITTEN, NULL)]
        if policy.name == VALID:
            missions.append((UNSTOPPED, AS_WRITTEN, found[AS_WRITTEN].unstopped))
    return Case(plan, tuple(missions), tuple(refused))


def missions_of(case: Case, seed: int) -> Iterator[Mission]:
    """All that is flown of a scenario on one seed: one flight a policy, of the candidate and of the null."""
    for policy, candidate, text in case.missions:
        yield Mission(
            text=text, folder=case.plan.folder, name=case.plan.name, setting=f"{case.plan.name} {policy}",
            candidate=candidate, seed=case.plan.document.scenario.seed + seed, unstopped=policy == UNSTOPPED,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """One scenario flown: its effect when nobody stops it, and the flights of each policy by candidate, by seed."""

    name: str
    title: str
    effect: float
    harmful: bool
    unstopped: tuple[Result, ...]
    flights: dict[tuple[str, str], tuple[Result, ...]]

    def of(self, policy: str, candidate: str = AS_WRITTEN) -> tuple[Result, ...]:
        """A policy's flights."""
        return self.flights.get((policy, candidate), ())

    def let_through(self, policy: str) -> float:
        """The part of the harm of the flight that nobody stops which a policy let happen, net; of harmful ones."""
        whole = sum(one.net for one in self.unstopped)
        return sum(one.net for one in self.of(policy)) / whole if whole > 0 else math.nan


def told(case: Case, results: dict[Key, Result]) -> Told:
    """A scenario's flights, sorted out."""
    mine: dict[tuple[str, str], list[Result]] = {}
    for (setting, candidate, _, _), result in sorted(results.items()):
        stem, policy = setting.split(" ", 1)
        if stem == case.plan.name and not result.failure:
            mine.setdefault((policy, candidate), []).append(result)
    unstopped = tuple(mine.pop((UNSTOPPED, AS_WRITTEN), ()))
    exposed = sum(one.exposed for one in unstopped)
    effect = sum(one.exposed_net for one in unstopped) / exposed if exposed else math.nan
    return Told(
        name=case.plan.name, title=case.plan.document.scenario.title, effect=effect,
        harmful=effect > case.plan.document.plan.acceptable_harm, unstopped=unstopped,
        flights={key: tuple(rows) for key, rows in mine.items()},
    )


HEAD = """\
# Common policies, flown

How six ways in which teams guard rollouts today do on greenroom's bundled scenarios. Every scenario keeps its world,
its ramp and its bakes; its gates and alerts are replaced by those of one policy at a time, so each policy has a
flight of its own, and all of them meet the same days, request by request. The *null* is the same scenario with the
incumbent's scores and service in both arms: whoever rolls that back is wrong. `make policies` makes this page.

Read it with care. The scenarios were written to teach, so they are harder than an ordinary week, and many of them hide
their fault where these policies do not look (fairness, one segment, label delays). Limits are the same everywhere and
were not tuned to any scenario; a team that knows its service would set them better. Argo Rollouts, Flagger and Kayenta
do what one configures: these are common configurations of theirs, flown by greenroom's dialects of them, not the
products. Intervals are 95%, over scenarios as if they had been drawn from many such, by Student's t: seeds of one
scenario are much alike and do not count as more evidence.
"""


WORDS = """\
## Figures that need a word

**The peeked z-test does no worse than the always-valid one.** That is the margins' doing. Both ask whether the
candidate is worse by *more than the margin*, and a null is not worse at all: it stands a whole margin away from the
limit, so that even a test which is looked at at every window hardly ever finds it there. Peeking costs where the truth
is near the limit. The row *z-test, no margin* has its limit at "no worse at all", where every null stands, as most
z-tests of rollouts have: its nulls rolled back are what a test at 5% comes to when it is looked at all the time. It
promotes next to nobody, because that one is no worse at all can never be shown.

**The Kayenta score misses few and rolls back some nulls.** It is set here with three groups of 30 to 40, so one metric
that looks worse leaves 60 to 70 of 100, below the 75 at which it fails: any one of three metrics decides alone. It has
no margin on failures and on Brier, so it reacts to small differences; it is judged again every five minutes at 98% a
metric, and each look is another chance. And each window is one point however many requests it has, so that a step of a
quarter of an hour has few. More points, critical metrics only for what is critical, and an allowed effect on each
metric are what its authors advise; none of it was tuned here.

**Many nulls are promoted by nobody but Argo and Flagger.** The other policies ask about quality, and in many of these
scenarios labels come later than the ramp ends: they hold for want of evidence, which costs time and no user. Argo's and
Flagger's limits here ask nothing about quality, so they promote what they cannot see. A harmful candidate that is held
in this way counts as missed, although few ever met it: `good-at-one-percent` falls over at a quarter of the traffic,
and those who wait for its labels never get there. *Harmful promoted* and *harm let through* tell these apart.
"""

HARMLESS = """\
Harmless means what the tool can count: no more requests served worse, net, than `plan.acceptable_harm` allows. Some of
these are better at answering and much slower or dearer, and a team may well be right to send them back.
"""


def page(stories: Sequence[Told], *, seeds: int, refused: Sequence[tuple[str, str]]) -> str:
    """The page in Markdown."""
    harmful, harmless = [one for one in stories if one.harmful], [one for one in stories if not one.harmful]
    flights = sum(len(rows) for one in stories for rows in one.flights.values())
    lines = [
        HEAD, f"{len(stories)} scenarios, seeds of each: {seeds}; {flights:,} flights: {len(harmful)} scenarios whose "
        "candidate, if nobody stopped it and everybody were on it, would serve more of its requests worse than "
        f"`plan.acceptable_harm` allows, net, and {len(harmless)} whose candidate would not.", "",
    ]
    lines += ["| policy | as it is set here |", "|---|---|"]
    lines += [f"| {one.name} | {one.says} |" for one in POLICIES]
    lines += ["", "## What they come to", "", *_summary(stories, harmful, harmless), "", WORDS]
    lines += ["## Against always-valid", ""]
    lines += [*_paired(stories, harmful), "", "## Harmful candidates: rolled back, of how many flights", ""]
    lines += [*_each(harmful), "", "## Other candidates, rolled back all the same, of how many flights", ""]
    lines += [HARMLESS, *_each(harmless), "", "## Nulls that were rolled back", "", *_nulls(stories), ""]
    if refused:
        lines += ["Not flown, as the gates do not fit the scenario: "
                  f"{'; '.join(f'{name} by {policy}' for name, policy in refused)}.", ""]
    return "\n".join(lines)


def _summary(stories: Sequence[Told], harmful: Sequence[Told], harmless: Sequence[Told]) -> Iterator[str]:
    yield ("| policy | nulls rolled back | nulls promoted | harmless rolled back | harmful missed | harmful promoted | "
           "delay, median | harm let through | users |")
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for policy in POLICIES:
        name = policy.name
        delays = [float(row.delay) for one in harmful for row in one.of(name) if row.delay is not None]
        cells = (
            _over(stories, name, NULL, lambda row: row.sent_back), _over(stories, name, NULL, lambda row: row.promoted),
            _over(harmless, name, AS_WRITTEN, lambda row: row.sent_back),
            _over(harmful, name, AS_WRITTEN, lambda row: not row.sent_back),
            _over(harmful, name, AS_WRITTEN, lambda row: row.promoted),
            time(median(delays)) if delays else "", _interval(_mean_of([one.let_through(name) for one in harmful])),
            _users(harmful, name),
        )
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield (
        "Missed: not rolled back by the end of the flight, whether held at a small share or promoted. Delay: from the "
        "begin of harm to the first failed gate, where both came. Harm let through: net requests served worse, as a "
        "part of those of the same day with nobody to stop it, mean over scenarios. Users: served worse in a flight, "
        "mean over scenarios, and what it is with nobody to stop it."
    )


def _users(harmful: Sequence[Told], name: str) -> str:
    flown = _mean_of([_average([row.users for row in one.of(name)]) for one in harmful])
    left = _mean_of([_average([row.users for row in one.unstopped]) for one in harmful])
    return f"{flown.value:,.0f} of {left.value:,.0f}"


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def _over(stories: Sequence[Told], policy: str, candidate: str, holds: Callable[[Result], bool]) -> str:
    """A rate: mean over scenarios of the part of flights, with its interval."""
    rates = [_average([float(holds(row)) for row in one.of(policy, candidate)]) for one in stories]
    return _interval(_mean_of(rates))


def _mean_of(values: Sequence[float]) -> Estimate:
    """The mean over scenarios; that they were all alike so far is no certainty."""
    one = mean([value for value in values if not math.isnan(value)], counts=False)
    if one.n < 2 or one.width > 0.0:
        return one
    half = NOTHING_HAPPENED / one.n
    return Estimate(one.value, one.value - half, one.value + half, one.n)


def _interval(one: Estimate) -> str:
    if not one.n:
        return "—"
    return f"{percent(one.value)} ({percent(max(0.0, one.low))} to {percent(min(1.0, one.high))})"


def _paired(stories: Sequence[Told], harmful: Sequence[Told]) -> Iterator[str]:
    yield "Differences on the same days, each policy minus always-valid, mean over scenarios; above 0 it is worse."
    yield ""
    yield "| policy | nulls rolled back | harmful missed | harm let through |"
    yield "|---|--:|--:|--:|"
    for policy in POLICIES[:-1]:
        name = policy.name
        cells = (
            _differs(stories, name, NULL, lambda row: row.sent_back),
            _differs(harmful, name, AS_WRITTEN, lambda row: not row.sent_back),
            _signed(_mean_of([one.let_through(name) - one.let_through(VALID) for one in harmful])),
        )
        yield f"| {name} | {' | '.join(cells)} |"


def _differs(stories: Sequence[Told], policy: str, candidate: str, holds: Callable[[Result], bool]) -> str:
    moved = []
    for one in stories:
        other = {row.seed: row for row in one.of(VALID, candidate)}
        pairs = [(row, other[row.seed]) for row in one.of(policy, candidate) if row.seed in other]
        moved.append(_average([float(holds(a)) - float(holds(b)) for a, b in pairs]))
    return _signed(_mean_of(moved))


def _signed(one: Estimate) -> str:
    return f"{points(one.value)} ({points(one.low)} to {points(one.high)})" if one.n else "—"


def _each(stories: Sequence[Told]) -> Iterator[str]:
    names = [policy.name for policy in POLICIES]
    yield f"| scenario | effect | {' | '.join(names)} |"
    yield f"|---|--:|{'--:|' * len(names)}"
    for one in sorted(stories, key=lambda story: math.inf if math.isnan(story.effect) else -story.effect):
        cells = [_of_how_many(one.of(name)) for name in names]
        yield f"| {one.title} (`{one.name}`) | {percent(one.effect)} | {' | '.join(cells)} |"


def _of_how_many(rows: Sequence[Result]) -> str:
    return f"{sum(row.sent_back for row in rows)} of {len(rows)}" if rows else ""


def _nulls(stories: Sequence[Told]) -> Iterator[str]:
    names = [policy.name for policy in POLICIES]
    hit = [one for one in stories if any(row.sent_back for name in names for row in one.of(name, NULL))]
    if not hit:
        yield "None."
        return
    yield f"| scenario | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for one in hit:
        cells = " | ".join(_of_how_many(one.of(name, NULL)) for name in names)
        yield f"| {one.title} (`{one.name}`) | {cells} |"
    yield ""
    yield f"The other {len(stories) - len(hit)} scenarios' nulls were rolled back by nobody."


def main() -> None:
    """Fly what is not flown yet, and write the page to stdout."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--store", type=Path, required=True, help="where rows are kept; another run goes on from there")
    parser.add_argument("--scenarios", type=Path, default=Path(__file__).resolve().parents[2] / "scenarios")
    asked = parser.parse_args()
    known = list(cases(asked.scenarios))
    missions = [one for seed in range(asked.seeds) for case in known for one in missions_of(case, seed)]
    study = Study(Store(asked.store), "policies")
    with study.begun({"kind": "policies", "seeds": asked.seeds}, resume=True) as kept:
        results = flown_before(kept)
        wanted = {one.key for one in missions}
        results = {key: one for key, one in results.items() if key in wanted}
        print(f"{len(results):,} of {len(missions):,} flown before", file=sys.stderr)
        fly_kept(missions, Processes(asked.jobs) if asked.jobs > 1 else Here(), into=results, study=study, told=_say)
        study.finish()
    stories = [one for one in (told(case, results) for case in known) if one.flights]
    refused = [(case.plan.name, policy) for case in known for policy in case.refused]
    sys.stdout.write(page(stories, seeds=asked.seeds, refused=refused))


def _say(result: Result) -> None:
    if result.failure:
        print(f"{result.setting}, {result.candidate}, seed {result.seed}: {result.failure}", file=sys.stderr)


if __name__ == "__main__":
    main()
