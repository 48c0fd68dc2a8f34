"""Sealing: a few bytes that nobody reads before it is time, and that nobody can exchange meanwhile.

A pad drawn from a keyed hash covers the text, and another keyed hash of the whole finds any change (encrypt, then
authenticate; BLAKE2 as the pseudo-random function, RFC 7693). What it stops and what it cannot: with the store's own
key it stops listing, searching and glancing, not somebody who may read that key and means to. With an instructor's
passphrase (stretched by scrypt, RFC 7914) the file alone tells nothing. Nothing stops a debugger on the running
process, or a greenroom that was changed. The commitment, given out beforehand, shows afterwards that what is opened is
what was dealt.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sandbox.record.errors import StoreError

PAD = 64
"""Bytes of a text are filled up to a multiple of this, so that its length tells little."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text, the salt of its passphrase (empty where there is none), and the commitment to what is in it."""

    token: str
    salt: str
    commitment: str

    @property
    def needs_passphrase(self) -> bool:
        """Whether the store's key alone does not open it."""
        return bool(self.salt)


def seal(text: bytes, *, key: bytes, passphrase: str = "") -> Sealed:
    """Cover a text with the store's key, and with a passphrase where there is one."""
    salt = secrets.token_bytes(16) if passphrase else b""
    nonce = secrets.token_bytes(16)
    filled = len(text).to_bytes(4, "big") + text
    filled += bytes(-len(filled) % PAD)
    whole = _key(key, passphrase, salt)
    covered = nonce + _over(filled, _pad(whole, nonce, len(filled)))
    token = covered + _tag(whole, covered)
    commitment = hashlib.sha256(nonce + text).hexdigest()
    return Sealed(base64.urlsafe_b64encode(token).decode(), salt.hex(), commitment)


def unseal(sealed: Sealed, *, key: bytes, passphrase: str = "") -> bytes:
    """The text again; raises StoreError where key or passphrase is another, or it was changed."""
    if sealed.needs_passphrase and not passphrase:
        raise StoreError("it was sealed with a passphrase; whoever dealt it has it")
    try:
        token, salt = base64.urlsafe_b64decode(sealed.token), bytes.fromhex(sealed.salt)
    except (ValueError, binascii.Error):
        raise StoreError("the seal is damaged") from None
    covered, tag = token[:-32], token[-32:]
    whole = _key(key, passphrase if sealed.salt else "", salt)
    if len(covered) < 16 + PAD or not hmac.compare_digest(_tag(whole, covered), tag):
        raise StoreError("the seal does not open: another passphrase, another store's key, or it was changed")
    nonce, rest = covered[:16], covered[16:]
    filled = _over(rest, _pad(whole, nonce, len(rest)))
    text = filled[4 : 4 + int.from_bytes(filled[:4], "big")]
    if hashlib.sha256(nonce + text).hexdigest() != sealed.commitment:
        raise StoreError("what is in the seal is not what was committed to when it was dealt")
    return text


def _key(key: bytes, passphrase: str, salt: bytes) -> bytes:
    stretched = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32) if passphrase else b""
    return hashlib.blake2b(stretched, key=key, digest_size=32, person=b"greenroom seal").digest()


def _pad(key: bytes, nonce: bytes, length: int) -> bytes:
    blocks = (
        hashlib.blake2b(nonce + number.to_bytes(4, "big"), key=key, digest_size=64, person=b"pad").digest()
        for number in range(-(-length // 64))
    )
    return b"".join(blocks)[:length]


def _tag(key: bytes, covered: bytes) -> bytes:
    return hashlib.blake2b(covered, key=key, digest_size=32, person=b"tag").digest()


def _over(text: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))
