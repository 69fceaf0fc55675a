"""The instrument: one joint text in parallel languages, as the exact bytes that every side signs.

It is deterministic JSON of a media type of its own. Each language has its own title, preamble and articles,
so that a draft may hold languages that do not agree yet; `compare` finds where. The bytes come from the
other side, so `read` bounds them and refuses what could hide or turn round what a signer sees. Who has
signed is no part of it. Source: docs/spec/14-joint-texts.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, Literal, NoReturn, cast, get_args

from yeollak.errors import RecordFault
from yeollak.record import canon, enclosure

MEDIA_TYPE: Final = "application/vnd.yeollak.instrument+json"
Standing = Literal["authentic", "reference"]
STANDINGS: Final[tuple[str, ...]] = get_args(Standing)
Stage = Literal["sight", "rough", "official"]
#: How far a translation has been worked, in the order of the work.
STAGES: Final[tuple[str, ...]] = get_args(Stage)

MAX_INSTRUMENT: Final = 1024 * 1024
MAX_LANGUAGES: Final = 8
MAX_ARTICLES: Final = 256
MAX_PARAGRAPHS: Final = 64  # of one article, and of a preamble
MAX_TITLE: Final = 512  # characters of a title or heading
MAX_PARAGRAPH: Final = canon.MAX_STRING
MAX_PLACES: Final = 32
MAX_ANNEXES: Final = 32

_WHAT: Final = "the joint text"
_LANG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}(?:\.[1-9][0-9]{0,2}){0,3}")
_TOKEN: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
# Whatever could hide in a line, break it, or turn its reading order round: controls, line separators, every
# character with the property Bidi_Control, characters that have no shape, private use and noncharacters.
_BAD: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def _malformed(why: str) -> NoReturn:
    raise RecordFault("malformed", what=_WHAT, why=why)


def number_key(number: str) -> tuple[int, ...]:
    """The order of article numbers: 3, 4, 4.2 (the one that stands between 4 and 5), 10."""
    return tuple(int(part) for part in number.split("."))


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language. `number` is neutral (`4.2`); how it is called is a matter of the
    language.
    """

    number: str
    paragraphs: tuple[str, ...]
    heading: str = ""

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.number):
            _malformed("the number of an article is not one such as 3 or 4.2")
        if self.heading:
            _check_line(self.heading, MAX_TITLE, f"the heading of article {self.number}")
        _check_paragraphs(self.paragraphs, f"article {self.number}")
        if not self.paragraphs:
            _malformed(f"article {self.number} has no paragraph")


@dataclass(frozen=True, slots=True)
class Version:
    """The text in one language.

    `lang` is a BCP 47 tag; `side` says whose own version it is, where two sides write one language each in
    its own way; `stage` is how far a reference translation has been worked, and unsaid for an authentic
    text.
    """

    lang: str
    standing: Standing
    title: str
    articles: tuple[Article, ...] = ()
    preamble: tuple[str, ...] = ()
    side: str = ""
    stage: Stage | Literal[""] = ""

    def __post_init__(self) -> None:
        if not _LANG.fullmatch(self.lang):
            _malformed("a language is not a language tag")
        if self.standing not in STANDINGS:
            _malformed(f"the text in {self.lang} is neither authentic nor for reference")
        if self.stage and (self.stage not in STAGES or self.standing != "reference"):
            _malformed(f"the text in {self.lang} has a stage of translation that it cannot have")
        if self.side:
            canon.side_name(self.side, f"the side of the text in {self.lang}")
        _check_line(self.title, MAX_TITLE, f"the title in {self.lang}")
        _check_paragraphs(self.preamble, f"the preamble in {self.lang}")
        if not self.articles and not self.preamble:
            _malformed(f"the text in {self.lang} says nothing")
        if len(self.articles) > MAX_ARTICLES:
            _malformed(f"the text in {self.lang} has more than {MAX_ARTICLES} articles")
        keys = [number_key(article.number) for article in self.articles]
        if any(after <= before for before, after in pairwise(keys)):
            _malformed(f"the articles in {self.lang} are not in the order of their numbers, each once")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is to sign: the side, and the function in which its signatory signs."""

    side: str
    function: str

    def __post_init__(self) -> None:
        canon.side_name(self.side, "the side of a signatory")
        if not _TOKEN.fullmatch(self.function):
            _malformed("the function of a signatory is not a name of a function")


@dataclass(frozen=True, slots=True)
class Annex:
    """What belongs to the text and stands in an enclosure of its own: its digest, and a title by language."""

    digest: str
    title: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        canon.hexadecimal(self.digest, 64, "the digest of an annex")
        if len(self.title) > MAX_LANGUAGES:
            _malformed("an annex has too many titles")
        for lang, title in self.title.items():
            if not _LANG.fullmatch(lang):
                _malformed("a language is not a language tag")
            _check_line(title, MAX_TITLE, f"the title of an annex in {lang}")


@dataclass(frozen=True, slots=True)
class Instrument:
    """A joint text that has been read and found whole. `raw` are its exact bytes.

    `prevails` is the language that prevails where the authentic ones differ, or the empty string when each
    is of equal force. `orders` gives, for a side, the order in which its own copy shows `places` (the
    alternat); a side that is not named there shows them as they stand.
    """

    versions: tuple[Version, ...]
    places: tuple[Place, ...] = ()
    orders: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    prevails: str = ""
    annexes: tuple[Annex, ...] = ()
    raw: bytes = field(default=b"", compare=False, repr=False)

    def __post_init__(self) -> None:
        langs = self.languages
        if not 1 <= len(langs) <= MAX_LANGUAGES or len(set(langs)) != len(langs):
            _malformed(f"it does not have 1 to {MAX_LANGUAGES} different languages")
        if not self.authentic:
            _malformed("no language is authentic")
        if self.prevails and self.prevails not in self.authentic:
            _malformed("the language that prevails is not an authentic one")
        if len(self.places) > MAX_PLACES or len(set(self.places)) != len(self.places):
            _malformed(f"it has more than {MAX_PLACES} signatories or one twice")
        sides = {place.side for place in self.places}
        for side, order in self.orders.items():
            if side not in sides or sorted(order) != list(range(len(self.places))):
                _malformed(f"the order of signatories of {side[:64]!a} is none of the places that it has")
        digests = {annex.digest for annex in self.annexes}
        if len(self.annexes) > MAX_ANNEXES or len(digests) != len(self.annexes):
            _malformed(f"it has more than {MAX_ANNEXES} annexes or one twice")
        for annex in self.annexes:
            if not set(annex.title) <= set(langs):
                _malformed("an annex has a title in a language that the text does not have")

    @property
    def languages(self) -> tuple[str, ...]:
        """The language tags, in the order of the bytes."""
        return tuple(version.lang for version in self.versions)

    @property
    def authentic(self) -> tuple[str, ...]:
        """The languages that bind."""
        return tuple(version.lang for version in self.versions if version.standing == "authentic")

    def version(self, lang: str) -> Version:
        """The text in `lang`. Raises KeyError when it has none."""
        for version in self.versions:
            if version.lang == lang:
                return version
        raise KeyError(lang)

    def signatories(self, side: str) -> tuple[Place, ...]:
        """The places in the order of a side's own copy."""
        order = self.orders.get(side, range(len(self.places)))
        return tuple(self.places[at] for at in order)


def draft(
    versions: Sequence[Version],
    *,
    places: Sequence[Place] = (),
    orders: Mapping[str, Sequence[int]] | None = None,
    prevails: str = "",
    annexes: Sequence[Annex] = (),
) -> bytes:
    """The bytes of a joint text; they are read back before they are given out.

    Raises RecordFault(`malformed`) and (`too-large`).
    """
    value: dict[str, Any] = {"texts": [_version_to_json(version) for version in versions], "v": 1}
    if places:
        value["places"] = [{"function": place.function, "side": place.side} for place in places]
    if orders:
        value["orders"] = {side: list(order) for side, order in orders.items()}
    if prevails:
        value["prevails"] = prevails
    if annexes:
        value["annexes"] = [
            {"digest": annex.digest, **({"title": dict(annex.title)} if annex.title else {})}
            for annex in annexes
        ]
    data = canon.encode(value, what=_WHAT)
    read(data)
    return data


def read(data: bytes) -> Instrument:
    """The joint text that `data` is.

    Raises RecordFault(`too-large`) above 1 MiB, else (`malformed`), and nothing else, for any bytes.
    """
    optional = {"annexes", "orders", "places", "prevails"}
    value = canon.fields(
        canon.decode(data, limit=MAX_INSTRUMENT, what=_WHAT), {"texts", "v"}, optional, _WHAT
    )
    if type(value["v"]) is not int or value["v"] != 1:
        _malformed("its version is not 1")
    for name in optional & value.keys():
        if not value[name]:
            _malformed(f"its field {name} is empty")
    return Instrument(
        versions=tuple(_read_version(item) for item in _list(value["texts"], "its texts", MAX_LANGUAGES)),
        places=tuple(_read_place(item) for item in _list(value.get("places", []), "its places", MAX_PLACES)),
        orders=_read_orders(value.get("orders", {})),
        prevails=_string(value.get("prevails", ""), "the language that prevails"),
        annexes=tuple(
            _read_annex(item) for item in _list(value.get("annexes", []), "its annexes", MAX_ANNEXES)
        ),
        raw=data,
    )


def digest(office: str, side: str, salt: bytes, data: bytes) -> str:
    """What a signature names: the enclosure digest of these bytes as `side` puts them on the table, 64 hex
    digits.

    Raises RecordFault(`malformed`, `too-large`) for bytes that are no joint text: nobody should freeze them.
    """
    read(data)
    return enclosure.digest(office, side, salt, data).hex()


def _version_to_json(version: Version) -> dict[str, Any]:
    value: dict[str, Any] = {"lang": version.lang, "standing": version.standing, "title": version.title}
    for name, item in (
        ("side", version.side),
        ("stage", version.stage),
        ("preamble", list(version.preamble)),
    ):
        if item:
            value[name] = item
    if version.articles:
        value["articles"] = [
            {
                "number": article.number,
                "paragraphs": list(article.paragraphs),
                **({"heading": article.heading} if article.heading else {}),
            }
            for article in version.articles
        ]
    return value


def _read_version(value: Any) -> Version:
    what = "a language of the joint text"
    item = canon.fields(value, {"lang", "standing", "title"}, {"articles", "preamble", "side", "stage"}, what)
    _no_empty(item, what)
    return Version(
        lang=_string(item["lang"], "a language"),
        standing=cast(Standing, _string(item["standing"], "the standing of a language")),
        title=_string(item["title"], "a title"),
        articles=tuple(
            _read_article(part) for part in _list(item.get("articles", []), "the articles", MAX_ARTICLES)
        ),
        preamble=_strings(item.get("preamble", []), "a preamble"),
        side=_string(item.get("side", ""), "the side of a language"),
        stage=cast(Stage, _string(item.get("stage", ""), "the stage of a translation")),
    )


def _read_article(value: Any) -> Article:
    what = "an article of the joint text"
    item = canon.fields(value, {"number", "paragraphs"}, {"heading"}, what)
    _no_empty(item, what)
    return Article(
        number=_string(item["number"], "the number of an article"),
        paragraphs=_strings(item["paragraphs"], "the paragraphs of an article"),
        heading=_string(item.get("heading", ""), "a heading"),
    )


def _read_place(value: Any) -> Place:
    item = canon.fields(value, {"function", "side"}, set(), "a signatory of the joint text")
    return Place(item["side"], _string(item["function"], "the function of a signatory"))


def _read_orders(value: Any) -> Mapping[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        _malformed("its orders are not an object")
    return MappingProxyType(
        {
            side: tuple(
                canon.natural(at, "a place in an order", most=MAX_PLACES)
                for at in _list(order, "an order", MAX_PLACES)
            )
            for side, order in value.items()
        }
    )


def _read_annex(value: Any) -> Annex:
    what = "an annex of the joint text"
    item = canon.fields(value, {"digest"}, {"title"}, what)
    _no_empty(item, what)
    title = item.get("title", {})
    if not isinstance(title, dict):
        _malformed("the title of an annex is not an object")
    return Annex(item["digest"], MappingProxyType(title))


def _no_empty(item: Mapping[str, Any], what: str) -> None:
    # A field that says nothing must be absent, or one text would have two encodings.
    for name, value in item.items():
        if value in ("", [], {}):
            raise RecordFault("malformed", what=what, why=f"its field {name} is empty")


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        _malformed(f"{what} is not a string")
    return value


def _list(value: Any, what: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        _malformed(f"{what} are not a list of at most {most}")
    return value


def _strings(value: Any, what: str) -> tuple[str, ...]:
    return tuple(_string(item, what) for item in _list(value, what, MAX_PARAGRAPHS))


def _check_paragraphs(paragraphs: tuple[str, ...], what: str) -> None:
    if len(paragraphs) > MAX_PARAGRAPHS:
        _malformed(f"{what} has more than {MAX_PARAGRAPHS} paragraphs")
    for paragraph in paragraphs:
        _check_line(paragraph, MAX_PARAGRAPH, f"a paragraph of {what}")


def _check_line(text: Any, longest: int, what: str) -> None:
    if not isinstance(text, str) or not 1 <= len(text) <= longest:
        _malformed(f"{what} does not have 1 to {longest} characters")
    if found := _BAD.search(text):
        _malformed(
            f"{what} has the character U+{ord(found[0]):04X}, which could hide or turn round what is read"
        )
    if text != text.strip():
        _malformed(f"{what} begins or ends with white space")
