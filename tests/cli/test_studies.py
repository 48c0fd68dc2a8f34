"""Studies: certify, compare, tune, sensitivity and program take the same options, say how far they are, and go on."""

import argparse
import importlib
import json
import pkgutil

import pytest

import sandbox.lab
from sandbox.cli import build
from sandbox.cli.errors import code_of
from sandbox.cli.flying import add_study, flying
from sandbox.report.exit_code import ExitCode

STUDIES = ("certify", "compare", "tune", "sensitivity", "program")


def options(parser: argparse.ArgumentParser) -> dict[tuple[str, ...], tuple[object, ...]]:
    return {
        tuple(one.option_strings): (one.dest, one.help, one.metavar, one.choices, one.default, one.type)
        for one in parser._actions if one.option_strings
    }


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (one for one in build()._actions if isinstance(one, argparse._SubParsersAction))
    return found.choices


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_takes_the_same_options_with_the_same_words(name):
    shared = argparse.ArgumentParser()
    add_study(shared)
    own = options(commands()[name])
    assert {each: own.get(each) for each in options(shared)} == options(shared)
    assert {("--resume",), ("-j", "--jobs"), ("--on",), ("--progress",), ("--output",), ("--store",)} <= set(own)


def test_only_studies_are_resumed():
    assert {name for name, one in commands().items() if ("--resume",) in options(one)} == set(STUDIES)


SMALL = {
    "certify": ("--seeds", 1), "compare": ("--seeds", 1),
    "tune": ("--over", "ramp.bake=1m..2m", "--seeds", 1, "--trials", 1, "--held-out", 1),
    "sensitivity": ("--over", "traffic.mean=10/s..20/s", "--seeds", 1, "--walks", 0),
}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("progress", ["plain", "none"])
def test_who_studies_one_release_of_several_is_told_of_the_others(greenroom, name, progress, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"sandbox.cli.{name}.flying", stopped)
    _, _, err = greenroom(name, "small-steps", *SMALL[name], "--progress", progress)
    told = "this is about the first release alone; 2 more releases (second, third): greenroom program small-steps"
    assert (told in err) == (progress == "plain")


def test_a_study_that_goes_on_says_how_much_of_it_is_there(greenroom, tiny, home):
    words = ["compare", tiny(), "--vary", "ramp.bake=1m,2m", "--seeds", 2, "--store", "kept"]
    assert greenroom(*words)[0] == 0
    (rows,) = (home / "kept" / "studies").glob("*/rows.jsonl")
    rows.write_text("".join(rows.read_text().splitlines(keepends=True)[:3]))
    code, _, err = greenroom(*words, "--resume")
    assert code == 0
    assert "3 of 4 flights are there already" in err
    assert "--store kept" in err.splitlines()[-1]
    assert "there already" not in greenroom(*words)[2]


def test_the_history_lists_studies_with_their_state_and_how_to_make_them_again(greenroom, tiny, home):
    words = ["compare", tiny(), "--seeds", 2, "--progress", "none"]
    greenroom(*words)
    (study,) = (home / "home" / "greenroom" / "studies").iterdir()
    line = greenroom("history")[1].splitlines()[1].split()
    assert [line[0], *line[3:6]] == [study.name, "whole", "2", "greenroom"]
    (study / "done").unlink()
    (row,) = json.loads(greenroom("history", "--output", "json")[1])
    assert (row["study"], row["kind"], row["scenario"], row["done"]) == (study.name, "compare", "tiny", False)
    assert row["command"] == "greenroom compare tiny.toml --seeds 3..4"
    assert "unfinished" in greenroom("history", "compare-ti")[1]
    assert "unfinished" in greenroom("history", "--search", "compare TINY")[1]
    for none in (["--outcome", "held"], ["--scenario", "other"], ["--search", "certify"], ["--since", "2999-01-01"]):
        assert greenroom("history", *none)[1] == ""


def test_what_is_stopped_says_how_to_go_on_from_where_it_is_kept(home, capsys):
    parser = argparse.ArgumentParser()
    add_study(parser)
    arguments = parser.parse_args(["-j", "2", "--store", "my store"])
    begun = flying(arguments, head={"kind": "compare"}, study="compare-x", total=4, repeat="greenroom compare x")
    with pytest.raises(KeyboardInterrupt), begun:
        raise KeyboardInterrupt
    assert "go on with: greenroom compare x -j 2 --store 'my store' --resume" in capsys.readouterr().err


def test_every_error_of_the_lab_has_a_rung_of_its_own():
    """SettingError is for commands to say in their own words."""
    modules = [importlib.import_module(f"sandbox.lab.{one.name}") for one in pkgutil.iter_modules(sandbox.lab.__path__)]
    errors = {
        one for module in modules for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Exception) and one.__module__ == module.__name__
    }
    assert len(errors) >= 5
    assert {one.__name__ for one in errors if code_of(one("")) is ExitCode.BUG} <= {"SettingError"}
