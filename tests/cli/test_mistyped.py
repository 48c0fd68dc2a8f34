"""A mistake on the command line is one line: what is wrong, where, and what to write instead."""

import argparse

import pytest

from sandbox.cli import build

MISTAKES = {
    "rnu tiny.toml": 'greenroom: no command "rnu"; did you mean run?',
    "--verison": "greenroom: no option --verison; nearest: --version",
    "--store here cockpit":
        "greenroom: no option --store; the options of a command stand after it: greenroom COMMAND --store",
    "run": "greenroom run: FILE is missing; write greenroom run FILE …",
    "run tiny.toml --seeed 3": "greenroom run: no option --seeed; nearest: --seed, --seeds",
    "run --halp": "greenroom run: no option --halp; nearest: --help",
    "run tiny.toml -z": "greenroom run: no option -z",
    "run tiny.toml --seed": "greenroom run: --seed needs a value: --seed N",
    "run tiny.toml --se 3": "greenroom run: --se could be --seed, --seeds; write it out",
    "run tiny.toml --store a --no-store": "greenroom run: --no-store and --store exclude each other; leave one out",
    "certify tiny.toml --output htlm":
        'greenroom certify: --output: "htlm" is not one of text, html, md, json; did you mean html?',
    "certify tiny.toml --seeds some":
        "greenroom certify: --seeds: some is neither a count, as 20, nor a range, as 1..20",
    "certify tiny.toml other.toml":
        "greenroom certify: other.toml: too much; greenroom certify SCENARIO is all it takes besides options",
    "compare tiny.toml --resume=yes": 'greenroom compare: --resume takes no value, and "yes" is one',
    "compare tiny.toml --tolerance -5%": "greenroom compare: --tolerance must not be negative; -5% is",
    "compare tiny.toml --output": "greenroom compare: --output needs a value: --output text|html|md|json",
    "drill latency --seed one": 'greenroom drill: --seed: "one" is not a whole number',
    "export promtol tiny.toml": 'greenroom export: FORMAT: "promtol" is not known; did you mean promtool?',
    "plan aprove tiny.toml":
        'greenroom plan: WHAT: "aprove" is not one of review, approve, withdraw, status; did you mean approve?',
    "plan approve": "greenroom plan approve: FILE, --as and --by are missing; "
                    "write greenroom plan approve FILE --as ROLE --by NAME",
}


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_is_one_line_that_says_what_to_write(typed, greenroom):
    code, out, err = greenroom(*typed.split())
    said = MISTAKES[typed]
    assert (code, out) == (2, "")
    assert err == f"{said} ({said.partition(':')[0]} --help)\n"


def test_no_command_answers_a_misspelt_option_with_its_usage(greenroom):
    (found,) = (one for one in build()._actions if isinstance(one, argparse._SubParsersAction))
    assert len(found.choices) > 25
    for name in found.choices:
        code, out, err = greenroom(name, "--nonesuch")
        assert (code, out, err.count("\n")) == (2, "", 1), name
        assert err.startswith(f"greenroom {name}: no option --nonesuch"), name


def test_what_follows_two_dashes_is_no_option(greenroom):
    assert greenroom("list", "--", "--nonesuch")[2].startswith("greenroom: no bundled scenario has --nonesuch")


def test_help_is_as_long_as_ever_and_is_no_error(greenroom):
    code, out, err = greenroom("plan", "approve", "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: greenroom plan approve [-h] --as ROLE")
