"""The rule over what fills faults finds what has no words, wherever it is handed on from."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tools.house.fillings import FIELDS, unknown

KNOWN = {
    **dict.fromkeys(FIELDS, ()),
    "what": ("the pouch", "the key of {name}"),
    "why": ("it is torn", "{what} has {n} holes"),
}
#: Everything that is known, so that nothing is reported as unused.
USED = """
def used(what, n):
    raise RecordFault("m", what="the pouch", why="it is torn")
    raise RecordFault("m", what=f"the key of {n}", why=f"{what} has {n} holes")
"""


def found(*texts: str) -> list[str]:
    names = ("record.a", "record.b")
    paths = [PurePosixPath("src/yeollak", *name.split(".")).with_suffix(".py") for name in names]
    sources = dict(zip(paths, texts, strict=False)) | {PurePosixPath("src/yeollak/used.py"): USED}
    return [str(finding) for finding in unknown(sources, KNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        'RecordFault("m", what="the pouch", why="it is torn")',
        'RecordFault("m", what="charter", why=f"{x}: {y}")',
        'RecordFault("m", file="a new text")',
        'def f(what):\n    RecordFault("m", what=what)\nf("the pouch")',
        'def f(name):\n    RecordFault("m", what=name)\nf("my own file")',
        "try:\n    x()\nexcept OSError as problem:\n    OurFault('m', why=problem.strerror or 'it is torn')",
    ],
)
def test_what_is_known_or_is_a_name_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        'RecordFault("m", what="a new text")',
        'RecordFault("m", why="a new text")',
        'OurFault("m", why=f"a new text")',
        'RecordFault("m", why=x or "a new text")',
        'RecordFault("m", why="it is torn" if x else "a new text")',
        'def f(what="a new text"):\n    RecordFault("m", what=what)',
        'def f(why):\n    RecordFault("m", why=why)\nf("a new text")',
        'def f(x, *, why):\n    RecordFault("m", why=why)\nf(1, why="a new text")',
        'def g(what):\n    f(what)\ndef f(what):\n    RecordFault("m", what=what)\ng("a new text")',
        'T = "a new text"\nRecordFault("m", what=T)',
        'def f(x):\n    name = "a new text"\n    RecordFault("m", what=name)',
        'def f():\n    return "a new text"\nRecordFault("m", why=f())',
        (
            'class C:\n    def fail(self, why):\n        RecordFault("m", why=why)\n'
            '    def g(self):\n        self.fail("a new text")'
        ),
        (
            "class C:\n    def __init__(self, what):\n        self.what = what\n"
            '    def g(self):\n        RecordFault("m", what=self.what)\nC("a new text")'
        ),
    ],
)
def test_a_new_text_is_found(text: str) -> None:
    assert any("'a new text', for which there are no words" in line for line in found(text))


def test_a_new_text_is_found_from_another_module() -> None:
    helper = 'def check(data, what):\n    RecordFault("m", what=what)'
    for caller in (
        'from yeollak.record.a import check\ncheck(b"", "a new text")',
        'from yeollak.record import a\na.check(b"", "a new text")',
        'from yeollak.record import a\na.check(b"", what="a new text")',
    ):
        assert any("'a new text'" in line for line in found(helper, caller))


def test_an_exception_whose_text_becomes_a_reason_is_followed() -> None:
    text = 'raise ValueError("a new text")'
    charter, other = (PurePosixPath(f"src/yeollak/office/{name}.py") for name in ("charter", "other"))
    used = {PurePosixPath("src/yeollak/used.py"): USED}
    assert [str(one) for one in unknown({charter: text, **used}, KNOWN)] != []
    assert [str(one) for one in unknown({other: text, **used}, KNOWN)] == []


def test_what_nobody_can_tell_is_found() -> None:
    assert any("nobody can tell" in line for line in found('RecordFault("m", why=words())'))


def test_a_phrase_that_nothing_fills_any_more_is_found() -> None:
    assert [str(one) for one in unknown({}, {**KNOWN, "what": ("the pouch",), "why": ()})] == [
        "src/yeollak/errors/reasons.py: nothing fills {what} with 'the pouch' any more [fillings-known]"
    ]
