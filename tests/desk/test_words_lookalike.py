"""What a name can be taken for: rules of UTS 39 as properties over Unicode's own tables."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.lookalikes import TABLE
from yeollak.words.lookalike import Names, mixed, mixed_words, skeleton, unseen

#: What looks like what, straight from the table.
LIKE = [
    (chr(int(left, 16)), "".join(chr(int(one, 16)) for one in right.split()))
    for left, tab, right in (
        line.partition("\t")
        for line in TABLE.read_text(encoding="utf-8").partition("@like\n")[2].splitlines()
    )
    if tab
]
LATIN, ARABIC, HANGUL = (
    "abcdefghijklmnopqrstuvwxyzéü",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "가나다라마바사김철수한강",
)
CYRILLIC, GREEK, HAN = "абвгдежзийклмнопрстуфхцчшщ", "αβγδεζηθικλμνξοπρστυφχψω", "金李朴崔鄭"
#: What Latin look-alikes of other scripts are swapped in for.
SWAPS = {target: source for source, target in LIKE if len(target) == 1 and source in CYRILLIC + GREEK}
INVISIBLE = "\u200b\u2060\ufeff\u00ad\u034f\u115f\u3164\u202e\u2066\U000e0061"


def names(letters: str) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=12)


def test_the_table_is_that_of_unicode() -> None:
    assert len(LIKE) == 6565  # as the file of version 17 counts itself
    # What decomposes is compared by what it is made of, and never as it stands.
    whole = [pair for pair in LIKE if unicodedata.normalize("NFD", pair[0]) == pair[0]]
    assert len(whole) > 5000
    assert all(skeleton(source) == skeleton(target) for source, target in whole)


@given(st.text(max_size=30))
def test_a_skeleton_is_a_skeleton_of_itself_and_of_every_form(text: str) -> None:
    bones = skeleton(text)
    assert skeleton(bones) == bones
    assert (
        skeleton(unicodedata.normalize("NFC", text)) == skeleton(unicodedata.normalize("NFD", text)) == bones
    )


@given(names(LATIN), names(ARABIC), names(HANGUL), names(HAN), names(CYRILLIC), names(GREEK))
def test_what_is_written_together(
    latin: str, arabic: str, hangul: str, han: str, cyr: str, greek: str
) -> None:
    for one in (latin, arabic, hangul, han, cyr, greek):
        assert not mixed(one)
        assert not mixed(f"{one}, 12 (1-3).")
    for one in (f"{hangul} {latin}", f"{latin}{hangul}", f"{han}{hangul}", f"{han} {hangul} {latin}"):
        assert not mixed(one)
        assert not mixed_words(one)
    for other in (arabic, cyr, greek):
        assert mixed(f"{latin} {other}")
        assert mixed(f"{other}{hangul}")
        assert mixed_words(f"{latin}{other}")
        assert not mixed_words(f"{latin} {other}")
        assert not mixed_words(f"{other}.{latin}")


def test_figures_of_one_script() -> None:
    assert not mixed("12 ٪")
    assert not mixed("محمد ١٢")
    assert mixed("1٢")
    assert not mixed_words("اجتماع الـWHO 12")


@given(st.text("abcdehikmnoprstuxyp", min_size=1, max_size=12), st.data())
def test_a_swapped_letter_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    swapped = name[:at] + SWAPS.get(name[at], name[at]) + name[at + 1 :]
    known = Names()
    known.note(name, ours=True)
    known.note(swapped, ours=False)
    assert known.like(swapped) == (name if swapped != name else "")
    assert known.ours(name)
    assert not known.ours(swapped) or swapped == name
    if swapped != name:
        assert mixed(swapped) or len(name) == 1


@given(st.sampled_from([LATIN, ARABIC, HANGUL, HAN]).flatmap(names), st.sampled_from(INVISIBLE), st.data())
def test_what_cannot_be_seen_is_found(name: str, hidden: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    assert not unseen(name)
    assert unseen(name[:at] + hidden + name[at:])
    assert skeleton(name[:at] + "\u200b" + name[at:]) == skeleton(name)


@pytest.mark.parametrize(
    "text", ["می‌خواهم", "क्‍ष", "المادة ‏(1)", "👨‍👩‍👧", "❤️", "葛\U000e0100", "a\nb", "두\u00a0칸"]
)
def test_what_is_needed_is_not_told(text: str) -> None:
    assert not unseen(text)


@pytest.mark.parametrize("text", ["a\u200db", "abc\u200e", "가\u200c나", "a\ufe0f", "\u200f"])
def test_what_is_not_needed_is_told(text: str) -> None:
    assert unseen(text)


def test_letters_of_other_widths_and_styles_are_the_plain_ones() -> None:
    known = Names()
    known.note("Kim", ours=True)
    for other in ("Ｋｉｍ", "𝐊𝐢𝐦", "Kiｍ", "Kírn".replace("í", "i")):
        known.note(other, ours=False)
        assert known.like(other) == "Kim"
    known.note("KIM", ours=False)
    assert known.like("KIM") == ""


def test_ours_is_named_before_theirs() -> None:
    known = Names()
    known.note("раура", ours=False)
    known.note("paypa", ours=True)
    known.note("рaура", ours=False)
    assert known.like("рaура") == "paypa"
