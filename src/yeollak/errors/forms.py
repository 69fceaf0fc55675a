"""Codes about forms: a form itself, what was filled into it, and what is read out of it as an alert.

Each has a sentence and a next step, which are also the message ids of the catalogues. Bytes that are no
deterministic JSON, or too many, have the codes `malformed` and `too-large` like all others.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "form-refused": (
        "{what} is outside what a form may hold, at {pointer}: {why}.",
        "Nothing was taken over. Ask the side that drew it up for a form within the rules.",
    ),
    "form-unknown": (
        "The form {form} is not in the catalogue of forms that both sides have adopted.",
        "Look at the adopted catalogue; the note itself can still be sent as a text.",
    ),
    "form-unequal": (
        "The form {form} that was filled in is another one than the adopted: {found}, not {adopted}.",
        "Ask for it to be filled in anew on the adopted form.",
    ),
    "form-unfit": (
        "What was filled into the form {form} does not fit it at {pointer} ({rule}); faults in all: {count}.",
        "Correct it there; the form says beside each field what it may hold.",
    ),
    "alert-impossible": (
        "No alert can be made from the form {form}: {why}.",
        "Send the notice as it is; what is wanting stands in the sentence before.",
    ),
}
