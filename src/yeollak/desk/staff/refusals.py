"""What a fault says at the desk: its sentence with nothing in it that only programs know.

A fault names sides, kinds of acts, facts, permissions and the like as the record and the code call them. On a
command line that is what the reader has typed; at the desk he has seen none of it, and reads each as the
pages call it. What has no words, since nobody knows it, stays as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from yeollak.desk.staff.access import Permission, permission_word, role_word
from yeollak.errors import Fault
from yeollak.words.acts import fact_word, value_word
from yeollak.words.called import side_names
from yeollak.words.catalogue import say
from yeollak.words.deeds import deed_word
from yeollak.words.faults import Worded, sentence

if TYPE_CHECKING:
    from yeollak.desk.staff.gate import Desk


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


_NO_NAMES: Final[Mapping[str, str]] = {}
#: Data that name a side, in whatever fault.
_SIDES: Final = ("side", "of")
#: Data of a fault that are codes -> what each is.
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "fact-missing": {"kind": "kind", "fact": "fact"},
    "fact-unknown": {"kind": "kind", "fact": "fact"},
    "fact-wrong": {"fact": "fact", "type": "type"},
    "key-role-unknown": {"role": "keys"},
    "keys-behind": {"role": "keys"},
    "paper-fonts-missing": {"scripts": "scripts"},
    "permission-missing": {"permission": "permission"},
    "role-unknown": {"role": "role"},
}

_TYPE: Final = "type of a fact"
#: Types of facts (`procedures.facts.TYPES`) -> what they are to somebody who fills one in.
_TYPES: Final[Mapping[str, str]] = {
    "amount": pgettext("type of a fact", "amount of money"),
    "date": pgettext("type of a fact", "date"),
    "digest": pgettext("type of a fact", "digest"),
    "flag": pgettext("type of a fact", "yes or no"),
    "hex": pgettext("type of a fact", "hexadecimal digits"),
    "instant": pgettext("type of a fact", "date with an hour"),
    "key": pgettext("type of a fact", "key"),
    "moment": pgettext("type of a fact", "date, with or without an hour"),
    "side": pgettext("type of a fact", "side"),
    "terms": pgettext("type of a fact", "terms of the charter"),
    "text": pgettext("type of a fact", "text"),
    "time": pgettext("type of a fact", "time of day"),
    "token": pgettext("type of a fact", "one of a list"),
    "whole": pgettext("type of a fact", "whole number"),
    "words": pgettext("type of a fact", "words in one or several languages"),
}

_WITHIN: Final = "name within a sentence"
_NAME: Final = pgettext("name within a sentence", "“{name}”")


def in_words(desk: Desk, fault: Fault) -> Worded:
    """A fault for whoever reads a page of an office."""
    return worded(fault, desk.lang, side_names(desk.view.charter, desk.lang))


def worded(fault: Fault, lang: str, names: Mapping[str, str] = _NO_NAMES) -> Worded:
    """A fault in `lang`, with sides as `names` has them. The next step keeps what is to be typed as it is."""
    codes = _CODES.get(fault.code, {})
    data = dict(fault.data)
    for name, value in fault.data.items():
        if name in codes:
            kind = fault.data["kind"] if "kind" in codes else None
            data[name] = _WORDERS[codes[name]](lang, str(value), None if kind is None else str(kind))
        elif name in _SIDES and value in names:
            data[name] = names[str(value)]
    shown = sentence(type(fault)(fault.code, **data), lang)
    return Worded(shown.sentence, sentence(fault, lang).next_step, fault.code)


def _permission(lang: str, code: str, kind: str | None) -> str:
    return permission_word(Permission(code)) if code in set(Permission) else code


def _role(lang: str, code: str, kind: str | None) -> str:
    return role_word(code)


def _kind(lang: str, code: str, kind: str | None) -> str:
    deed = deed_word(lang, code)
    return code if deed == code else _quoted(lang, deed)


def _fact(lang: str, code: str, kind: str | None) -> str:
    name, _, language = code.partition(".")
    try:
        word = fact_word(lang, name, kind)
    except KeyError:
        return code
    return _quoted(lang, f"{word} ({language})" if language else word)


def _type(lang: str, code: str, kind: str | None) -> str:
    word = _TYPES.get(code)
    return code if word is None else _quoted(lang, say(lang, word, context=_TYPE))


def _keys(lang: str, code: str, kind: str | None) -> str:
    word = value_word(lang, "role", code)
    return code if word is None else _quoted(lang, word)


def _scripts(lang: str, codes: str, kind: str | None) -> str:
    words = {"Hangul": say(lang, "Korean"), "Arabic": say(lang, "Arabic")}
    between = "، " if lang == "ar" else ", "
    return between.join(words.get(one, one) for one in codes.split(", "))


def _quoted(lang: str, words: str) -> str:
    return say(lang, _NAME, context=_WITHIN, name=words)


_WORDERS: Final[Mapping[str, Callable[[str, str, str | None], str]]] = {
    "fact": _fact,
    "keys": _keys,
    "kind": _kind,
    "permission": _permission,
    "role": _role,
    "scripts": _scripts,
    "type": _type,
}
