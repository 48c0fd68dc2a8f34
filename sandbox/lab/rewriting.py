"""A scenario's text with some keys set, its comments and its order kept."""

from collections.abc import Sequence
from typing import Any

import tomli

from sandbox.lab.ranges import Settings
from sandbox.lab.variants import changed, path_of, value_of, with_setting
from sandbox.scenario.plan import Plan


def rewritten_text(plan: Plan, settings: Settings) -> str:
    """The text; without its comments where no editor of TOML is installed. Raises SettingError and ScenarioError."""
    whole = tomli.loads(plan.text)
    for one in settings:
        whole = with_setting(whole, one)
    plain = changed(plan, settings).text
    edited = _edited(plan.text, settings)
    return edited if edited is not None and tomli.loads(edited) == whole else plain


def _edited(text: str, settings: Settings) -> str | None:
    try:
        import tomlkit
    except ImportError:
        return None
    document = tomlkit.parse(text)
    for one in settings:
        *above, last = path_of(one.key)
        _table(document, above)[last] = value_of(one.value)
    return tomlkit.dumps(document)


def _table(document: Any, above: Sequence[str | int]) -> Any:
    table = document
    for part in above:
        if isinstance(part, str) and part not in table:
            table[part] = {}
        table = table[part]
    return table
