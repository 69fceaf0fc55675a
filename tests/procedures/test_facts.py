"""What a fact of each type may be: one spelling of a value, the same on every machine."""

from __future__ import annotations

import datetime as library
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yeollak.errors import RecordFault
from yeollak.procedures import facts
from yeollak.procedures.recurrence import Recurrence, day_of
from yeollak.record import canon

#: Zeros of other scripts: Arabic-Indic, Persian, Devanagari, fullwidth, mathematical bold.
ZEROS = "\u0660\u06f0\u0966\uff10\U0001d7ce"
GOOD = {
    "date": "2019-03-01",
    "digest": "0123456789abcdef" * 4,
    "hex": "0123",
    "instant": "2018-09-14T01:23:45Z",
    "key": "9876543210abcdef" * 4,
    "moment": "2018-09-14T01:23:45Z",
    "side": "south1",
    "time": "13:05",
    "token": "flood-2019",
}


@pytest.mark.parametrize("type_", sorted(GOOD))
@given(script=some.sampled_from(ZEROS), pick=some.integers(0, 10_000))
def test_digits_of_another_script_are_none(type_: str, script: str, pick: int) -> None:
    good = GOOD[type_]
    assert facts.TYPES[type_](good)
    places = [at for at, char in enumerate(good) if char.isdecimal()]
    at = places[pick % len(places)]
    other = good[:at] + chr(ord(script) + int(good[at])) + good[at + 1 :]
    assert other[at].isdecimal()
    assert not facts.TYPES[type_](other)


@given(script=some.sampled_from(ZEROS))
def test_names_of_days_and_spans_have_one_spelling(script: str) -> None:
    first = library.date(2019, 3, 1)
    for every, name in (
        ("day", "2019-03-01"),
        ("week", "2019-w09"),
        ("month", "2019-03"),
        ("quarter", "2019-q1"),
        ("year", "2019"),
    ):
        other = name.replace("9", chr(ord(script) + 9), 1)
        recurrence = Recurrence(every, first)
        assert recurrence.date_of(name) == first
        assert recurrence.date_of(other) is None
        assert day_of(other) is None


class Lenient(library.datetime):
    """A datetime that reads 24:00 as midnight of the day after, as later versions of Python do."""

    @classmethod
    def fromisoformat(cls, text: str) -> Any:
        if "T24:00:00" in text:
            return super().fromisoformat(text.replace("T24", "T00")) + library.timedelta(days=1)
        return super().fromisoformat(text)


def test_the_end_of_a_day_is_no_instant_whatever_python_says(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = "2018-09-14T24:00:00Z"
    monkeypatch.setattr(canon, "datetime", Lenient)
    monkeypatch.setattr(library, "datetime", Lenient)
    assert Lenient.fromisoformat(midnight).day == 15
    assert not facts.TYPES["instant"](midnight)
    with pytest.raises(RecordFault, match="malformed"):
        canon.parse_instant(midnight)
    good = "2018-09-14T23:59:59Z"
    assert facts.TYPES["instant"](good)
    assert canon.format_instant(canon.parse_instant(good)) == good
