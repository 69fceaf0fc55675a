"""The texts that acts of the replay enclose: an event told, a notice under seal, a text of all sides.

The wording of the real notices, agreements and minutes is not public, or only in part. What stands here in
its place says so in its first line, and says no more than the history does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from yeollak.demo.history import LANGUAGES, SIDES, chronicle
from yeollak.node.acting import Text
from yeollak.office.texts.instrument import MEDIA_TYPE, Article, Place, Version, draft
from yeollak.record import canon

#: The first line of every reconstructed text.
HEAD: Final[Mapping[str, str]] = {
    "en": "Reconstruction from public sources; this is not the wording of the original.",
    "ko": "공개 자료에 바탕한 재구성이며, 원문의 문구가 아니다.",
    "ar": "إعادة بناء من مصادر علنية، وليست نص الأصل.",
}
#: Korean is the working language of the history; it stands first.
_ORDER: Final = ("ko", "en", "ar")


def telling(event: Mapping[str, Any]) -> Text:
    """The `chronicle/1` enclosure of an event."""
    return Text(canon.encode(chronicle(event)), "application/vnd.yeollak.chronicle+json")


def notice(event: Mapping[str, Any]) -> tuple[Text, ...]:
    """What a notice says as far as the history tells, a text in each language, to be released by consent."""
    return tuple(
        Text(_page(event, language), "text/plain", language, f"notice.{language}.txt", "consent")
        for language in _ORDER
    )


def instrument(event: Mapping[str, Any]) -> Text:
    """The one text that the sides sign: parallel languages under one digest, Korean authentic and the others
    for reference; each side stands first in its own copy.
    """
    versions = [
        Version(
            language,
            "authentic" if language == _ORDER[0] else "reference",
            event["title"][language],
            articles=_articles(event, language),
            preamble=(HEAD[language], event["text"][language]),
        )
        for language in _ORDER
    ]
    places = [Place(side, "deputy-head") for side in SIDES]
    data = draft(versions, places=places, orders={SIDES[1]: (1, 0)})
    return Text(data, MEDIA_TYPE, name="text.json")


def _articles(event: Mapping[str, Any], language: str) -> tuple[Article, ...]:
    lines = _outcome(event, language)
    return tuple(
        Article(
            article["number"],
            tuple(lines[at] for at in article["outcomes"])
            if "outcomes" in article
            else tuple(article[language]),
        )
        for article in _instruments()[event["id"]]
    )


@lru_cache(maxsize=1)
def _instruments() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found = tomllib.loads(files("yeollak.demo").joinpath("instruments.toml").read_text(encoding="utf-8"))
    return {entry["event"]: entry["articles"] for entry in found["text"]}


def _outcome(event: Mapping[str, Any], language: str) -> Sequence[str]:
    found: Sequence[str] = event.get("outcome" if language == "en" else f"outcome_{language}", ())
    return found


def outcome(event: Mapping[str, Any], line: int) -> dict[str, str]:
    """One line of an event's outcome, in every language."""
    return {language: _outcome(event, language)[line] for language in LANGUAGES}


def _page(event: Mapping[str, Any], language: str) -> bytes:
    lines = [HEAD[language], "", event["title"][language], "", event["text"][language]]
    lines += [f"{number}. {line}" for number, line in enumerate(_outcome(event, language), start=1)]
    return ("\n".join(lines) + "\n").encode()
