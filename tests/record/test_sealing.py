"""What is sealed is not read before it is time, and not exchanged meanwhile."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.record.errors import StoreError
from sandbox.record.sealing import seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_what_was_sealed_comes_out_again(text: bytes) -> None:
    assert unseal(seal(text, key=KEY), key=KEY) == text


def test_neither_the_text_nor_its_exact_length_shows() -> None:
    short, long = seal(b'{"case": "errors"}', key=KEY), seal(b'{"case": "blip"}', key=KEY)
    assert b"errors" not in base64.urlsafe_b64decode(short.token)
    assert len(short.token) == len(long.token)


def test_the_same_text_is_never_sealed_alike() -> None:
    one, other = seal(b"case", key=KEY), seal(b"case", key=KEY)
    assert one.token != other.token
    assert one.commitment != other.commitment


def test_another_stores_key_or_passphrase_does_not_open_it() -> None:
    plain, phrased = seal(b"case", key=KEY), seal(b"case", key=KEY, passphrase="correct horse")
    for sealed, key, passphrase in ((plain, OTHER, ""), (phrased, KEY, ""), (phrased, KEY, "battery staple")):
        with pytest.raises(StoreError):
            unseal(sealed, key=key, passphrase=passphrase)
    assert unseal(phrased, key=KEY, passphrase="correct horse") == b"case"


@settings(max_examples=60)
@given(st.integers(0, 111), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, change: int) -> None:
    sealed = seal(b"case", key=KEY)
    token = bytearray(base64.urlsafe_b64decode(sealed.token))
    assert len(token) == 112
    token[place] ^= change
    with pytest.raises(StoreError):
        unseal(replace(sealed, token=base64.urlsafe_b64encode(bytes(token)).decode()), key=KEY)


def test_what_was_exchanged_for_another_deal_breaks_the_commitment() -> None:
    dealt, exchanged = seal(b"case", key=KEY), seal(b"easier", key=KEY)
    with pytest.raises(StoreError, match="committed"):
        unseal(replace(exchanged, commitment=dealt.commitment), key=KEY)
