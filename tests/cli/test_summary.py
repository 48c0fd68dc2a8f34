"""The Markdown of a job, where GitHub looks for it."""

import pytest

from sandbox.cli import summary


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    return tmp_path / "step.md"


def test_github_output_appends_the_markdown_to_the_summary_of_the_step(greenroom, tiny, file):
    file.write_text("# Before\n")
    code, out, err = greenroom("run", tiny(), "--no-store", "--output", "github")
    assert (code, out, err) == (0, "1 of 1 expectations met in 1 flight\n", "")
    assert file.read_text().startswith("# Before\n**greenroom: every expectation was met** (1 flight, exit 0)\n")
    greenroom("run", tiny(), "--no-store", "--output", "github")
    assert file.read_text().count("**greenroom:") == 2


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_another_output_leaves_the_summary_alone(greenroom, tiny, file, form):
    greenroom("run", tiny(), "--no-store", "--output", form)
    assert not file.exists()


def test_a_summary_that_cannot_be_written_is_one_line_and_changes_no_verdict(greenroom, tiny, file):
    file.mkdir()
    code, _, err = greenroom("run", tiny(), "--no-store", "--output", "github")
    assert (code, len(err.splitlines())) == (0, 1)
    assert f"{file}: Is a directory" in err


def test_a_summary_is_cut_at_a_line_before_github_would_refuse_it(greenroom, tiny, file, monkeypatch):
    monkeypatch.setattr(summary, "MOST", 400)
    for _ in range(3):
        greenroom("run", tiny('[expect]\noutcome = "held"\n'), "--no-store", "--output", "github")
    text = file.read_text()
    assert len(text.encode()) <= 400
    assert "expect.outcome (missed)" in text, "what was missed stands before what may be cut"
    assert text.endswith("*cut here: GitHub shows no more of one step*\n")
