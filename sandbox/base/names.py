"""What to say of a name that points nowhere."""

from collections.abc import Sequence
from difflib import get_close_matches


def nowhere(what: str, name: str, known: Sequence[str]) -> str:
    """That a name points nowhere, and what is near."""
    nearest = get_close_matches(name, known, n=3, cutoff=0.5)
    if nearest:
        return f'no {what} "{name}"; nearest: {", ".join(nearest)}'
    return f'no {what} "{name}"; there is {", ".join(known)}' if known else f'no {what} "{name}"; there is none'
