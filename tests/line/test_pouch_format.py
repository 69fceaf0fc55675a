"""The bytes of a pouch: what was cut comes together again, and what was altered is named."""

from __future__ import annotations

import io
import random

import pytest
import segno
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.line import pouch, pouch_paper
from yeollak.line.pouch import MAGIC, MARK, Cut, Damaged, Part, framed, frames, parts_in, piece_size


def cut(content: bytes, piece: int) -> Cut:
    return Cut(lambda at, length: content[at : at + length], len(content), piece)


def found(data: bytes) -> list[Part | Damaged]:
    return list(parts_in(io.BytesIO(data)))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=3000), st.integers(1, 700), st.randoms(use_true_random=False))
def test_parts_come_together_in_any_order_and_form(content: bytes, piece: int, rng: random.Random) -> None:
    made = cut(content, piece)
    parts = list(made.parts())
    assert {part.id for part in parts} == {made.id}
    assert [part.number for part in parts] == list(range(1, made.of + 1))
    mixed = parts + rng.choices(parts, k=3)
    rng.shuffle(mixed)
    as_files = b"junk".join(part.encode() for part in mixed)
    as_lines = "\r\n".join(f"scan 7; {part.line().lower()}  " for part in mixed).encode()
    for data in (as_files, as_lines):
        back = found(data)
        assert back == mixed
        whole = {part.number: part.piece for part in back if isinstance(part, Part)}
        assert b"".join(whole[number] for number in sorted(whole)) == content
    assert cut(content, piece).id == made.id


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_part_that_was_altered_or_cut_is_no_part_and_the_others_are(data: st.DataObject) -> None:
    content = data.draw(st.binary(min_size=40, max_size=400))
    parts = list(cut(content, 37).parts())
    at = data.draw(st.integers(0, len(parts) - 1))
    encoded = [part.encode() for part in parts]
    place = data.draw(st.integers(0, len(encoded[at]) - 1))
    if data.draw(st.booleans()):
        spoilt = bytearray(encoded[at])
        spoilt[place] ^= data.draw(st.integers(1, 255))
        encoded[at] = bytes(spoilt)
    else:
        encoded[at] = encoded[at][:place]
    back = found(b"".join(encoded))
    good = [part for part in back if isinstance(part, Part)]
    assert set(good) <= set(parts)
    assert set(parts) - {parts[at]} == set(good)
    damaged = [part for part in back if isinstance(part, Damaged)]
    # A mark that is damaged itself is not seen; anything else of a part is.
    assert len(damaged) == (0 if place < len(MAGIC) else 1)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_line_with_a_wrong_letter_is_damaged(data: st.DataObject) -> None:
    (part,) = cut(b"x" * 60, 100).parts()
    line = part.line()
    at = data.draw(st.integers(len(MARK), len(line) - 1))
    letter = data.draw(st.sampled_from(sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567!8") - {line[at]})))
    typed = line[:at] + letter + line[at + 1 :]
    back = found(typed.encode())
    # Bits beyond the last byte stand for nothing.
    assert back == [part] if at == len(line) - 1 and back == [part] else isinstance(back[0], Damaged)


def test_typed_zero_and_one_are_letters() -> None:
    parts = list(cut(random.Random(3).randbytes(900), 100).parts())
    typed = "\n".join(MARK + part.line()[len(MARK) :].replace("O", "0").replace("I", "1") for part in parts)
    assert found(typed.encode()) == parts


def test_the_pouch_binds_how_many_parts_it_has() -> None:
    """Otherwise a stranger's part could claim another number of parts for the same id."""
    parts = list(cut(b"abc" * 100, 100).parts())
    assert len(parts) == 3
    lie = Part(1, 4, parts[0].pouch, parts[0].proof, parts[0].piece)
    assert isinstance(found(lie.encode())[0], Damaged)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_follows_the_mark_is_bounded(data: bytes) -> None:
    for whole in (MAGIC + data, MARK.encode() + data):
        assert all(isinstance(part, Damaged | Part) for part in found(whole))


def test_lengths_are_no_order_to_read() -> None:
    head = (1).to_bytes(2, "big") + (1).to_bytes(2, "big") + (2**32 - 1).to_bytes(4, "big") + bytes(33)

    class Told(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size >= 0
            self.most = max(self.most, size)
            return super().read(size)

    file = Told(MAGIC + head + bytes(100))
    assert [type(part) for part in parts_in(file)] == [Damaged]
    assert file.most <= 1024 * 1024


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**7), st.integers(1024, 10**7))
def test_parts_keep_below_their_upper_size(content: int, upper: int) -> None:
    assume(content < pouch.MAX_PARTS * (upper - pouch.overhead(12)))
    piece = piece_size(content, upper)
    of = -(-content // piece)
    assert of <= pouch.MAX_PARTS
    assert pouch.overhead((of - 1).bit_length()) + min(piece, content) <= upper


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=10))
def test_parcels_are_found_in_the_content(parcels: list[bytes]) -> None:
    content = b"".join(map(framed, parcels))
    places = frames(lambda at, length: content[at : at + length], len(content))
    assert [content[at : at + length] for at, length in places] == parcels


@pytest.mark.parametrize(
    "content", [b"\0\0\0\0", b"\0\0\0\5abcd", b"\0\0", b"\xff\xff\xff\xff" + bytes(9), b"\0\0\0\1a\0"]
)
def test_content_that_is_not_filled_by_parcels(content: bytes) -> None:
    with pytest.raises(RecordFault, match="malformed"):
        frames(lambda at, length: content[at : at + length], len(content))


def test_a_code_on_paper_holds_a_whole_line() -> None:
    content = random.Random(5).randbytes(5000)
    parts = list(cut(content, piece_size(len(content), pouch_paper.UPPER)).parts())
    assert max(len(part.line()) for part in parts) <= pouch_paper.CHARACTERS
    assert max(len(part.line()) for part in parts) > pouch_paper.CHARACTERS - 16
    with pytest.raises(segno.DataOverflowError):
        segno.make(
            "A" * (pouch_paper.CHARACTERS + 1),
            version=pouch_paper.VERSION,
            error=pouch_paper.ERROR,
            mode="alphanumeric",
        )
    document = pouch_paper.pages([part.line() for part in parts], ["<1>"] * len(parts), "a&b", "ar", "rtl")
    assert document.count(b"<path") == len(parts)
    assert document.count(b"<svg") == -(-len(parts) // 6)
    assert b"&lt;1&gt;" in document
    assert b"<script" not in document
    assert b"http" not in document
