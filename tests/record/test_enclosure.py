"""Enclosures: the digest of the specification, private wrappers, size classes and padding."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.record import enclosure

OFFICE = "ab" * 32
SALT = bytes(range(16))


@given(st.binary(max_size=100))
def test_the_digest_is_the_one_of_the_specification(content: bytes) -> None:
    written = b"yeollak/enclosure/1" + b"\0" + OFFICE.encode() + b"south" + b"\0" + SALT + content
    assert enclosure.digest(OFFICE, "south", SALT, content) == hashlib.sha256(written).digest()


def test_the_digest_binds_office_side_and_salt() -> None:
    digests = {
        enclosure.digest(office, side, salt, b"text")
        for office in (OFFICE, "cd" * 32)
        for side in ("south", "north")
        for salt in (SALT, bytes(16))
    }
    assert len(digests) == 8
    with pytest.raises(RecordFault):
        enclosure.digest(OFFICE, "south", b"short", b"text")
    with pytest.raises(RecordFault):
        enclosure.digest(OFFICE.upper(), "south", SALT, b"text")


@given(st.binary(max_size=60), st.data())
def test_a_blob_opens_for_its_own_digest_alone(content: bytes, data: st.DataObject) -> None:
    expected = enclosure.digest(OFFICE, "south", SALT, content).hex()
    blob = enclosure.blob(SALT, content)
    assert enclosure.open_blob(OFFICE, "south", expected, blob) == (SALT, content)
    at = data.draw(st.integers(0, len(blob) - 1))
    flipped = blob[:at] + bytes((blob[at] ^ 1,)) + blob[at + 1 :]
    for case in (
        (OFFICE, "north", expected, blob),
        (OFFICE, "south", expected, flipped),
        (OFFICE, "south", expected, b""),
    ):
        with pytest.raises(RecordFault) as caught:
            enclosure.open_blob(*case)
        assert caught.value.code == "digest-mismatch"


@pytest.mark.parametrize(
    ("size", "bound"),
    [(0, 4096), (1, 4096), (4096, 4096), (4097, 16384), (16385, 65536), (65537, 262144), (10**6, 1048576)],
)
def test_size_classes(size: int, bound: int) -> None:
    assert enclosure.size_class(size) == bound


@given(st.none() | st.just("ko"), st.none() | st.just("명단.csv"), st.binary(max_size=5000))
def test_a_private_enclosure_comes_back_and_travels_as_its_class(
    lang: str | None, name: str | None, content: bytes
) -> None:
    wrapped = enclosure.wrap_private(lang, name, "text/csv", content)
    assert enclosure.unwrap_private(wrapped) == enclosure.Private("text/csv", lang, name, content)
    padded = enclosure.pad(wrapped)
    assert len(padded) == enclosure.size_class(len(wrapped))
    assert enclosure.strip(padded) == wrapped
    assert enclosure.unwrap_private(padded).content == content


def test_the_wrapper_is_the_one_of_the_specification() -> None:
    header = b'{"lang":"ko","name":"a.txt","size":2,"type":"text/plain"}'
    assert (
        enclosure.wrap_private("ko", "a.txt", "text/plain", b"hi")
        == len(header).to_bytes(2, "big") + header + b"hi"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0\0",
        b"\xff\xff{}",
        b"\0\x02{}",
        b"\0\x1e" + b'{"size":9,"type":"text/plain"}' + b"hi",
        b"\0\x1e" + b'{"size":2,"type":"text/plain"}' + b"hi\x01",
        b"\0\x1e" + b'{"type":"text/plain","size":2}' + b"hi",
        b"\0\x27" + b'{"name":"../x","size":2,"type":"a/b"}  ' + b"hi",
    ],
)
def test_another_wrapper_is_malformed(data: bytes) -> None:
    with pytest.raises(RecordFault) as caught:
        enclosure.unwrap_private(data)
    assert caught.value.code == "malformed"


@given(st.binary(max_size=100))
def test_any_bytes_unwrap_or_are_malformed(data: bytes) -> None:
    try:
        found = enclosure.unwrap_private(data)
    except RecordFault:
        return  # any other exception fails the test
    assert data.startswith(enclosure.wrap_private(found.lang, found.name, found.type, found.content))
