"""Interrupts that arrive in disguise: what compiled code or a database was doing when somebody pressed Ctrl-C."""


def interrupted(error: BaseException | None) -> bool:
    """Whether a library made its own error of an interrupt."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or str(error).startswith("Query interrupted"):
            return True
        error = error.__cause__ or error.__context__
    return False
