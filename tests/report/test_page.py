"""Pages and charts: four forms of the same, nothing fetched, the same bytes every time."""

import json
import re
import xml.etree.ElementTree as Xml
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sandbox.report.charts import Bar, Lines, Series, Tornado, Whiskers, svg
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Check, Page, Section, Table
from sandbox.report.render.page import as_html, as_json, as_markdown, as_text

LINES = Lines(
    title="Power & <such>", x="effect", y="caught", share=True, marks=((0.1, "allowed"),),
    series=(
        Series(label="a", x=(0.0, 0.1), y=(0.0, 0.5), low=(0.0, 0.4), high=(0.1, 0.6), dots=True),
        Series(label="b", x=(0.0, 0.1), y=(0.2, 0.5), steps=True),
    ),
)
CHARTS = (
    LINES, Whiskers(title="w", x="share", rows=(("null", 0.05, 0.01, 0.1),), bound=0.05, share=True),
    Tornado(title="t", x="harm", centre=100.0, rows=(
        Bar(name="auc", low=50.0, high=200.0, ends=("0.7", "0.9")), Bar(name="rate", low=90.0, high=120.0),
    )),
)
NASTY = '<script>alert("x")</script> | `a`'
PAGE = Page(
    kind="certify", title=NASTY, lead="one & two", exit_code=ExitCode.MISSED, repeat="greenroom certify x",
    sections=(
        Section(title="Asked", blocks=(Check(name="missed", want="<= 5%", got=NASTY, state="missed"), "said")),
        Section(title="Seen", blocks=(Table(columns=("name", "n"), rows=((NASTY, "12"),), note="a note"), *CHARTS)),
        Section(title="Only a chart", blocks=(LINES,)),
    ),
    data={"seeds": 3, "nan": float("nan")},
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_a_chart_is_one_element_that_names_itself_and_is_the_same_every_time(chart):
    drawn = svg(chart)
    root = Xml.fromstring(drawn)
    assert root.tag.endswith("svg")
    assert root.attrib["aria-label"] == chart.title
    assert drawn == svg(chart)


def test_a_chart_says_its_words_as_text():
    words = " ".join(Xml.fromstring(svg(LINES)).itertext())
    assert all(one in words for one in ("Power & <such>", "effect", "caught", "allowed"))


def ticked(*values: float) -> Lines:
    words = tuple((one, f"at {100 * one:g}%") for one in values)
    rates = (0.5,) * len(values)
    one = Series(label="a", x=values, y=rates, low=(0.25,) * len(values), high=(0.75,) * len(values), dots=True)
    return Lines(title="p", x="effect", y="caught", share=True, log_x=True, series=(one,), ticks=words)


def words_of(chart: Lines) -> list[str]:
    return [text.strip() for text in Xml.fromstring(svg(chart)).itertext() if text.strip()]


@pytest.mark.parametrize("values", [(0.011, 0.02), (0.003,), (0.005, 0.02, 0.08, 0.4)])
def test_ticks_are_named_where_they_are_and_nothing_else_is(values):
    assert [one for one in words_of(ticked(*values)) if one.startswith("at ")] == [f"at {100 * at:g}%" for at in values]
    assert len(words_of(ticked(*values))) == len(words_of(ticked(0.5))) - 1 + len(values)


def test_ticks_that_would_run_into_each_other_are_left_without_a_word():
    assert [one for one in words_of(ticked(0.01, 0.0101, 0.08, 0.5)) if one.startswith("at ")] == [
        "at 1%", "at 8%", "at 50%",
    ]


def test_points_that_are_estimates_have_the_ends_of_their_intervals_drawn():
    """A cap at either end of each of three."""
    bare = ticked(0.01, 0.02, 0.08)
    (series,) = bare.series
    without = svg(replace(bare, series=(replace(series, low=(), high=()),)))
    assert svg(bare).count("<use ") - without.count("<use ") == 6


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_html_is_one_file_without_scripts_that_fetches_nothing():
    text = as_html(PAGE)
    parser = Tags()
    parser.feed(text)
    tags = {tag for tag, _ in parser.seen}
    assert not tags & {"script", "link", "img", "iframe"}
    assert all(value.startswith("#") for _, attrs in parser.seen for name, value in attrs.items()
               if name in ("src", "href", "xlink:href"))
    assert not re.search(r"url\((?!#)|@import", text)
    assert sum(tag == "svg" for tag, _ in parser.seen) == 4
    assert as_html(PAGE) == text


def test_markdown_keeps_what_is_said_in_its_cell():
    lines = as_markdown(PAGE).splitlines()
    row = next(line for line in lines if line.endswith("| 12 |"))
    assert row.count(" | ") == 1
    assert "<script>" not in as_markdown(PAGE)


def test_text_sets_numbers_to_the_right_and_leaves_out_what_is_only_a_chart():
    text = as_text(PAGE)
    assert "Only a chart" not in text
    assert "✗ missed <= 5%" in text
    assert text.endswith("repeat: greenroom certify x\n")


def test_json_is_for_programs():
    told = json.loads(as_json(PAGE))
    assert told["checks"][0]["state"] == "missed"
    assert (told["seeds"], told["nan"], told["exit_code"]) == (3, None, 1)
