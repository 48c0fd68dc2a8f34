"""What an instrument reads, of how much, over what, and how late; on too little it claims nothing."""

import pytest
from scipy.stats import binom

from sandbox.base.reading import Measure
from tests.tui.desk import MINUTE, SHORT, desk, feed_of, flown, plan_of, screen_text, until
from tui.app import Greenroom
from tui.frame import GateNow
from tui.glyphs import Glyphs
from tui.replay import Replay
from tui.screens.cockpit import Cockpit
from tui.series import Growing, Point
from tui.sheet import Bound, Dial, sheet_of
from tui.widgets.chart import Chart
from tui.widgets.rows import gate_detail, gate_items, log_item


def dial(name: str, unit: str = "share", *, matured: bool = False) -> Dial:
    measure = Measure(name=name, unit=unit, lower_is_better=True, matured=matured)
    return Dial(measure=measure, title=name, bounds=(Bound(value=0.05, words="limit"),))


@pytest.mark.parametrize(
    ("name", "unit", "beyond"),
    [("failures.rate", "share", 0.1), ("latency.p50", "seconds", 0.5), ("latency.p95", "seconds", 0.05),
     ("latency.p99", "seconds", 0.01), ("latency.p999", "seconds", 0.001)],
)
def test_with_fewer_than_its_least_a_reading_may_miss_what_it_is_about_one_time_in_twenty(name, unit, beyond):
    least = dial(name, unit).least
    assert binom.pmf(0, least, beyond) <= 0.05
    assert least == 30 or binom.pmf(0, least * 9 // 10, beyond) > 0.05


def test_a_count_is_of_everything_and_never_of_too_few() -> None:
    assert not dial("traffic.rate", "per_second").few(1)


async def row_of(point: Point, one: Dial, *, width: int = 80, late: float = 5.5, **told: object) -> str:
    """A chart of one row that shows a point, so many minutes later."""
    app = Greenroom(shelf=tuple)
    async with app.run_test(size=(width, 24)) as pilot:
        chart = Chart(id="alone")
        chart.styles.height = 1
        await app.screen.mount(chart, before=0)
        await pilot.pause()
        chart.show(one, Growing([point]).series, start=0, end=round(late * MINUTE) + point.at, matured_to=0, **told)
        await pilot.pause()
        return chart.text


async def test_a_handful_is_shown_with_its_n_and_is_no_breach() -> None:
    few = await row_of(Point(MINUTE, 0.01, 0.1428, 800, 7), dial("failures.rate"))
    assert "14.3% of 7" in few
    assert "?" in few
    assert "✖" not in few
    enough = await row_of(Point(MINUTE, 0.01, 0.1428, 800, 700), dial("failures.rate"))
    assert " of " not in enough
    assert "✖" in enough


async def test_beyond_a_limit_is_no_failure_before_a_gate_or_an_alert_has_said_so() -> None:
    beyond = Point(MINUTE, 0.01, 0.1428, 800, 700)
    assert (await row_of(beyond, dial("failures.rate"), failed=True)).startswith("✖ ")
    assert (await row_of(beyond, dial("failures.rate"), failed=False)).startswith("! ")
    assert (await row_of(Point(MINUTE, 0.01, 0.02, 800, 700), dial("failures.rate"), failed=True)).startswith("  ")


async def test_the_share_that_is_set_is_that_of_now_and_not_of_the_last_window() -> None:
    row = await row_of(Point(MINUTE, 0.0, 0.0, -1, 7), dial("traffic.share"), set_share=0.05)
    assert "set 5%" in row


async def test_a_limit_and_how_late_its_labels_are_are_apart() -> None:
    measure = Measure(name="quality.ece", unit="ratio", lower_is_better=True, matured=True)
    one = Dial(measure=measure, title="quality.ece", bounds=(Bound(value=0.131, words="limit"),))
    row = await row_of(Point(MINUTE, 0.1, 0.12, 800, 700), one, late=15.24)
    assert "≤0.131 " in row
    assert row.rstrip().endswith(" 15m late")


async def test_one_request_is_no_quantile() -> None:
    assert "75.8ms of 1" in await row_of(Point(MINUTE, 0.02, 0.0758, 800, 1), dial("latency.p99", "seconds"))


@pytest.mark.parametrize("width", [80, 100])
async def test_how_late_labels_are_is_never_what_is_cut(width):
    gap = dial("fairness.equalised_odds", matured=True)
    row = await row_of(Point(MINUTE, 0.0123, 0.0358, 800, 700), gap, width=width)
    assert "5m30s late" in row
    assert len(row) <= width


async def test_strip_and_gates_say_over_what_they_read() -> None:
    app = desk(first=lambda: Cockpit(Replay(flown(), at=9 * MINUTE)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("3")
        await until(pilot, lambda: "by user over the step" in screen_text(app))
        assert "readings: the last 30s" in screen_text(app)


def test_what_a_gate_said_in_this_step_begins_with_the_step() -> None:
    feed = feed_of(SHORT.replace("steps = [2]\n", ""))
    feed.session.advance(round(4.5 * MINUTE) + 1)
    feed._take_in()
    (gate,) = feed.frame().view.gates
    assert gate.at == 4.5 * MINUTE
    assert len(gate.said) == 1, "the step began at 00:04, by a look that was the last of the step before"


def test_a_gate_that_is_asked_no_more_is_not_shown_as_if_it_were() -> None:
    gates = [GateNow(name=name, verdict="inconclusive", because="why", n=1, at=at, decides=True)
             for name, at in (("apac", MINUTE), ("all", 2 * MINUTE))]
    old, fresh = gate_items(gates, sheet_of(plan_of()), Glyphs(), width=78)
    assert "not asked since 00:01: why" in "".join(text for text, _ in old.pieces)
    assert "not asked" not in "".join(text for text, _ in fresh.pieces)


async def test_a_gate_that_is_cut_in_the_list_is_whole_in_its_detail() -> None:
    longer = "failures of the candidate are no worse than the incumbent's"
    feed = feed_of(SHORT.replace("failures no worse", longer))
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        while not feed.frame().view.gates:
            await feed.step()
        await pilot.press("3")
        await until(pilot, lambda: longer in screen_text(app))
        assert "failures of the" in app.screen.query_one("#gates").text
        assert longer not in app.screen.query_one("#gates").text


async def test_what_a_page_has_no_room_for_is_counted_and_comes_into_sight():
    from tui.screens.debrief import Debrief

    app = desk(first=lambda: Debrief(flown()))
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and " ↓ 4 more" in screen_text(app))
        assert "1 of them pages" not in screen_text(app)
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: "1 of them pages" in screen_text(app) and " ↑ 4 more" in screen_text(app))


COMPARES = Dial(
    measure=Measure(name="failures.rate", unit="share", lower_is_better=True, matured=False), title="failures.rate",
    bounds=(Bound(value=0.01, words="+1pp", over_incumbent="plus"),),
)


@pytest.mark.parametrize(
    ("width", "said"),
    [(80, ", each 30s ┄ limit 3.5% = incumbent 2.5% +1pp"), (56, ", each 30s ┄ inc 2.5% +1pp"),
     (40, ", each 30s ┄ inc +1pp"), (36, " ┄ inc +1pp"), (24, ", each 30s")],
)
async def test_a_limit_that_moves_says_what_the_incumbent_reads_and_its_margin_in_as_many_words_as_fit(width, said):
    app = Greenroom(shelf=tuple)
    async with app.run_test(size=(80, 24)) as pilot:
        chart = Chart(id="alone")
        chart.add_class("pane")
        chart.styles.height, chart.styles.width = 8, width
        await app.screen.mount(chart, before=0)
        await pilot.pause()
        chart.show(COMPARES, Growing([Point(MINUTE, 0.025, 0.01, 800, 800)]).series, start=0, end=2 * MINUTE,
                   matured_to=0, each=MINUTE // 2)
        await pilot.pause()
        title = f"{chart.border_title}"
    assert title == f"failures.rate{said}"


def test_a_gate_that_compares_says_where_its_limit_is_now_and_one_that_does_not_has_nothing_to_say():
    sheet = sheet_of(plan_of(SHORT + '\n[[gates]]\nkind = "threshold"\nmetric = "latency.p95"\nmax = "200ms"\n'))
    series = {"failures.rate": Growing([Point(MINUTE, 0.025, 0.01, 800, 800)]).series}
    said = {
        one.name: "\n".join(row.text for row in gate_detail(
            GateNow(name=one.name, verdict="pass", because="", n=9, at=0, decides=True), sheet, Glyphs(), series
        ))
        for one in sheet.gates
    }
    assert "now limit 3.5% = incumbent 2.5% +1pp (the last 30s)" in said["failures no worse"]
    assert "limit" not in said["latency.p95 threshold"]


def test_a_gate_that_tells_a_p_says_in_its_detail_and_in_the_log_which_p_it_needs():
    feed = feed_of(SHORT.replace("steps = [2]\n", "").replace('rate = "30%"', 'rate = "90%"'))
    feed.session.advance(6 * MINUTE)
    feed._take_in()
    view = feed.frame().view
    (gate,) = view.gates
    assert gate.verdict == "fail"
    assert gate.needs == "needs p ≤ 0.05"
    detail = "\n".join(row.text for row in gate_detail(gate, feed.sheet, Glyphs()))
    assert f"n {gate.n:,}, needs p ≤ 0.05, asked at " in detail
    log = ["".join(text for text, _ in log_item(one, 0).pieces) for one in view.lines if one.who == "gate"]
    assert any("(needs p ≤ 0.05 · n " in one for one in log)


def test_the_limit_of_a_halt_stands_on_the_chart_of_what_it_reads():
    halt = SHORT + """
[plan.halt]
"answers come late" = { when = "latency.over.300ms{arm=candidate}[5m] > 4%", for = "2m" }
"""
    found = sheet_of(plan_of(halt)).dial("latency.over.300ms")
    assert [(one.words, one.value) for one in found.bounds] == [("alert", 0.04)]
