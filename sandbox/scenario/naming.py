"""What gates are called that the file gives no name: after what they read and their kind."""

from collections.abc import Sequence

from sandbox.decide.gates.asking import Asking


def names_of(gates: Sequence[Asking]) -> list[str]:
    """The name of each gate: its own, or one that no other has."""
    taken, names = [gate.name for gate in gates if gate.name], []
    for gate in gates:
        stem, number = gate.name or f"{gate.metric} {gate.kind.replace('-', ' ')}".strip(), 2
        name = stem
        while not gate.name and name in taken:
            name, number = f"{stem} {number}", number + 1
        taken.append(name)
        names.append(name)
    return names
