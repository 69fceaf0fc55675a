"""Misfits: where a text that another side has revealed departs from the form that it was to be on.

A commitment that names a form promises a filled one. What is asked here is only ever asked of bytes that are
held; what cannot be judged, since a form or a text is not here, is no misfit.
"""

from __future__ import annotations

from typing import Final

from yeollak import forms
from yeollak.errors import RecordFault, TheirFault
from yeollak.forms import Form
from yeollak.forms.characters import faulty
from yeollak.office.matter import natural_id
from yeollak.procedures.catalogue import table
from yeollak.procedures.table import State
from yeollak.record import enclosure
from yeollak.storage import reading
from yeollak.storage.opened import known_forms
from yeollak.storage.reading import OfficeView

#: What is named where it is not one field that departs, but the text as a whole.
WHOLE: Final = "/"
_MOST: Final = 200  # characters of a pointer, which another side may have made


def misfit(view: OfficeView, state: State, of: str) -> str | None:
    """The field in which a text that `of` has handed over in an exchange of this state departs from the form
    that it was committed to on, as a JSON pointer; `WHOLE` where it is no such form filled in. None where
    every text fits, no form was named, or it cannot be told here.
    """
    name = state.of("form", of)
    form = None if name is None else _agreed(view, str(name))
    if form is None:
        return None
    blobs = [reading.blob(view, digest) for digest in state.of("commitment", of) or ()]
    found = [departs(form, blob[enclosure.SALT :]) for blob in blobs if blob is not None]
    return next((field for field in found if field is not None), None)


def _agreed(view: OfficeView, name: str) -> Form | None:
    """The form of this id in the bytes that the sides have agreed on, where these are here."""
    state = view.office.state(natural_id(view.id, table("form").family, f"form/{name}")).state
    adopted = state.phase in ("adopted", "retired")
    digest = state.slots["digest"] if adopted else view.office.terms().get("forms", {}).get(name)
    form = known_forms(view).get(name)
    return form if form is not None and form.digest == digest else None


def departs(form: Form, wrapped: bytes) -> str | None:
    """Where the content of a private enclosure, any bytes, departs from `form` filled in; None if nowhere."""
    try:
        inside = enclosure.unwrap_private(wrapped)
        if inside.type != forms.MEDIA_TYPE:
            return WHOLE
        forms.read(inside.content, {form.id: form})
    except TheirFault as fault:
        return _shown(forms.flaw_of(fault).pointer) if fault.code == "form-unfit" else WHOLE
    except RecordFault:
        return WHOLE
    return None


def _shown(pointer: str) -> str:
    """A pointer as our side may sign it: the names of fields that no form has are another side's words."""
    return WHOLE if len(pointer) > _MOST or faulty(pointer) else pointer
