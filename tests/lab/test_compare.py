"""Compare: differences of pairs, what pairing saves, and what counts as a regression."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_rel

from sandbox.lab.baseline import baseline_of
from sandbox.lab.compare import QUANTITIES, Compared, Contest, compare, day_of, difference, unlike
from sandbox.lab.comparison import comparison
from sandbox.lab.engines import Here
from sandbox.lab.result import Result
from sandbox.lab.wording import plain
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Check
from sandbox.report.render.page import as_json, as_text
from sandbox.scenario.read import read_plan

NET = next(one for one in QUANTITIES if one.name.startswith("net harm"))


def row(seed: int, name: str = "a", **more) -> Result:
    return Result(setting="", candidate=name, seed=seed, outcome="promoted", digest=f"{name}{seed}", **more)


def pairs_of(firsts, seconds):
    return [
        (row(seed, "a", net=int(a)), row(seed, "b", net=int(b)))
        for seed, (a, b) in enumerate(zip(firsts, seconds, strict=True))
    ]


def test_a_difference_has_the_interval_of_a_paired_t_test():
    rng = np.random.default_rng(2)
    day = rng.normal(0, 500, 30)
    firsts, seconds = (day + rng.normal(0, 40, 30)).round(), (day + 60 + rng.normal(0, 40, 30)).round()
    ours = difference(NET, pairs_of(firsts, seconds))
    theirs = ttest_rel(seconds, firsts).confidence_interval()
    assert (ours.difference.low, ours.difference.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.saved == pytest.approx(
        1 - np.var(seconds - firsts, ddof=1) / (np.var(firsts, ddof=1) + np.var(seconds, ddof=1))
    )
    assert ours.saved > 0.9
    assert ours.regressed


def test_a_regression_is_called_as_seldom_as_it_says_where_nothing_changed():
    """1,000 comparisons of plans that differ by noise alone: half of 5% over all quantities, one of which is drawn."""
    rng = np.random.default_rng(4)
    called = sum(
        difference(NET, pairs_of(rng.normal(0, 100, 20), rng.normal(0, 100, 20))).regressed for _ in range(1_000)
    )
    assert called <= 0.0025 * 1_000 + 4 * math.sqrt(0.0025 * 1_000)


def test_that_nothing_differed_is_certain_only_for_the_same_flights():
    other = difference(NET, pairs_of([5] * 10, [5] * 10))
    assert other.difference.high > 0
    same = difference(NET, [(row(seed, net=5), row(seed, net=5)) for seed in range(10)])
    assert (same.difference.low, same.difference.high) == (0.0, 0.0)


def test_what_only_one_of_a_pair_has_is_not_compared():
    delay = next(one for one in QUANTITIES if one.name == "detection delay")
    late = [(row(1, onset_at=0, detected_at=5), row(1, "b", onset_at=0, detected_at=9)), (row(2), row(2, "b"))]
    assert difference(delay, late).difference.n == 1
    assert difference(delay, late[1:]) is None


def contest(*paths, **more) -> Contest:
    plans = tuple((path.stem, read_plan(path)) for path in paths)
    return Contest(plans=plans, first=5, seeds=more.pop("seeds", 4), again="greenroom compare", **more)


@pytest.fixture
def three(scenario):
    text = scenario().read_text()
    slow = scenario(name="slow", more="", text=text.replace('bake = "2m"', 'bake = "90s"'))
    worse = scenario(name="worse", more="", text=text.replace("[ramp]", "auc = 0.6\n[ramp]"))
    return scenario(), slow, worse


def test_plans_meet_the_same_days_and_every_seed_is_kept(three):
    compared = compare(contest(*three), Here())
    page = comparison(compared)
    assert page.exit_code is None
    assert page.verdict.startswith("this compares and asserts nothing")
    assert [one.title for one in page.sections[:3]] == ["Side by side", "slow against tiny", "worse against tiny"]
    table = page.sections[0].blocks[0]
    assert table.columns == ("", "tiny", "slow", "worse")
    net, pairs = next(one for one in table.rows if one[0] == NET.name), compared.pairs("worse")
    apart = sum(other.net - one.net for one, other in pairs) / len(pairs)
    assert f"({plain(apart)})" in net[3]
    assert len(page.data["rows"]) == 12
    assert [one.n for one in (difference(NET, compared.pairs("slow")).difference,)] == [4]
    same = {(one.seed, one.requests) for one in compared.rows("tiny").values()}
    assert same == {(one.seed, one.requests) for one in compared.rows("worse").values()}


def test_tables_that_make_the_day_are_named_where_they_differ(three):
    tiny, slow, worse = (day_of(read_plan(path)) for path in three)
    assert unlike(tiny, slow) == unlike(tiny, {}) == ()
    assert unlike(tiny, worse) == ("models",)
    assert "The days differ, too, by models" in str(comparison(compare(contest(*three, seeds=1), Here())).sections)


def test_against_its_own_baseline_nothing_is_worse_and_every_flight_is_the_same(three):
    before = json.loads(as_json(comparison(compare(contest(three[0]), Here()))))
    found = baseline_of(before, ["tiny"])
    held, day = tuple(replace(one, candidate="baseline") for one in found.flights), found.day
    page = comparison(compare(contest(three[0], baseline=("baseline", held), day_before=day), Here()))
    assert page.verdict == "nothing is surely worse than in the baseline (exit 0)"
    worse = comparison(compare(contest(three[2], baseline=("baseline", held), day_before=day), Here()))
    assert "The days differ, too, by models" in as_text(worse)
    assert page.sections[0].blocks[0] == "4 pairs, 4 of them the same flight bit for bit."


def test_what_got_worse_since_the_baseline_is_a_regression(three):
    before = compare(contest(three[0], seeds=8), Here())
    held = ("baseline", tuple(replace(one, candidate="baseline") for one in before.rows("tiny").values()))
    page = comparison(compare(contest(three[2], seeds=8, baseline=held), Here()))
    assert page.exit_code == ExitCode.REGRESSED
    better = ("baseline", tuple(replace(one, net=one.net + 10**6) for one in held[1]))
    ours = Compared(contest(three[0], seeds=8, baseline=better), dict(before.results))
    assert not any(one.regressed for one in ours.differences("tiny"))


def test_what_is_worse_by_its_own_interval_but_not_by_all_together_is_perhaps_worse():
    """A mean of 10 with a standard error of 3.1 in six pairs: t is 3.3, above 2.6 for one look, below 4.8 for ten."""
    found = difference(NET, pairs_of([0] * 6, [0, 4, 8, 12, 16, 20]))
    assert found.perhaps
    assert not found.regressed
    assert found.strict.low < 0.0 < found.difference.low


def test_perhaps_worse_than_the_baseline_is_inconclusive(scenario):
    asked = contest(scenario(), seeds=6)
    pairs = pairs_of([0] * 6, [0, 4, 8, 12, 16, 20])
    held = tuple(replace(one, candidate="baseline", seed=one.seed + 5) for one, _ in pairs)
    flown = [replace(two, candidate="tiny", seed=two.seed + 5) for _, two in pairs]
    page = comparison(Compared(replace(asked, baseline=("baseline", held)), {one.key: one for one in flown}))
    assert page.verdict == (
        "inconclusive: perhaps worse: net harm, requests; a baseline of more seeds would tell (exit 4)"
    )


def test_what_could_have_doubled_unseen_is_not_called_as_good_as_it_was():
    """A mean of 100 and differences of 0 on average: what counts is how far the interval reaches to the worse side."""
    wide = difference(NET, pairs_of([100] * 6, [20, 180, 40, 160, 10, 190]))
    narrow = difference(NET, pairs_of([100] * 6, [95, 105, 99, 101, 98, 102]))
    assert (wide.blind, narrow.blind) == (True, False)
    assert wide.strict.high > 100.0 > narrow.strict.high
    assert not wide.regressed
    assert not wide.perhaps


def test_as_many_seeds_as_are_said_to_tell_do_tell():
    moves = [20, 180, 40, 160, 10, 190]
    few = difference(NET, pairs_of([100] * 6, moves))
    often = -(-few.needs // 6)
    enough = difference(NET, pairs_of([100] * 6 * often, moves * often))
    assert 6 < few.needs < 60
    assert not enough.blind


def test_harm_that_nobody_minds_may_double():
    """A few more of a hundred thousand requests a day: as many as one in ten thousand matter to nobody."""
    def held(requests):
        pairs = pairs_of([1] * 8, [0, 5, 1, 3, 0, 4, 2, 1])
        return difference(NET, [tuple(replace(one, requests=requests) for one in pair) for pair in pairs])

    assert held(1_000).blind
    assert not held(100_000).blind


def test_three_flights_cannot_tell_whether_expectations_are_met_less_often_and_twenty_can():
    met = next(one for one in QUANTITIES if one.name == "expectations met")

    def of(count):
        return difference(met, [(row(seed, met=True), row(seed, "b", met=True)) for seed in range(count)])

    assert (of(3).blind, of(20).blind) == (True, False)


def test_the_same_flights_bit_for_bit_are_never_too_few():
    for quantity in QUANTITIES:
        one = row(1, met=True, onset_at=0, detected_at=5, closed_at=9, budget_spent=0.1, net=5, users=5, gross=5)
        found = difference(quantity, [(replace(one, seed=seed), replace(one, seed=seed)) for seed in (1, 2)])
        assert not found.blind, quantity.name


def blind_page(scenario, seconds):
    asked = contest(scenario(), seeds=len(seconds))
    pairs = pairs_of([100] * len(seconds), seconds)
    held = tuple(replace(one, candidate="baseline", seed=one.seed + 5) for one, _ in pairs)
    flown = [replace(two, candidate="tiny", seed=two.seed + 5) for _, two in pairs]
    return comparison(Compared(replace(asked, baseline=("baseline", held)), {one.key: one for one in flown}))


def test_a_baseline_that_cannot_tell_is_inconclusive_and_says_how_many_seeds_would(scenario):
    page = blind_page(scenario, [20, 180, 40, 160, 10, 190])
    assert page.exit_code == ExitCode.INCONCLUSIVE
    seeds = difference(NET, pairs_of([100] * 6, [20, 180, 40, 160, 10, 190])).needs
    assert page.verdict == (
        f"inconclusive: too few flights to tell: net harm, requests; a baseline of about {seeds} seeds would tell "
        "(exit 4)"
    )
    assert "? net harm, requests too few flights to tell whether worse: 0 (" in as_text(page)


def test_what_few_days_have_is_told_and_decides_nothing(scenario):
    """A detection on one day of eight bounds nothing: eight times as many days would be asked for, and more."""
    asked = contest(scenario(), seeds=8)
    pairs = [
        (row(seed, "baseline", onset_at=0, detected_at=5 if seed == 6 else None),
         row(seed, "tiny", onset_at=0, detected_at=9 if seed == 6 else None)) for seed in range(5, 13)
    ]
    held = tuple(one for one, _ in pairs)
    page = comparison(Compared(replace(asked, baseline=("baseline", held)), {two.key: two for _, two in pairs}))
    assert page.exit_code == ExitCode.MET
    assert not any(isinstance(one, Check) and one.name == "detection delay" for one in page.sections[0].blocks)
    assert "detection delay" in as_text(page)


def pair_of(first: float, second: float, seed: int) -> tuple[Result, Result]:
    one = Result(setting="", candidate="a", seed=seed, digest="x", net=round(first))
    return one, replace(one, candidate="b", digest="y", net=round(second))


def test_what_is_worse_by_less_than_is_tolerated_is_no_regression():
    """A tenth more harm on every day, give or take a hundredth: surely worse, and surely by less than a fifth."""
    net = next(one for one in QUANTITIES if one.name == "net harm, requests")
    pairs = [pair_of(1_000, 1_100 + 10 * (seed % 3), seed) for seed in range(12)]
    assert difference(net, pairs).regressed
    assert difference(net, pairs, tolerance=0.05).regressed
    assert not difference(net, pairs, tolerance=0.2).regressed


def test_shares_differ_by_no_more_than_all():
    back = next(one for one in QUANTITIES if one.name == "rolled back")
    pairs = [
        (one, replace(two, outcome="rolled_back")) for one, two in (pair_of(1, 2, seed) for seed in range(6))
    ]
    found = difference(back, pairs).difference
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low > 0.0


def test_times_differ_by_no_more_than_the_whole_flight():
    delay = next(one for one in QUANTITIES if one.name == "detection delay")
    pairs = [
        (replace(one, onset_at=0, detected_at=5), replace(two, onset_at=0, detected_at=5 + 90 * one.seed))
        for one, two in (pair_of(1, 2, seed) for seed in range(2))
    ]
    found = difference(delay, pairs, whole=100.0).difference
    assert (found.low, found.high) == (-100.0, 100.0)
