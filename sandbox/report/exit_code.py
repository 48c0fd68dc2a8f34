"""What the process says to whoever called it."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """The ladder; each rung has one meaning everywhere."""

    MET = 0
    MISSED = 1
    USAGE = 2
    INVALID = 3
    INCONCLUSIVE = 4
    NOTHING_ASSERTED = 5
    REGRESSED = 6
    BUG = 70
    STORE = 74
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.MET: "every expectation was met",
    ExitCode.MISSED: "an expectation was missed",
    ExitCode.USAGE: "the command line makes no sense, or code in a scenario was not trusted",
    ExitCode.INVALID: "a scenario, or something it names, is invalid; nothing was flown",
    ExitCode.INCONCLUSIVE: "inconclusive: a precondition was not met, as a fault that never struck",
    ExitCode.NOTHING_ASSERTED: "nothing was asserted: no [expect] of a flight, no bound in [certify] of a study",
    ExitCode.REGRESSED: "something is worse than in the baseline",
    ExitCode.BUG: "a bug in greenroom",
    ExitCode.STORE: "the store could not be read or written",
    ExitCode.INTERRUPTED: "interrupted",
}

_GRAVEST_FIRST = (
    ExitCode.BUG, ExitCode.STORE, ExitCode.INVALID, ExitCode.INCONCLUSIVE, ExitCode.NOTHING_ASSERTED, ExitCode.MISSED,
    ExitCode.REGRESSED, ExitCode.MET,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The gravest of several results; "nothing asserted" of none.

    Graver than a missed expectation is one that could not be judged: what was missed there says little.
    """
    found = list(codes)
    return next((code for code in _GRAVEST_FIRST if code in found), ExitCode.NOTHING_ASSERTED)
