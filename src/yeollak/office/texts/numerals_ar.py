"""Numbers in Arabic: digits of both scripts with their scale, and words in both genders and all cases.

Words are written as `folding` folds them. The conjunction that joins 25 out of five and twenty also lists
five and six; it joins only what makes a larger number. A dual (two of something) is a shadow: it answers
for a two.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from yeollak.office.texts.tokens import Numeral, Strength, digits, strength_of

_STEMS: Final = {3: "ثلاث", 4: "اربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان", 9: "تسع"}
_UNITS: Final = {
    **dict.fromkeys(["واحد", "واحده", "واحدا", "احد", "احدي"], 1),
    **dict.fromkeys(["اثنان", "اثنين", "اثنا", "اثني", "اثنتان", "اثنتين", "اثنتا", "اثنتي"], 2),
    **{form: value for value, stem in _STEMS.items() for form in (stem, f"{stem}ه")},
    "ثماني": 8,
    "ثمانيه": 8,
}
_TEN: Final = ("عشر", "عشره")
_TENS: Final = {
    **dict.fromkeys(("عشرون", "عشرين"), 20),
    **{f"{stem}{end}": 10 * value for value, stem in _STEMS.items() for end in ("ون", "ين")},
}
_HUNDRED: Final = ("مئه", "مائه")
_HUNDREDS: Final = {
    **{f"{hundred[:-1]}{end}": 200 for hundred in _HUNDRED for end in ("تان", "تين", "تا", "تي")},
    **{f"{stem}{hundred}": 100 * value for value, stem in _STEMS.items() for hundred in _HUNDRED},
    "ثمانيمئه": 800,
    "ثمانيمائه": 800,
}
_SCALES: Final = {
    **dict.fromkeys(["الف", "الفا", "الاف"], 10**3),
    **dict.fromkeys(["مليون", "مليونا", "ملايين"], 10**6),
    **dict.fromkeys(["مليار", "مليارا", "مليارات", "بليون", "بلايين"], 10**9),
    **dict.fromkeys(["تريليون", "تريليونا", "تريليونات"], 10**12),
}
_TWICE: Final = {
    **dict.fromkeys(["الفان", "الفين", "الفي"], 2 * 10**3),
    **dict.fromkeys(["مليونان", "مليونين", "مليوني"], 2 * 10**6),
    **dict.fromkeys(["ملياران", "مليارين", "ملياري"], 2 * 10**9),
}
_ORDINALS: Final = {
    **dict.fromkeys(["اول", "اولي", "حادي", "حاديه"], 1),
    **dict.fromkeys(["ثان", "ثاني", "ثانيه"], 2),
    **{
        form: value
        for value, stem in enumerate(
            ["ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر"], start=3
        )
        for form in (stem, f"{stem}ه", f"{stem}ا")
    },
}
_OTHER: Final = {"مره": 1, "مرتان": 2, "مرتين": 2}
_PARTS: Final = {
    "ثلث": Fraction(1, 3),
    "ثلثان": Fraction(2, 3),
    "ثلثين": Fraction(2, 3),
    "ثلثا": Fraction(2, 3),
    "ثلثي": Fraction(2, 3),
    "ربع": Fraction(1, 4),
}
_HALF_HOUR: Final = re.compile(r"(?<!\w)نصف ساعه(?!\w)")
_WORD: Final = re.compile(r"[ء-ي\u067e\u0686\u0698\u06af]+")
_DUAL: Final = re.compile(r"\w{3,}(?:ان|ين|تا|تي)|(?:يوم|شهر|عام|اسبوع)ي|كلا|كلتا")
_SCALED: Final = re.compile(rf" ?({'|'.join(sorted(_SCALES, key=len, reverse=True))})(?!\w)")


def numerals(text: str) -> list[Numeral]:
    """The numbers of a folded Arabic text, in order."""
    found: list[Numeral] = []
    taken: set[int] = set()
    for start, end, value in digits(text):
        if scaled := _SCALED.match(text, end):
            taken.add(scaled.start(1))
            value, end = value * _SCALES[scaled[1]], scaled.end()
        found.append(Numeral(start, end, value))
    for match in _HALF_HOUR.finditer(text):
        found.append(Numeral(match.start(), match.end(), Fraction(30), unit="minute"))
    words = [word for word in _WORD.finditer(text) if word.start() not in taken]
    at = 0
    while at < len(words):
        many, numeral = _read(text, words, at)
        if numeral is not None:
            found.append(numeral)
        at += max(many, 1)
    return sorted(found, key=lambda numeral: numeral.start)


def _class(word: str) -> tuple[str, int, bool, int] | None:
    """What a word is as a part of a number: its class, its value, whether `and` stands before it, and how
    many letters are joined before the number itself.
    """
    for bare, joined, cut in _bare(word):
        for name, table in (
            ("unit", _UNITS),
            ("tens", _TENS),
            ("hundreds", _HUNDREDS),
            ("scale", _SCALES),
            ("twice", _TWICE),
            ("ordinal", _ORDINALS),
            ("other", _OTHER),
        ):
            if bare in table:
                return name, table[bare], joined, cut
        if bare in _TEN:
            return "ten", 10, joined, cut
        if bare in _HUNDRED:
            return "hundred", 100, joined, cut
    return None


def _bare(word: str) -> list[tuple[str, bool, int]]:
    found = [(word, False, 0)]
    for prefix in (
        "ال",
        "و",
        "وال",
        "ب",
        "بال",
        "ل",
        "لل",
        "ك",
        "كال",
        "ف",
        "وب",
        "وبال",
        "ول",
        "ولل",
        "فال",
    ):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            found.append((word[len(prefix) :], prefix.startswith("و"), len(prefix)))
    return found


def _read(text: str, words: list[re.Match[str]], at: int) -> tuple[int, Numeral | None]:
    """How many words from `at` on make a number, and the number."""
    first = words[at]
    for bare, _, cut in _bare(first[0]):
        if bare in _PARTS:
            return 1, Numeral(first.start() + cut, first.end(), _PARTS[bare])
    known = _class(first[0])
    if known is None:
        if _DUAL.fullmatch(first[0]):
            return 1, Numeral(first.start(), first.end(), Fraction(2), "shadow")
        return 0, None
    kind, value, _, cut = known
    if kind == "other":
        return 1, Numeral(first.start() + cut, first.end(), Fraction(value), strength_of(Fraction(value)))
    total, section, many = 0, 0, 1
    last, top = kind, 10**15
    if kind in ("scale", "twice"):
        total, top = value, value if kind == "scale" else value // 2
    else:
        section = value
    for place in range(at + 1, len(words)):
        if text[words[place - 1].end() : words[place].start()] != " ":
            break
        found = _class(words[place][0])
        if found is None:
            break
        kind, value, joined, _ = found
        if words[place][0] == "واحد" and words[place + 1 : place + 2]:
            # `and eleven` looks like `one ten` once hamza is folded, and a ten never follows a one.
            joined = joined or words[place + 1][0] in _TEN
        if kind == "ten" and not joined and last in ("unit", "ordinal") and section % 100 < 10:
            section, last = section + 10, "teen"
        elif kind == "tens" and joined and last in ("unit", "ordinal") and section % 100 < 10:
            section, last = section + value, "tens"
        elif kind == "hundred" and not joined and last == "unit" and 3 <= section <= 9:
            section, last = section * 100, "hundreds"
        elif kind in ("unit", "tens", "ten", "ordinal") and joined and last in ("hundred", "hundreds"):
            section, last = section + value, kind
        elif kind == "scale" and not joined and section and value < top:
            total, section, last, top = total + section * value, 0, "scale", value
        elif (
            kind in ("unit", "ten", "tens", "hundred", "hundreds")
            and joined
            and last in ("scale", "twice")
            and top >= 1000
        ):
            section, last = value, kind
        elif kind in ("scale", "twice") and joined and last in ("scale", "twice") and value < top:
            total, top = total + value, value
        else:
            break
        many = place - at + 1
    whole = Fraction(total + section)
    strength: Strength = strength_of(whole)
    return many, Numeral(first.start() + cut, words[at + many - 1].end(), whole, strength)
