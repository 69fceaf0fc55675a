"""What a fault says in each language: the sentence and the next step, from the templates of `errors.CODES`.

The templates are the message ids (msgctxt `error`). What fills them is of three sorts: phrases of ours and
codes, which are said in the language too (`words.fillings`), and names. It may come from the other side, so
it is cut short and stripped of control characters before it stands in a sentence. Nothing here decides how a
fault is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from yeollak.errors import CODES, Datum, Fault
from yeollak.errors.reasons import FILLINGS
from yeollak.words.catalogue import say
from yeollak.words.fillings import LONGEST, filling, found, isolated, refusal_word
from yeollak.words.foreign import clean
from yeollak.words.labels import void_word

CONTEXT = "error"


@dataclass(frozen=True, slots=True)
class Worded:
    """A fault in words: what happened, what may be done next, and the code that stays the same in every
    language.
    """

    sentence: str
    next_step: str
    code: str


def sentence(fault: Fault, lang: str) -> Worded:
    """`fault` in `lang`; English where the catalogue of `lang` has no such message.

    Raises nothing for a fault that could be constructed: `Fault` itself refuses unknown codes and missing
    data.
    """
    data = isolated(lang, {name: _said(fault, name, value, lang) for name, value in fault.data.items()})
    happened, then = (say(lang, template, context=CONTEXT) for template in CODES[fault.code])
    told = happened.format_map(data)
    if lang == "en" and _begins_with_a_phrase(fault):
        told = told[0].upper() + told[1:]
    return Worded(told, then.format_map(data), fault.code)


def _said(fault: Fault, name: str, value: Datum, lang: str) -> Datum:
    if isinstance(value, int):
        return value
    if name == "why" and fault.code == "act-void":
        return void_word(lang, clean(value, longest=LONGEST))
    if name == "why" and fault.code == "refused":
        return refusal_word(lang, value)
    return filling(lang, name, value) if name in FILLINGS else clean(value, longest=LONGEST)


def _begins_with_a_phrase(fault: Fault) -> bool:
    """Whether the English sentence begins with words of ours, "the pouch", and not with a name."""
    what = fault.data.get("what")
    begins = CODES[fault.code][0].startswith("{what}")
    return begins and isinstance(what, str) and found("what", what) is not None
