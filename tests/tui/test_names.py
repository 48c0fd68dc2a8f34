"""Names are cut so that two can be told apart."""

from hypothesis import given
from hypothesis import strategies as st

from tui.names import shortened, told_apart


def test_a_name_that_fits_stays_whole() -> None:
    assert told_apart(("failures.rate", "latency.p95"), 13) == {
        "failures.rate": "failures.rate", "latency.p95": "latency.p95",
    }


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert shortened("failures.rate{segment=web}", 15) == "failures…t=web}"


def test_names_that_differ_only_in_the_middle_are_cut_elsewhere() -> None:
    names = ("failures of the web no worse", "failures of the app no worse")
    cut = told_apart(names, 16)
    assert len({*cut.values()}) == 2
    assert all(len(one) <= 16 for one in cut.values())


@given(st.text("ab ", min_size=30, max_size=50), st.integers(0, 29), st.integers(12, 29))
def test_however_they_are_called_two_names_never_look_alike(body, place, width):
    names = (body, f"{body[:place]}c{body[place + 1:]}")
    cut = told_apart(names, width)
    assert cut[names[0]] != cut[names[1]]
    assert all(len(one) <= width for one in cut.values())
