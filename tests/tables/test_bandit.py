"""Where a bandit's share goes: the posterior against published and integrated values, and the guardrails row by row."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, norm

from sandbox.base.action import Advance, Hold, Reallocate
from sandbox.base.reading import ByUser, Look, Reading
from sandbox.decide.ramp.allocating import Learned, heed, seen
from sandbox.decide.ramp.bandit import Bandit
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.statistics.posterior import chance_above

MINUTE = 60 * 10**9


def test_the_chance_equals_the_formula_that_is_published() -> None:
    # Evan Miller, Formulas for Bayesian A/B testing (2014), with a = 11, 91 and b = 16, 86; 4e6 draws gave .85340.
    assert chance_above((10, 15), (90, 85)) == pytest.approx(0.8532837899338428, abs=1e-12)


@pytest.mark.parametrize(("hits", "misses"), [
    ((0, 0), (0, 0)), ((3, 5), (7, 5)), ((0, 4), (20, 0)), ((40, 3), (10, 1)), ((700, 60), (300, 40)),
    ((2, 900), (5, 400)), ((150, 149), (1, 2)),
])
def test_the_chance_equals_its_integral(hits: tuple[int, int], misses: tuple[int, int]) -> None:
    a, b = (beta(1 + hit, 1 + miss) for hit, miss in zip(hits, misses, strict=True))
    points = [float(b.ppf(q)) for q in (1e-6, 0.01, 0.5, 0.99, 1 - 1e-6)]
    expected = quad(lambda x: a.cdf(x) * b.pdf(x), 0, 1, points=points, limit=400)[0]
    assert chance_above(hits, misses) == pytest.approx(expected, abs=1e-7)
    assert chance_above(hits[::-1], misses[::-1]) == pytest.approx(1.0 - expected, abs=1e-7)


def test_of_many_the_chance_is_that_of_two_normals() -> None:
    hits, misses = (50_000, 25_300), (50_000, 24_700)
    p = [hit / (hit + miss) for hit, miss in zip(hits, misses, strict=True)]
    error = math.hypot(*(math.sqrt(q * (1 - q) / (h + m)) for q, h, m in zip(p, hits, misses, strict=True)))
    assert chance_above(hits, misses) == pytest.approx(float(norm.cdf((p[1] - p[0]) / error)), abs=1e-3)


def rate(hits: int, n: int, *, by_user: ByUser | None = None) -> Reading:
    p = (hits + 1) / (n + 2)
    return Reading(value=hits / n, n=n, error=math.sqrt(p * (1 - p) / (n + 2)), hits=hits, by_user=by_user)


def window(minute: int, old: Reading, new: Reading, *, share: float = 0.5, reward: str = "quality.accuracy") -> Look:
    return Look(
        start=minute * MINUTE, end=(minute + 1) * MINUTE, step=0, share=(1 - share, share),
        readings={reward: (old, new)},
    )


def ramp(**keys: Any) -> Bandit:
    table = {"shadow": False, "first": "50%", "floor": "1%", "ceiling": "99%", "most": "100%", "interval": "10m"}
    return Bandit.model_validate({**table, "runs": "24h", **keys})


def moved(
    spec: Bandit, *windows: Look, at: int = 60, share: float | None = None, may_rise: bool = True,
    lower_is_better: bool = False, moved_at: int = -1,
) -> float | None:
    learned = Learned(moved_at=moved_at * MINUTE)
    for one in windows:
        learned = seen(spec, learned, one, arm=1)
    climb = Climb(Phase.CLIMBING, 0, 0, share=share)
    _, after, action = heed(
        spec, climb, learned, Hold("bakes"), arm=1, at=at * MINUTE, lower_is_better=lower_is_better, may_rise=may_rise
    )
    if not isinstance(action, Reallocate):
        assert after.share == share
        return None
    assert after.share == action.share
    return action.share


def test_at_a_share_that_does_not_move_the_share_is_the_chance_given_the_counts() -> None:
    windows = [window(minute, rate(50, 100), rate(52, 100)) for minute in range(3)]
    assert moved(ramp(), *windows) == pytest.approx(chance_above((150, 156), (150, 144)), abs=5.1e-4)


def test_arms_that_are_equal_in_every_window_stay_equal_however_share_and_rate_move() -> None:
    # Pooled, the candidate has 103 of 120 and the incumbent 85 of 200: it would be the better one with a chance of
    # more than 99.9%, because it had most of its share while everything was easy (Simpson 1951).
    windows = [
        window(0, rate(76, 190), rate(4, 10), share=0.05), window(1, rate(9, 10), rate(99, 110), share=0.95),
    ]
    pooled = chance_above((85, 103), (115, 17))
    assert pooled > 0.999
    assert moved(ramp(least=1), *windows, share=0.7) == pytest.approx(0.5, abs=0.03)


def test_what_is_forgotten_has_no_say() -> None:
    old = [window(minute, rate(100, 200), rate(150, 200)) for minute in range(20)]
    new = [window(minute, rate(150, 200), rate(100, 200)) for minute in range(50, 60)]
    assert moved(ramp(), *old, *new) == 0.99
    assert moved(ramp(memory="20m"), *old, *new) == 0.01


def test_requests_of_few_users_weigh_like_few() -> None:
    # Eight users in each arm, a hundred requests each, and each of them always content or never.
    def of(content: int, first: int) -> Reading:
        n, total = np.zeros(64), np.zeros(64)
        n[first : first + 8] = 100.0
        total[first : first + content] = 100.0
        return rate(100 * content, 800, by_user=ByUser(n, total))

    by_users = moved(ramp(), window(0, of(4, 0), of(5, 8)), at=60, share=0.3)
    assert by_users is None, "sixteen users are fewer than a hundred rewards"
    few = moved(ramp(least=1), window(0, of(4, 0), of(5, 8)), share=0.3)
    assert few is not None
    assert few == pytest.approx(chance_above((4, 5), (4, 3)), abs=0.1)
    assert moved(ramp(), window(0, rate(400, 800), rate(500, 800)), share=0.3) == 0.99


BETTER, WORSE, EQUAL = (rate(400, 800), rate(600, 800)), (rate(600, 800), rate(400, 800)), (rate(500, 800),) * 2

GUARDRAILS: list[tuple[str, dict[str, Any], tuple[Reading, Reading], dict[str, Any], float | None]] = [
    ("it moves to the ceiling and no further", {"ceiling": "90%"}, BETTER, {}, 0.9),
    ("and to the floor", {"floor": "4%"}, WORSE, {}, 0.04),
    ("by so much at a time", {"most": "15%"}, BETTER, {}, 0.65),
    ("down, too", {"most": "15%"}, WORSE, {}, 0.35),
    ("from where it is", {"most": "15%"}, BETTER, {"share": 0.2}, 0.35),
    ("not before its interval has passed", {}, BETTER, {"at": 9}, None),
    ("and then at once", {}, BETTER, {"at": 10}, 0.99),
    ("nor so soon after the last move", {}, BETTER, {"moved_at": 51}, None),
    ("but after an interval", {}, BETTER, {"moved_at": 50}, 0.99),
    ("not on fewer rewards than it needs", {"least": 801}, BETTER, {}, None),
    ("on as many it does", {"least": 800}, BETTER, {}, 0.99),
    ("it does not rise where something is wrong", {}, BETTER, {"may_rise": False}, None),
    ("it does fall", {}, WORSE, {"may_rise": False}, 0.01),
    ("by less than a point it does not move", {}, EQUAL, {"share": 0.505}, None),
    ("of errors, fewer win", {}, WORSE, {"lower_is_better": True}, 0.99),
    ("greedily, the leader gets all but half of epsilon", {"policy": "epsilon-greedy", "epsilon": "20%"}, BETTER, {},
     0.9),
    ("and who does not lead that half", {"policy": "epsilon-greedy", "epsilon": "20%"}, WORSE, {}, 0.1),
    ("greedily of errors", {"policy": "epsilon-greedy", "epsilon": "20%"}, WORSE, {"lower_is_better": True}, 0.9),
]


@pytest.mark.parametrize(("says", "keys", "rates", "how", "share"), GUARDRAILS, ids=[row[0] for row in GUARDRAILS])
def test_the_guardrails(
    says: str, keys: dict[str, Any], rates: tuple[Reading, Reading], how: dict[str, Any], share: float | None
) -> None:
    found = moved(ramp(**keys), window(0, *rates), **how)
    assert found == share if share is None else found == pytest.approx(share)


def test_only_a_hold_makes_room_for_a_move() -> None:
    spec = ramp()
    learned = seen(spec, Learned(), window(0, *BETTER), arm=1)
    climb, onward = Climb(Phase.CLIMBING, 0, 0), Advance(1, "every gate passed")
    _, after, action = heed(
        spec, climb, learned, onward, arm=1, at=60 * MINUTE, lower_is_better=False, may_rise=True
    )
    assert (after, action) == (climb, onward)


def test_a_shadow_has_no_share_to_move() -> None:
    spec = ramp(shadow=True)
    learned = seen(spec, Learned(), window(0, *BETTER), arm=1)
    hold = Hold("bakes")
    _, _, action = heed(
        spec, Climb(Phase.CLIMBING, 0, 0), learned, hold, arm=1, at=60 * MINUTE, lower_is_better=False, may_rise=True
    )
    assert action is hold


def heeded(
    spec: Bandit, *windows: Look, at: int = 60, lower_is_better: bool = False, may_rise: bool = True,
    share: float | None = None,
) -> tuple[Learned, Any]:
    learned = Learned()
    for one in windows:
        learned = seen(spec, learned, one, arm=1)
    climb = Climb(Phase.CLIMBING, 0, 0, share=share)
    after, _, action = heed(
        spec, climb, learned, Hold("bakes"), arm=1, at=at * MINUTE, lower_is_better=lower_is_better, may_rise=may_rise
    )
    return after, action


GREEDY = {"policy": "epsilon-greedy", "epsilon": "20%"}


@pytest.mark.parametrize(("keys", "rates", "fewer_wins", "because"), [
    ({}, BETTER, False, "better with a chance of 100.0%: quality.accuracy 75% against 50%"),
    ({}, WORSE, False, "better with a chance of 0.0%: quality.accuracy 50% against 75%"),
    ({}, WORSE, True, "better with a chance of 100.0%: quality.accuracy 50% against 75%"),
    (GREEDY, BETTER, False, "the candidate leads: quality.accuracy 75% against 50%"),
    (GREEDY, WORSE, False, "the incumbent leads: quality.accuracy 50% against 75%"),
    (GREEDY, WORSE, True, "the candidate leads: quality.accuracy 50% against 75%"),
    ({**GREEDY, "first": "90%"}, EQUAL, False, "the incumbent leads: quality.accuracy 62.5% against 62.5%"),
    ({**GREEDY, "first": "90%"}, EQUAL, True, "the incumbent leads: quality.accuracy 62.5% against 62.5%"),
])
def test_a_move_says_why_and_who_is_only_as_good_does_not_lead(
    keys: dict[str, Any], rates: tuple[Reading, Reading], fewer_wins: bool, because: str
) -> None:
    _, action = heeded(ramp(**keys), window(0, *rates), lower_is_better=fewer_wins)
    assert action.because == because


def test_of_errors_the_chance_is_that_of_having_fewer() -> None:
    for fewer_wins, chance in ((False, chance_above((50, 56), (50, 44))), (True, chance_above((56, 50), (44, 50)))):
        _, action = heeded(ramp(), window(0, rate(50, 100), rate(56, 100)), lower_is_better=fewer_wins, share=0.4)
        assert action.share == pytest.approx(chance, abs=5.1e-4)


def test_a_move_is_remembered_and_told_to_a_tenth_of_a_percent() -> None:
    after, action = heeded(ramp(), window(0, rate(50, 100), rate(52, 100)), at=61)
    assert after.moved_at == 61 * MINUTE
    assert action.share == round(action.share, 3) != round(action.share, 2)


def test_the_smallest_move_is_one_of_a_whole_point() -> None:
    assert moved(ramp(most="1%"), window(0, *WORSE), share=0.25) == pytest.approx(0.24)
    assert moved(ramp(most="0.9%"), window(0, *WORSE), share=0.25) is None


def test_a_window_is_forgotten_when_it_ended_a_whole_memory_ago() -> None:
    spec = ramp(memory="20m")
    learned = Learned()
    for minute in (0, 1, 20):
        learned = seen(spec, learned, window(minute, *BETTER), arm=1)
    assert [one.start for one in learned.recent] == [1 * MINUTE, 20 * MINUTE]
    learned = seen(spec, learned, window(21, *BETTER), arm=1)
    assert [one.start for one in learned.recent] == [20 * MINUTE, 21 * MINUTE]


NOTHING_YET = Reading(value=math.nan, n=0)


@pytest.mark.parametrize("rates", [(NOTHING_YET, rate(9, 10)), (rate(9, 10), NOTHING_YET), (NOTHING_YET, NOTHING_YET)])
def test_a_window_in_which_an_arm_has_nothing_teaches_nothing(rates: tuple[Reading, Reading]) -> None:
    assert seen(ramp(), Learned(), window(0, *rates), arm=1) == Learned()
    assert moved(ramp(least=1), window(0, *rates), window(1, *BETTER)) == moved(ramp(least=1), window(1, *BETTER))


def test_a_reward_that_is_no_share_of_events_teaches_nothing() -> None:
    mean = Reading(value=0.4, n=100, error=0.01)
    assert seen(ramp(), Learned(), window(0, rate(40, 100), mean), arm=1) == Learned()


def test_nothing_or_everything_rewarded_is_counted_as_it_is() -> None:
    never, always = rate(0, 200), rate(200, 200)
    for old, new, counts in (
        (never, rate(3, 200), ((0, 3), (200, 197))), (rate(197, 200), always, ((197, 200), (3, 0))),
    ):
        _, action = heeded(ramp(), window(0, old, new), share=0.6)
        assert action.share == pytest.approx(min(0.99, chance_above(*counts)), abs=5.1e-4)


def test_users_who_are_all_alike_weigh_as_their_requests_do() -> None:
    n = np.full(64, 10.0)
    alike = [rate(320, 640, by_user=ByUser(n, n / 2)), rate(333, 640, by_user=ByUser(n, n * 0.52))]
    _, action = heeded(ramp(), window(0, *alike), share=0.3)
    assert action.share == pytest.approx(chance_above((320, 333), (320, 307)), abs=2e-3)
