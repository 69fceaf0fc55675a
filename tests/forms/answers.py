"""Answers to a form, drawn from its fields: what somebody could honestly fill in, in any of the languages."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from yeollak.forms import Field, Form
from yeollak.forms.characters import faulty
from yeollak.forms.kinds import options

_HOSTILE = (
    "<script>alert(1)</script>",
    "]]>&amp;<!-- \"'",
    "황강댐 수문 3개",
    "سد هوانغ 12.5 م",
    "‏mixed‎ 강 نهر",
    "{field} %s %(n)d \\u0000",
    "𐍈 😀 𓀀",
    "\u0378 unassigned",
)
LANGUAGES = st.sampled_from(["en", "ko", "ar", "fr", "zh-Hans"])


def _plain(longest: int, *, lines: bool) -> st.SearchStrategy[str]:
    def fitting(text: str) -> str:
        composed = unicodedata.normalize("NFC", text)[:longest]
        return "x" if faulty(composed, lines=lines) else unicodedata.normalize("NFC", composed)

    return (st.sampled_from(_HOSTILE) | st.text(min_size=1, max_size=12)).map(fitting)


def _position() -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries(
        {"lat": st.integers(-90_000_000, 90_000_000), "lon": st.integers(-180_000_000, 180_000_000)}
    )


def _instant() -> st.SearchStrategy[str]:
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1850, 2201))
    return st.integers(first, last - 1).map(
        lambda seconds: f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    )


def answer_to(field: Field) -> st.SearchStrategy[Any]:
    """Any answer that `field` may have by itself, without regard to its neighbours."""
    schema = field.schema
    match field.kind:
        case "line" | "text":
            longest = schema["additionalProperties"]["maxLength"]
            texts = _plain(longest, lines=field.kind == "text")
            return st.dictionaries(LANGUAGES, texts, min_size=1, max_size=3)
        case "code":
            return _plain(schema["maxLength"], lines=False)
        case "act":
            return st.binary(min_size=32, max_size=32).map(bytes.hex)
        case "day":
            return st.dates(date(1850, 1, 1), date(2200, 12, 31)).map(date.isoformat)
        case "instant":
            return _instant()
        case "year" | "count" | "quantity":
            return st.integers(schema["minimum"], schema["maximum"])
        case "yes":
            return st.booleans()
        case "choice":
            return st.sampled_from(options("choice", schema))
        case "choices":
            return st.lists(st.sampled_from(options("choices", schema)), min_size=1, unique=True)
        case "position":
            return _position()
        case "area":
            return st.lists(_position(), min_size=3, max_size=5)
        case "route":
            return st.lists(_position(), min_size=2, max_size=5)
        case "rows":
            return st.lists(_answers(field.fields, field.ordered), min_size=1, max_size=3)
        case _:
            raise AssertionError(field.kind)


def _answers(
    fields: tuple[Field, ...], ordered: tuple[tuple[str, str], ...]
) -> st.SearchStrategy[dict[str, Any]]:
    required = {each.name: answer_to(each) for each in fields if each.required}
    optional = {each.name: answer_to(each) for each in fields if not each.required}

    def in_order(values: dict[str, Any]) -> dict[str, Any]:
        # A pass for each pair carries the greatest value through any chain of pairs.
        for _ in ordered:
            for first, second in ordered:
                if first in values and second in values and values[first] > values[second]:
                    values[second] = values[first]
        return values

    return st.fixed_dictionaries(required, optional=optional).map(in_order)


def answers(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Answers that fit `form`."""
    return _answers(form.fields, form.ordered)
