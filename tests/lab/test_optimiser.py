"""The search: it comes to known optima, keeps constraints, and does the same for the same seed."""


from sandbox.base.units import parse_duration
from sandbox.lab.optimiser import Worth, search
from sandbox.lab.ranges import range_of

RANGES = (range_of("a", ("0.0..10.0",)), range_of("b", ("1m..1h",)), range_of("c", ("x", "y", "z")))


def bowl(settings) -> float:
    """Least at a = 3, b = 20m, c = x, where it is 0."""
    a, b, c = (one.value for one in settings)
    minutes = parse_duration(b) / 60e9
    return (float(a) - 3.0) ** 2 + ((minutes - 20.0) / 10.0) ** 2 + {"x": 0.0, "y": 5.0, "z": 9.0}[c]


def tried(*, trials: int, seed: int, least_a: float = 0.0):
    seen = []

    def worth(settings):
        seen.append((bowl(settings), settings))
        return Worth((seen[-1][0],), least_a - float(settings[0].value))

    search(RANGES, worth, values=1, trials=trials, seed=seed)
    return seen


def test_it_comes_near_to_the_least_of_a_function_that_is_known():
    """A tenth of the searches' own scale: drawn anywhere, one in two hundred lies as low."""
    value, settings = min(tried(trials=60, seed=1))
    assert value < 0.4
    assert settings[2].value == "x"


def test_it_stays_where_it_is_allowed():
    """Least where a may not be below 6 is 9, at a = 6. Of three searches the middle one comes within a third of that,
    and half of the trials that know something keep to what is allowed: drawn anywhere, two in five would."""
    searches = [tried(trials=60, seed=seed, least_a=6.0) for seed in range(3)]
    kept = [[one for one in seen if float(one[1][0].value) >= 6.0] for seen in searches]
    least = sorted(min(one)[0] for one in kept)
    assert 9.0 <= least[0] <= least[1] < 12.0
    assert sum(float(one[1][0].value) >= 6.0 for seen in searches for one in seen[20:]) >= 60


def test_the_same_seed_tries_the_same_and_another_another():
    assert tried(trials=12, seed=5) == tried(trials=12, seed=5) != tried(trials=12, seed=6)


def test_a_trial_that_cannot_be_made_is_passed_over():
    made = []

    def worth(settings):
        made.append(settings)
        return None if settings[2].value != "x" else Worth((bowl(settings), float(settings[0].value)))

    search(RANGES, worth, values=2, trials=15, seed=1)
    assert len(made) == 15


def test_where_every_value_is_named_each_is_tried_once():
    seen = []
    ranges = (range_of("a", ("1", "2", "3")), range_of("b", ("x", "y")))
    search(ranges, lambda settings: seen.append(tuple(one.value for one in settings)), values=1, trials=6, seed=1)
    assert sorted(seen) == [(a, b) for a in "123" for b in "xy"]
