"""Named random streams: every random column comes from (seed, component, block)."""

import hashlib

import numpy as np


def stream_key(component: str) -> int:
    """A number for a component's name that no run, platform or hash seed changes."""
    return int.from_bytes(hashlib.blake2b(component.encode(), digest_size=8).digest(), "big")


def stream(seed: int, component: str, *, block: int = 0) -> np.random.Generator:
    """A fresh generator for one column of one block; never kept, never spawned by order."""
    key = stream_key(component)
    sequence = np.random.SeedSequence(seed, spawn_key=(key >> 32, key & 0xFFFF_FFFF, block))
    return np.random.Generator(np.random.SFC64(sequence))
