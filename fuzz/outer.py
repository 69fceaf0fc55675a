"""Targets of what stands around the record: the line, pouches, forms, words and what is typed at the desk."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from fuzz.held import holds, same, tried
from yeollak import forms
from yeollak.desk.staff.inputs import LONGEST, MOST_FIELDS, Problem, Typed, read_moment, typed_moment
from yeollak.forms.check import flaws
from yeollak.forms.typed import typed as typed_values
from yeollak.line import bodies, http, pouch
from yeollak.record import canon
from yeollak.record.parcel import MAX_PARCEL
from yeollak.words import foreign, searchable

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEOUL = ZoneInfo("Asia/Seoul")


T = TypeVar("T")


def _shaped(data: bytes, decode: Callable[[bytes], T], encode: Callable[[T], bytes]) -> None:
    read = tried(lambda: decode(data))
    if read is not None:
        same(encode(read), data)


def shapes(data: bytes) -> None:
    """The body of a parcel of every purpose: what is not exactly of its shape is refused, and one byte string
    has one meaning.
    """
    _shaped(data, bodies.decode_push, bodies.encode_push)
    _shaped(data, bodies.decode_refusal, bodies.encode_refusal)
    _shaped(data, lambda body: bodies.decode_notes(body, 64), bodies.encode_notes)
    _shaped(data, bodies.decode_fetch, bodies.encode_fetch)
    _shaped(data, bodies.decode_range, bodies.encode_range)
    _shaped(data, bodies.decode_piece, bodies.encode_piece)
    _shaped(data, bodies.decode_enclosed, bodies.encode_enclosed)


def heads(data: bytes) -> None:
    """The head of a request to the line."""
    request = tried(lambda: http.parse_head(data), http.Refusal)
    if request is not None:
        holds(0 <= request.length <= MAX_PARCEL, "a body above its limit was promised")
        canon.hexadecimal(request.office, 64, "the office")


def pouches(data: bytes) -> None:
    """A file that is said to be a pouch, and the content of one."""
    for part in pouch.parts_in(io.BytesIO(data)):
        if isinstance(part, pouch.Part):
            (again,) = pouch.parts_in(io.BytesIO(part.encode()))
            same(again, part)
            (written,) = pouch.parts_in(io.BytesIO(part.line().encode()))
            same(written, part)
    found = tried(lambda: pouch.frames(lambda at, length: data[at : at + length], len(data)))
    if found is not None:
        same(b"".join(pouch.framed(data[at : at + length]) for at, length in found), data)


def read_forms(data: bytes) -> None:
    """A form that another side proposes, and answers to one that is known."""
    form = tried(lambda: forms.read_form(data))
    if form is not None:
        same(form.data, data)
        flaws(form, {})
    filled = tried(lambda: forms.read(data, forms.shipped()))
    if filled is not None:
        same(canon.encode(canon.decode(data, limit=len(data))), data)


def words(data: bytes) -> None:
    """Text of another side on its way to a line of ours, and as it is looked for."""
    text = data.decode("utf-8", "surrogatepass" if len(data) % 2 else "replace") if _decodes(data) else ""
    for lines in (False, True):
        cleaned = foreign.clean(text, longest=200, lines=lines)
        holds(len(cleaned) <= 200 and not _BIDI & set(cleaned), "it is longer, or turns round what follows")
        holds(lines or "\n" not in cleaned, "it has a line of its own")
        same(foreign.clean(cleaned, longest=200, lines=lines), cleaned)
    plain = unicodedata.normalize("NFC", text)
    for term in searchable.terms(text):
        holds(0 <= term.start < term.end <= len(plain), "a word that stands nowhere")
    cut = len(text) // 2
    spans = searchable.found(plain, searchable.query(text[cut : cut + 20]))
    holds(all(0 <= start < end <= len(plain) for start, end in spans), "a place outside of the text")
    holds(all(one[1] <= other[0] for one, other in pairwise(spans)), "places over one another")


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass" if len(data) % 2 else "replace")
    except UnicodeDecodeError:
        return False
    return True


def desk(data: bytes) -> None:
    """What is typed at the desk: names and values, parted by lines, into a page and into a form."""
    pairs = [line.partition("=") for line in data.decode("utf-8", "replace").split("\n")]
    sent: dict[str, list[str]] = {}
    for name, _, value in pairs:
        sent.setdefault(name, []).append(value)
    typed = Typed.of(sent)
    kept = typed.to_json()
    holds(len(kept) <= MOST_FIELDS and not {"passphrase", "code"} & kept.keys(), "a secret was kept")
    holds(all(len(value) <= LONGEST for values in kept.values() for value in values), "it is too long")
    for name in {name.partition(".")[0] for name in sent}:
        moment = tried(lambda name=name: read_moment(typed, name, _SEOUL, "en"), Problem)  # type: ignore[misc]  # a default binds it here
        if moment is not None:
            typed_moment(name, moment, _SEOUL)
    answers = {name: values[-1] for name, values in sent.items()}
    for form in list(forms.shipped().values())[:4]:
        tried(lambda form=form: flaws(form, typed_values(form, answers, "en")))  # type: ignore[misc]  # as above
