"""What a PDF of the typesetter says, as a person reads it or a program copies it, in every language.

It reads what the typesetter writes and no more: flate streams, Identity-H fonts with a ToUnicode map, marked
content with its language, runs from left to right, of which those of a script that runs the other way are
marked `ReversedChars` (ISO 32000-2, 9.10 and 14.8.2).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_FONTS = re.compile(rb"/(f\d+) (\d+) 0 R")
_MAPPED = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]+)>")
_NUMBER = rb"(-?[\d.]+) "
_STEP = re.compile(
    rb"\b(?P<keep>q)\s|\b(?P<back>Q)\b|(?P<move>" + _NUMBER * 6 + rb"cm)"
    rb"|/(?P<tag>\w+)\s*(?:<<(?P<marks>(?:(?!BDC).)*?)>>\s*)?B[DM]C|\b(?P<end>EMC)\b"
    rb"|/(?P<font>f\d+) [\d.]+ Tf|\((?P<said>(?:\\.|[^\\()])*)\)",
    re.DOTALL,
)
_LANG = re.compile(rb"/Lang\s*\(([^)]*)\)")
_PLACED = re.compile(rb"/MCID (\d+)")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Run:
    """A few words in one face: their language (empty for what stands on every page), where they stand on
    which page, and what they say.
    """

    lang: str
    page: int
    across: float
    up: float
    text: str


def said_in(pdf: bytes, lang: str) -> str:
    """Everything that a PDF says in one language, line by line, as `bare` letters. A language that runs from
    right to left is read so.
    """
    lines: dict[tuple[int, float], list[tuple[float, int, str]]] = {}
    for number, run in enumerate(runs(pdf)):
        if run.lang == lang:
            # Of pieces that begin together the later one stands farther right, and is read first in a word of
            # letters that run to the left.
            leftwards = any(unicodedata.bidirectional(one) == "AL" for one in run.text)
            piece = (run.across, number if leftwards or lang != "ar" else -number, run.text)
            lines.setdefault((run.page, -round(run.up)), []).append(piece)
    found = (text for _, line in sorted(lines.items()) for _, _, text in sorted(line, reverse=lang == "ar"))
    return bare("".join(found))


def bare(text: str) -> str:
    """Letters alone, without spaces and without the marks above and below them, which a font may draw as one
    with their letter.
    """
    letters = unicodedata.normalize("NFD", text)
    return "".join(one for one in letters if not one.isspace() and not unicodedata.combining(one))


def runs(pdf: bytes) -> Iterator[Run]:
    """The runs of a PDF in the order in which it draws them."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = {number: body for number, body in objects.items() if b"/Type/Page/" in body}
    assert pages, "a PDF of another make"
    spoken = _spoken(objects)
    for page, body in pages.items():
        resources = objects[_reference(body, b"Resources")]
        maps = {
            name: _mapped(objects, objects[int(number)])
            for name, number in _FONTS.findall(resources.partition(b"/Font<<")[2])
        }
        yield from _runs(_content(objects[_reference(body, b"Contents")]), maps, page, spoken)


def _spoken(objects: dict[int, bytes]) -> dict[tuple[int, int], str]:
    """In which language the marked content of each page is, by the structure that it belongs to."""
    whole = next(body for body in objects.values() if b"/Type/Catalog" in body)
    found = dict[tuple[int, int], str]()
    for body in objects.values():
        kids = re.search(rb"/K\s*\[([^\]]*)\]", body)
        if b"/Type/StructElem" not in body or kids is None or b"/Pg " not in body:
            continue
        above = body
        while _LANG.search(above) is None and b"/Type/StructTreeRoot" not in above:
            above = objects[_reference(above, b"P")]
        lang = _LANG.search(above) or _LANG.search(whole)
        assert lang is not None
        for number in re.sub(rb"\d+ 0 R", b"", kids[1]).split():
            found[_reference(body, b"Pg"), int(number)] = lang[1].decode()
    return found


def _runs(
    content: bytes, maps: dict[bytes, dict[int, str]], page: int, spoken: dict[tuple[int, int], str]
) -> Iterator[Run]:
    place, kept, font = (0.0, 0.0, 1.0, 1.0), list[tuple[float, float, float, float]](), b""
    marks: list[tuple[str, bool]] = [("", False)]
    held: list[str] = []
    for step in _STEP.finditer(content):
        lang, backwards = marks[-1]
        if step["keep"]:
            kept.append(place)
        elif step["back"]:
            place = kept.pop()
        elif step["move"]:
            across, up, wide, high = place
            numbers = [float(one) for one in step["move"].split()[:6]]
            place = (
                across + wide * numbers[4],
                up + high * numbers[5],
                wide * numbers[0],
                high * numbers[3],
            )
        elif step["tag"]:
            named, placed = _LANG.search(step["marks"] or b""), _PLACED.search(step["marks"] or b"")
            here = spoken.get((page, int(placed[1])), lang) if placed else lang
            here = named[1].decode() if named else here
            marks.append((here, backwards or step["tag"] == b"ReversedChars"))
        elif step["end"]:
            marks.pop()
            if backwards and not marks[-1][1]:
                # The pieces of a run that goes the other way stand from left to right too.
                yield Run(lang, page, place[0], place[1], "".join(reversed(held)))
                held.clear()
        elif step["font"]:
            font = step["font"]
        else:
            codes = _plain(step["said"])
            # Of a letter that is drawn as several, one says which it is.
            pairs = (codes[at : at + 2] for at in range(0, len(codes), 2))
            letters = [maps[font].get(int.from_bytes(pair), "") for pair in pairs]
            if backwards:
                held += letters
            else:
                yield Run(lang, page, place[0], place[1], "".join(letters))


def _mapped(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """What the codes of a font stand for."""
    table = _content(objects[_reference(font, b"ToUnicode")]).decode("ascii")
    assert "beginbfrange" not in table
    listed = "".join(re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL))
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in _MAPPED.findall(listed)}


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found is not None, (name, body[:200])
    return int(found[1])


def _content(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1])


def _plain(said: bytes) -> bytes:
    def letter(escape: re.Match[bytes]) -> bytes:
        sign = escape[1]
        return bytes([int(sign, 8)]) if sign[:1].isdigit() else _LETTERS.get(sign, sign)

    return _ESCAPE.sub(letter, said)
