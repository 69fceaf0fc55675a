"""Misfits: where a text that another side has revealed departs from the form that it was to be on.

A commitment that names a form promises a filled one. What is asked here is only ever asked of bytes that are
held; what cannot be judged, since a form or a text is not here, is no misfit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yeollak import forms
from yeollak.errors import RecordFault, TheirFault
from yeollak.forms import Form
from yeollak.forms.characters import faulty
from yeollak.office.judge import PastView
from yeollak.record import enclosure
from yeollak.storage import reading
from yeollak.storage.opened import known_forms
from yeollak.storage.reading import OfficeView

#: What is named where it is not one field that departs, but the text as a whole.
WHOLE: Final = "/"
_MOST: Final = 200  # characters of a pointer, which another side may have made


def misfit(view: OfficeView, matter: str, of: str) -> str | None:
    """The field in which a text that `of` has handed over in an exchange departs from the form that it was
    committed to on, as a JSON pointer; `WHOLE` where it is no such form filled in. None where every text
    fits, no form was named, or it cannot be told here.
    """
    state = view.office.state(matter).state
    name = state.of("form", of)
    form = None if name is None else _agreed(view, matter, str(name))
    if form is None:
        return None
    blobs = [reading.blob(view, digest, of) for digest in state.of("commitment", of) or ()]
    found = [departs(form, blob[enclosure.SALT :]) for blob in blobs if blob is not None]
    return next((field for field in found if field is not None), None)


def _agreed(view: OfficeView, matter: str, name: str) -> Form | None:
    """The form of this id in the bytes that the commitments of an exchange mean by it, where these are here
    and all mean the same.

    What a commitment means was settled when it was signed: what has become of the form or of the charter
    since accuses nobody.
    """
    commitments = set(_commitments(view, matter))
    pasts = [PastView(view.office, act.vector) for act in view.ledger.matter(matter) if act.id in commitments]
    meant = {digest for past in pasts for digest in _digests(past, name)}
    form = known_forms(view).get(name)
    return form if form is not None and meant == {form.digest} else None


def _commitments(view: OfficeView, matter: str) -> Iterator[str]:
    """The acts with which each side has committed to what stands."""
    state = view.office.state(matter).state
    return (str(act) for side in view.office.parties if (act := state.of("waits", side)) is not None)


def _digests(past: PastView, name: str) -> Iterator[str]:
    """The bytes that a form of this id may have had in a past: as adopted, and as the charter names it."""
    state = past.state(past.natural("form", f"form/{name}"), "form")
    if state.phase == "adopted":
        yield str(state.slots["digest"])
    if (digest := past.terms.get("forms", {}).get(name)) is not None:
        yield str(digest)


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
