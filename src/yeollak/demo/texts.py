"""The texts that acts of the replay enclose: an event told, a notice under seal, a text of all sides.

The wording of the real notices, agreements and minutes is not public, or only in part. What stands here in
its place says so in its first line, and says no more than the history does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yeollak.demo.history import LANGUAGES, chronicle
from yeollak.node.acting import Text
from yeollak.record import canon

_HEAD: Final[Mapping[str, str]] = {
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
    """The one text that the sides sign, its languages in one document under one digest."""
    parts = (_page(event, language) for language in _ORDER)
    return Text(b"\n".join(parts), "text/plain", name="text.txt")


def _page(event: Mapping[str, Any], language: str) -> bytes:
    lines = [_HEAD[language], "", event["title"][language], "", event["text"][language]]
    key = "outcome" if language == "en" else f"outcome_{language}"
    lines += [f"{number}. {line}" for number, line in enumerate(event.get(key, ()), start=1)]
    assert set(_HEAD) == set(LANGUAGES)
    return ("\n".join(lines) + "\n").encode()
