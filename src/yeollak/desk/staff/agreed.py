"""Agreed forms of an office: those that the charter names and those that both sides have adopted since.

What counts is the form's bytes: a form that this software does not ship is read from the text that was
adopted. Nothing is listed that one side could not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from yeollak import forms
from yeollak.errors import Fault
from yeollak.office.matter import natural_id
from yeollak.record.enclosure import SALT
from yeollak.storage import models, reading
from yeollak.storage.reading import OfficeView

#: How many adopted forms are read at most.
_MOST = 200


def agreed_forms(view: OfficeView) -> dict[str, forms.Form]:
    """The forms that every side has adopted, by id."""
    found = dict(_of_charter(view))
    for form in _adopted(view):
        found[form.id] = form
    return dict(sorted(found.items()))


def proposable_forms(view: OfficeView) -> dict[str, forms.Form]:
    """The forms that come with this software and that nobody has proposed yet, by id."""
    known = agreed_forms(view)
    return {
        name: form
        for name, form in forms.shipped().items()
        if name not in known and not view.ledger.matter(natural_id(view.id, "charter", f"form/{name}"))
    }


def _of_charter(view: OfficeView) -> Iterator[tuple[str, forms.Form]]:
    shipped = forms.shipped()
    for name, digest in view.office.terms().get("forms", {}).items():
        form = shipped.get(name)
        if form is not None and form.digest == digest:
            yield name, form


def _adopted(view: OfficeView) -> Iterator[forms.Form]:
    rows = view.rows(models.Matter).filter(procedure="form", phase="adopted").order_by("-updated", "-id")
    for matter in rows.values_list("matter", flat=True)[:_MOST]:
        slots = view.office.state(matter).state.slots
        shipped = next((one for one in forms.shipped().values() if one.digest == slots.get("digest")), None)
        form = shipped or _read(view, str(slots.get("text", "")))
        if form is not None and form.digest == slots.get("digest"):
            yield form


def _read(view: OfficeView, digest: str) -> forms.Form | None:
    data = reading.blob(view, digest)
    try:
        return None if data is None else forms.read_form(data[SALT:])
    except Fault:
        return None
