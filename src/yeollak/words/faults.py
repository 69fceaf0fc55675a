"""What a fault says in each language: the sentence and the next step, from the templates of `errors.CODES`.

The templates are the message ids (msgctxt `error`). What fills them may come from the other side, so it is
cut short and stripped of control characters before it stands in a sentence. Nothing here decides how a fault
is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from yeollak.errors import CODES, Fault
from yeollak.words.catalogue import direction, say
from yeollak.words.foreign import clean
from yeollak.words.labels import void_word

CONTEXT = "error"
_LONGEST = 300


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
    data = {
        name: value if isinstance(value, int) else clean(value, longest=_LONGEST)
        for name, value in fault.data.items()
    }
    if fault.code == "act-void":
        data["why"] = void_word(lang, str(data["why"]))
    if direction(lang) == "rtl":
        # A path or a digest within the sentence is a run of its own (UAX #9, isolates).
        data = {name: f"\u2068{value}\u2069" for name, value in data.items()}
    happened, then = (say(lang, template, context=CONTEXT) for template in CODES[fault.code])
    return Worded(happened.format_map(data), then.format_map(data), fault.code)
