"""Agreed forms of an office: those that the charter names and those that both sides have adopted since.

What counts is the form's bytes: a form that this software does not ship is read from the text that was
adopted. Nothing is listed that one side could not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from yeollak import forms
from yeollak.office.matter import natural_id
from yeollak.storage import models
from yeollak.storage.opened import known_forms
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
    known = {form.digest: form for form in known_forms(view).values()}
    rows = view.rows(models.Matter).filter(procedure="form", phase="adopted").order_by("-updated", "-id")
    for matter in rows.values_list("matter", flat=True)[:_MOST]:
        form = known.get(str(view.office.state(matter).state.slots.get("digest")))
        if form is not None:
            yield form
