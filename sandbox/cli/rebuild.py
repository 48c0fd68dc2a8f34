"""`greenroom rebuild`."""

from sandbox.cli.commands import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
