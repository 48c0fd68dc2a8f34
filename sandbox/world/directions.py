"""The directions in feature space along which truth and models look; fixed by names, not by the seed."""

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream

Direction = npt.NDArray[np.float64]


def truth_directions(dimensions: int) -> tuple[Direction, Direction, Direction]:
    """Orthonormal (d,) each: what decides the label, where concept drift turns it, and what says nothing of it."""
    raw = np.abs(stream(0, "population.directions").standard_normal((3, dimensions))) + 0.2
    raw[1:] *= np.where(np.arange(dimensions) % 2, 1.0, -1.0) * np.array([[1.0], [-1.0]])
    first, second, third = _orthonormal(raw)
    return first, second, third


def model_direction(name: str, *, truth: Direction, rho: float) -> Direction:
    """(d,) unit direction that correlates by rho with the truth's, turned away in a way of the model's own."""
    own = stream(0, f"models.{name}.direction").standard_normal(len(truth))
    own -= truth * (own @ truth)
    own /= np.linalg.norm(own)
    direction: Direction = rho * truth + np.sqrt(1.0 - rho * rho) * own
    return direction


def along(features: npt.NDArray[np.float32], direction: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n,) how far features (n, d) lie along a direction (d,).

    Column by column, so that a row's value depends on nothing but the row: a BLAS product differs in the last bit
    with the number of rows and threads.
    """
    total: npt.NDArray[np.float32] = features[:, 0] * direction[0]
    for column in range(1, features.shape[1]):
        total += features[:, column] * direction[column]
    return total


def _orthonormal(rows: npt.NDArray[np.float64]) -> list[Direction]:
    done: list[Direction] = []
    for row in rows:
        for other in done:
            row = row - other * (row @ other)
        done.append(row / np.linalg.norm(row))
    return done
