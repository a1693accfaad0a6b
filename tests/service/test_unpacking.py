"""Unpacking bodies, in pieces of any size, as a Java client does."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.service.unpacking import unpacker_for

BODY = b'{"access_token": "at-3f9c8d7e6b5a4b3c", "token_type": "bearer", "expires_in": 3600}'


def without_header(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED = {
    "as it is": ("", BODY),
    "gzip": ("gzip", gzip.compress(BODY)),
    "gzip by its old name": (" X-GZIP ", gzip.compress(BODY)),
    "gzip in two members": ("gzip", gzip.compress(BODY[:20]) + gzip.compress(BODY[20:])),
    "gzip with something behind it": ("gzip", gzip.compress(BODY) + b"\0\0\0"),
    "deflate": ("deflate", zlib.compress(BODY)),
    "deflate without its header": ("deflate", without_header(BODY)),
    "gzip that is called deflate": ("deflate", gzip.compress(BODY)),
    "what was not asked for": ("br", BODY),
}


def unpacked(encoding: str, body: bytes, size: int, room: int = 1_000) -> bytes:
    unpack, found = unpacker_for(encoding), b""
    for start in range(0, len(body), size):
        found += unpack(body[start : start + size], room - len(found))
    unpack.finish()
    return found


@pytest.mark.parametrize("name", PACKED)
@given(size=st.integers(1, 150))
def test_pieces_of_any_size_are_put_together(name: str, size: int) -> None:
    encoding, body = PACKED[name]
    assert unpacked(encoding, body, size) == BODY


@pytest.mark.parametrize("lost", [1, 4, 8, 30])
@pytest.mark.parametrize("name", ["gzip", "gzip in two members", "deflate", "deflate without its header"])
def test_what_breaks_off_is_told(name: str, lost: int) -> None:
    encoding, body = PACKED[name]
    with pytest.raises(zlib.error):
        unpacked(encoding, body[:-lost], 1000)


@pytest.mark.parametrize("body", [b"\x1f", BODY, b"\x1f\x8b\xff\xff"])
def test_what_is_not_packed_at_all_is_told(body: bytes) -> None:
    with pytest.raises(zlib.error):
        unpacked("gzip", body, 1000)


def test_no_more_is_unpacked_than_there_is_room_for() -> None:
    unpack = unpacker_for("gzip")
    assert len(unpack(gzip.compress(b"0" * 50_000_000), 1_000)) == 1_000


def test_nothing_at_all_is_whole() -> None:
    assert unpacked("gzip", b"", 1) == b""
