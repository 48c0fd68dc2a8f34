"""Whose code may run: that of bundled scenarios, and of folders the user has trusted."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import bundled_folder
from sandbox.cli.terminal import OutputError

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


def list_file() -> Path:
    """Where trusted folders are kept, one a line."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(home) if home else Path.home() / ".config") / "greenroom" / "trusted"


def trusted_folders() -> list[Path]:
    """The folders the user has trusted."""
    try:
        lines = list_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the list of trusted folders cannot be read: {error}") from None
    return [Path(line) for line in lines if line.strip()]


def trust(folder: Path) -> bool:
    """Trust a folder from now on; False where it was trusted already."""
    resolved, known = folder.resolve(), trusted_folders()
    if resolved in known:
        return False
    if "\n" in str(resolved):
        raise UsageError("a folder with a line break in its name cannot be trusted")
    _write([*known, resolved])
    return True


def forget(folder: Path) -> bool:
    """Trust a folder no longer; False where it was not trusted."""
    resolved, known = folder.resolve(), trusted_folders()
    if resolved not in known:
        return False
    _write([one for one in known if one != resolved])
    return True


def _write(folders: list[Path]) -> None:
    file = list_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{one}\n" for one in folders), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror or error}") from None


def refuse_strangers(plan: "Plan", *, scenario: Path, trusting: bool) -> None:
    """Raises UsageError where the scenario would run code of a folder nobody vouched for, naming file and function."""
    code = tuple(_code(plan, folder=scenario.parent))
    if trusting or not code:
        return
    allowed = [bundled_folder(), *trusted_folders()]
    for model, file, function in code:
        if not (_inside(scenario, allowed) and _inside(file, allowed)):
            raise UsageError(
                f"{scenario}: models.{model} would run {function} of {file}, and its folder is not trusted; read it, "
                f"then `greenroom trust {file.parent}` or run with --trust"
            )


def _inside(path: Path, folders: list[Path]) -> bool:
    real = path.resolve()
    return any(real.is_relative_to(folder.resolve()) for folder in folders)


def _code(plan: "Plan", *, folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Model, file and function of every callable."""
    from sandbox.world.models.callable import Callable

    for whole, model in plan.document.models.items():
        for name, one in model.parts(whole):
            if isinstance(one, Callable):
                yield name, folder / one.path / one.source, one.target.split(":")[1]
