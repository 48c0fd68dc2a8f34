"""Which versions of the packages a result depends on."""

import importlib.metadata
import platform

from sandbox import __version__

PACKAGES = ("numpy", "numba", "scipy", "simpy", "polars")


def versions() -> dict[str, str]:
    """greenroom's own version, Python's, and those of the packages that make numbers."""
    found = {"greenroom": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
