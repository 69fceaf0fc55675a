"""What is quick for most texts comes to the same as what is right for all."""

from __future__ import annotations

from random import Random

from yeollak.words.foreign import brief, clean
from yeollak.words.searchable import terms, tokens

_LETTERS = "aZ09 _-.,'\n\t\x00\x1f\x7f~@É가물ش ​‏­"


def test_words_of_ascii_are_found_as_among_other_letters() -> None:
    random = Random(3)
    for _ in range(2000):
        text = "".join(chr(random.randrange(128)) for _ in range(random.randrange(24)))
        slow = [term for term in terms(f"{text} 가") if term.token != "가"]
        assert list(terms(text)) == slow
        assert tokens(text) == [term.token for term in slow]


def test_what_can_be_printed_is_cleaned_as_what_cannot() -> None:
    random = Random(4)
    for _ in range(4000):
        text = "".join(random.choice(_LETTERS) for _ in range(random.randrange(20)))
        for lines in (False, True):
            # A mark that is taken out makes the text one that cannot be printed.
            assert clean(text, longest=40, lines=lines) == clean(f"{text}\u202e", longest=40, lines=lines)


def test_a_tower_of_marks_is_cut_and_what_languages_write_is_not() -> None:
    tower = "W" + "\u0336\u0351\u0489" * 40 + "ater"
    assert brief(tower, longest=60) == "W\u0336\u0351\u0489\u0336ater"
    for written in ("مُحَمَّدٌ", "Việt Nam", "댐 방류", "שָּׁלוֹם"):
        assert brief(written, longest=60) == clean(written, longest=60)
    assert len(brief("\ufdfd" * 500, longest=60)) == 60
