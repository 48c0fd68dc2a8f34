import pkgutil
import subprocess
import sys

import pytest

import sandbox.record

MODULES = [f"sandbox.record.{module.name}" for module in pkgutil.iter_modules(sandbox.record.__path__)]


def test_there_are_modules_to_try():
    assert {"sandbox.record.store", "sandbox.record.sql", "sandbox.record.load"} <= {*MODULES}


@pytest.mark.parametrize("heavy", ["duckdb", "polars"])
def test_importing_the_room_imports_neither_database(heavy):
    code = f"import sys, {', '.join(MODULES)}; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_listing_runs_imports_neither_database(landed):
    store, _ = landed
    code = (
        "import sys; from sandbox.record.store import Store; from sandbox.record.history import history;"
        f"assert len(history(Store({str(store.path)!r})).runs) == 2;"
        "sys.exit('duckdb' in sys.modules or 'polars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
