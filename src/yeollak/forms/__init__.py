"""Forms: what is filled in by one side in its language and read by every side in its own.

A form is a JSON Schema (Draft 2020-12, a closed subset) with labels in every language, adopted by both sides
under its id and digest. This package knows no act, store, clock or network.
"""

from yeollak.forms.cap import Reference, cap
from yeollak.forms.check import Flaw, flaws
from yeollak.forms.fields import Field
from yeollak.forms.filled import MAX_FILLED, MEDIA_TYPE, Filled, fill, flaw_of, read
from yeollak.forms.form import MAX_FORM, Form, form_of, read_form, shipped
from yeollak.forms.wording import Row, answer, flaw_words, row, rows, spoken

__all__ = [
    "MAX_FILLED",
    "MAX_FORM",
    "MEDIA_TYPE",
    "Field",
    "Filled",
    "Flaw",
    "Form",
    "Reference",
    "Row",
    "answer",
    "cap",
    "fill",
    "flaw_of",
    "flaw_words",
    "flaws",
    "form_of",
    "read",
    "read_form",
    "row",
    "rows",
    "shipped",
    "spoken",
]
