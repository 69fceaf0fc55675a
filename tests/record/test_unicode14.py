"""Every node knows the same characters, whatever year its Python is from."""

from __future__ import annotations

import unicodedata
from functools import partial

import pytest

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.unicode14 import known

#: A mark that Unicode 15 took up, and which stands before another from then on.
NEWER = "\u0301\U00010efd"
NEVER = {plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)} | {*range(0xFDD0, 0xFDF0)}


def test_the_list_is_that_of_unicode_14() -> None:
    """Of a Python that has newer tables, that it knows everything that is said to be known."""
    mine = {code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cn"} - NEVER
    unknown = {code for code in range(0x110000) if not known(chr(code))}
    assert mine <= unknown
    assert len(NEVER) == 66
    assert (mine == unknown) == (unicodedata.unidata_version == "14.0.0")


@pytest.mark.parametrize("text", [NEWER, "\U0001fae8", "가\U000323b0"])
def test_what_another_year_would_read_otherwise_is_refused(text: str) -> None:
    for act in (
        partial(canon.encode, {"a": text}),
        partial(canon.decode, f'{{"a":"{text}"}}'.encode(), limit=99),
    ):
        with pytest.raises(RecordFault) as caught:
            act()
        assert caught.value.code == "malformed"
        # A newer Python does not take the first for NFC: that comes to the same.
        assert "Unicode 14" in str(caught.value.data["why"]) or unicodedata.unidata_version != "14.0.0"
    assert canon.decode('{"a":"북측 소장 الرئيسان 𝒜 \U0001fae0"}'.encode(), limit=99)
