"""What somebody prefers: a file in their configuration folder, which the palette and the keys change."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from platformdirs import user_config_path

from tui.actions import BY_ID
from tui.draw.raster import RASTERS

FILE = "cockpit.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Everything that stays from one time to the next."""

    theme: str = "greenroom"
    charts: str = "braille"
    ascii: bool = False
    speed: float = 60.0
    pause_on: str = "page"
    record: bool = True
    seen_lesson: bool = False
    drills: str = ""
    """A folder of families, or a curriculum file, that the drills are taken from; empty for the bundled ones."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys of actions by their id."""


class PreferencesError(Exception):
    """The file does not say what it could say; the message names the file, the key and what to do."""


def place() -> Path:
    """Where they are kept."""
    return user_config_path("greenroom") / FILE


def read(path: Path) -> Preferences:
    """The preferences in a file; raises PreferencesError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PreferencesError(f"{path}: cannot be read: {error}; mend it, or delete it") from None
    wrong = [*_unknown(raw, path), *_misfits(raw, path)]
    if wrong:
        raise PreferencesError("\n".join(wrong))
    return replace(Preferences(), **raw)


def _unknown(raw: Mapping[str, Any], path: Path) -> list[str]:
    known = [one.name for one in fields(Preferences)]
    wrong = [f"{path} {name}: no such preference; there is {', '.join(known)}" for name in raw if name not in known]
    keys = raw.get("keys", {})
    if isinstance(keys, dict):
        wrong += [f"{path} keys.{name}: no such action; {_nearest(name)}" for name in keys if name not in BY_ID]
    return wrong


def _nearest(name: str) -> str:
    near = get_close_matches(name, BY_ID, n=3, cutoff=0.5)
    return f"nearest: {', '.join(near)}" if near else f"as {next(iter(BY_ID))}; ? in the cockpit names the others"


def _misfits(raw: Mapping[str, Any], path: Path) -> list[str]:
    hints = get_type_hints(Preferences)
    wrong = []
    for name, value in raw.items():
        kind = hints.get(name)
        if kind in (str, bool) and not isinstance(value, kind):
            wrong.append(f"{path} {name}: {value!r} is no {'text' if kind is str else 'true or false'}")
        if kind is float and (isinstance(value, bool) or not isinstance(value, int | float) or value <= 0):
            wrong.append(f"{path} {name}: {value!r} is no number above 0")
    if raw.get("charts", "braille") not in RASTERS:
        wrong.append(f"{path} charts: no charts {raw['charts']!r}; there is {', '.join(RASTERS)}")
    keys = raw.get("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        wrong.append(f'{path} keys: a table of ids and keys is wanted, as "clock.toggle" = "p"')
    return wrong


def write(preferences: Preferences, path: Path) -> None:
    """Keep them; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = asdict(preferences)
    keys = table.pop("keys")
    lines = [f"{name} = {_toml(value)}" for name, value in table.items()]
    lines += ["", "[keys]", *(f'"{name}" = {_toml(key)}' for name, key in keys.items())] if keys else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "inf" if value == float("inf") else f"{value:g}"
