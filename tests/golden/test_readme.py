"""What the README shows is so: its scenario is warned of nothing, flies, and meets what it expects."""

import re
from pathlib import Path

from sandbox.report.expectations import exit_code
from sandbox.report.scorecard import score
from sandbox.run.session import fly
from sandbox.scenario.lint.rules import findings
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_the_scenario_in_the_readme_comes_out_as_it_says() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    plan = Plan(name="readme", text=text, document=read_text(text, name="README.md"))
    assert not list(findings(plan.document))
    card = score(fly(plan))
    assert exit_code(card.expectations) == 0, card.expectations
