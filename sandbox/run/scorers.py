"""Loads models that are run: functions, each imported from its own scenario's folder, and exported models."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from sandbox.run.errors import RigError
from sandbox.run.exported import exported
from sandbox.scenario.recorded_file import located
from sandbox.world.models.callable import Callable
from sandbox.world.models.onnx import Onnx
from sandbox.world.models.scoring import Scoring
from sandbox.world.spec import Scorer

_folders: set[Path] = set()
"""The folders from which this process has imported models."""


def load_scorer(model: Scoring, name: str, *, folder: Path) -> Scorer:
    """What scores batches for a model that is run; raises RigError."""
    if isinstance(model, Onnx):
        return exported(model, name, path=located(model.path, folder=folder))
    assert isinstance(model, Callable)
    return _function(model, name, located(model.path, folder=folder).resolve())


def _function(model: Callable, name: str, folder: Path) -> Scorer:
    """The function behind a callable model, imported; raises RigError."""
    module_name, function_name = model.target.split(":")
    where = f"models.{name}.target: {model.target}"
    try:
        module = _imported(module_name, folder)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module that exits must not choose our exit code
        raise RigError(f"{where}: cannot be imported from {folder}: {type(error).__name__}: {error}") from error
    function = getattr(module, function_name, None)
    if function is None:
        raise RigError(f"{where}: the module has no function {function_name}")
    if not callable(function):
        raise RigError(f"{where}: is not a function")
    return function  # type: ignore[no-any-return]


def _imported(module_name: str, folder: Path) -> ModuleType:
    """The module as this folder has it: another scenario may have brought one of the same name."""
    _folders.add(folder)
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))
    if len(_folders) > 1:
        _forget_namesakes(folder)
    importlib.invalidate_caches()
    return importlib.import_module(module_name)


def _forget_namesakes(folder: Path) -> None:
    for name, module in list(sys.modules.items()):
        home = _home(module)
        if home is not None and home != folder and _has(folder, name.partition(".")[0]):
            del sys.modules[name]


def _home(module: ModuleType) -> Path | None:
    """The innermost folder of models that a module was imported from, if any."""
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    homes = [folder for folder in _folders if Path(file).is_relative_to(folder)]
    return max(homes, key=lambda folder: len(folder.parts), default=None)


def _has(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").exists() or (folder / name).is_dir()
