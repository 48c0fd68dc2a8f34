"""One request as the record kept it."""

from typing import Any

from sandbox.record.errors import StoreError, first_line
from sandbox.record.folder import Folder
from sandbox.record.history import find


def kept_request(folder: Folder, run: str, *, seq: int) -> dict[str, Any] | None:
    """The columns of a request by its number, features as f_NAME; None where it was not kept; raises StoreError."""
    import polars

    parts = sorted((folder.runs / find(folder, run)).glob("requests-*.parquet"))
    for part in parts:
        try:
            rows = polars.scan_parquet(part, glob=False).filter(polars.col("seq") == seq).collect()
        except (OSError, polars.exceptions.PolarsError) as error:
            raise StoreError(f"{part} cannot be read: {first_line(error)}") from error
        if len(rows):
            return rows.row(0, named=True)
    return None
