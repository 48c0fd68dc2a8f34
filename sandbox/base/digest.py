"""Canonical bytes and the hash chain whose head is the digest of a flight."""

import hashlib
import json
import math
from typing import Any

GENESIS = "0" * 64


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def canonical(value: Any) -> bytes:
    """One byte string for one JSON value: sorted keys, no spaces, non-finite numbers as null."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def chain(head: str, value: Any) -> str:
    """The next head of a hash chain after `value`."""
    return hashlib.sha256(head.encode() + canonical(value)).hexdigest()


def fingerprint(data: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    return hashlib.sha256(data).hexdigest()
