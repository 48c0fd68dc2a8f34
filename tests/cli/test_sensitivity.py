"""`greenroom sensitivity`: what is drawn, kept and refused."""

import json

import pytest

OVER = ["--over", "traffic.mean=10/s..40/s", "--seeds", "1", "--walks", "2"]


def test_a_screening_is_told_kept_and_reported(tiny, greenroom):
    code, said, _ = greenroom("sensitivity", tiny(), *OVER, "--output", "json")
    assert code == 0
    page = json.loads(said)
    assert page["holds_as_written"] is True
    assert [one["value"] for one in page["alone"]] == ["10/s", "15/s", "30/s", "40/s"]
    assert [one["key"] for one in page["effects"]["net harm, requests"]] == ["traffic.mean"]
    code, again, err = greenroom("sensitivity", tiny(), *OVER, "--output", "json", "--resume")
    assert json.loads(again)["rows"] == page["rows"]
    assert "flown" not in err
    code, report, _ = greenroom("report", page["study"], "--output", "json")
    assert json.loads(report)["alone"] == page["alone"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--over", "traffic.maen=1/s..2/s"], "traffic.maen"),
        (["--over", "traffic.mean=40/s..10/s"], "write the lower end first"),
        (["--over", "traffic.mean=10/s..4%"], "the same unit"),
        (["--over", "traffic.mean=10/s"], "no range"),
        (["--of", "harm"], "net harm, requests"),
        (["--walks", "1"], "0, or 2 to 1000"),
        (["--over", "traffic.mean=1/s..2/s", "--over", "traffic.mean=1/s..3/s"], "twice"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_flies(tiny, greenroom, words, says):
    code, _, err = greenroom("sensitivity", tiny(), *words)
    assert code == 2
    assert says in err
