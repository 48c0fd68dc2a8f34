"""Runs exported models (ONNX), one batch at a time and on one thread, so that a score does not know the machine."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import FeatureColumns
from sandbox.run.errors import RigError
from sandbox.world.models.onnx import Onnx
from sandbox.world.spec import Scorer

_DTYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(string)": object,
}


def exported(model: Onnx, name: str, *, path: Path) -> Scorer:
    """The function that scores batches with an exported model; raises RigError."""
    where = f"models.{name}.path: {model.path}"
    session = _session(path, where)
    output = _output(session, model.output, where)
    for one in session.get_inputs():
        if one.type not in _DTYPES:
            raise RigError(f"{where}: input {one.name} wants {one.type}; {', '.join(_DTYPES)} can be given")

    def score(columns: FeatureColumns) -> npt.NDArray[np.float32]:
        (answer,) = session.run([output], _fed(session, columns))
        found = np.asarray(answer, dtype=np.float32)
        return found[:, -1] if found.ndim == 2 and found.shape[1] in (1, 2) else found

    return score


def _session(path: Path, where: str) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise RigError(f"{where}: needs onnxruntime; pip install 'greenroom[onnx]'") from None
    if not path.is_file():
        raise RigError(f"{where}: there is no file {path}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a dozen kinds of its own, and no common one
        raise RigError(f"{where}: cannot be loaded: {str(error).splitlines()[0]}") from error


def _output(session: Any, wanted: str | None, where: str) -> str:
    """The name of the output that holds the score."""
    names = [one.name for one in session.get_outputs()]
    numbers = [one.name for one in session.get_outputs() if one.type in ("tensor(float)", "tensor(double)")]
    if wanted is None and not numbers:
        said = f"none of its outputs ({', '.join(names)}) is a tensor of numbers; export it without zipmap"
        raise RigError(f"{where}: {said}")
    chosen = wanted or ("probabilities" if "probabilities" in numbers else numbers[-1])
    if chosen not in names:
        raise RigError(f"{where}: it has no output {chosen}; it has {', '.join(names)}")
    if chosen not in numbers:
        raise RigError(f"{where}: output {chosen} is no tensor of numbers; export it without zipmap")
    return chosen


def _fed(session: Any, columns: FeatureColumns) -> dict[str, npt.NDArray[Any]]:
    """The features as the model's inputs: all in one matrix, or each by its name."""
    inputs = session.get_inputs()
    if len(inputs) == 1 and inputs[0].name not in columns:
        matrix = np.stack([columns[name].astype(np.float64) for name in columns], axis=1)
        return {inputs[0].name: matrix.astype(_DTYPES[inputs[0].type])}
    return {one.name: columns[one.name].astype(_DTYPES[one.type])[:, None] for one in inputs}
