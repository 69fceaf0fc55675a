"""What an act states of itself: facts that follow from its matter or from what goes along with it.

An officer who encloses a joint text need not type its digest, nor the id and class of a form that he encloses
filled in. What he does state stands before what is implied, and the office judges both alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from yeollak import forms
from yeollak.errors import Fault
from yeollak.node.acting import Text, joint_text
from yeollak.office.texts import instrument
from yeollak.procedures.kinds import Kind
from yeollak.procedures.table import Row
from yeollak.record import canon
from yeollak.storage.reading import OfficeView

_FILLED: Final = {"digest", "form", "language", "values"}


def media_type(content: bytes, guessed: str) -> str:
    """The media type of a file that an act encloses: by its bytes where it is a filled form or a joint text,
    which no name of a file tells; else as guessed.
    """
    if not content.startswith(b"{"):
        return guessed
    try:
        value = canon.decode(content, limit=instrument.MAX_INSTRUMENT)
    except Fault:
        return guessed
    if set(value) == _FILLED and len(content) <= forms.MAX_FILLED:
        return forms.MEDIA_TYPE
    try:
        instrument.read(content)
    except Fault:
        return guessed
    return instrument.MEDIA_TYPE


def implied(
    view: OfficeView, kind: Kind, row: Row | None, matter: str | None, texts: Sequence[Text]
) -> dict[str, Any]:
    """The facts that an act of this kind need not be given: what names its matter, the joint text that
    stands and that it signs, and the form that is enclosed, blank or filled in, with its class.

    The digest of a joint text that it encloses itself is stated when it is committed to (`acting.act`).
    """
    found: dict[str, Any] = {}
    if matter is not None:
        found |= _of_matter(view, row, matter)
    for text in texts:
        found |= _of_form(text)
    takes = {fact.name for fact in kind.takes}
    if "form" not in takes:
        found.pop("class", None)  # the class of a subject, not that of a joint text
    return {name: value for name, value in found.items() if name in takes}


def states_itself(kind: Kind, texts: Sequence[Text]) -> bool:
    """Whether the fact `text` of an act of this kind is the digest of what goes along with it."""
    needs = any(fact.name == "text" and fact.type == "digest" and fact.required for fact in kind.facts)
    return needs and joint_text(texts) is not None


def _of_matter(view: OfficeView, row: Row | None, matter: str) -> Mapping[str, Any]:
    acts = [act for act in view.ledger.matter(matter) if not act.void and act.move is not None]
    if not acts or acts[0].move is None:
        return {}
    key, stated = view.office.procedure(acts[0]).key, acts[0].move.facts
    named = {part: stated[part] for part in (key.parts if key else ()) if part in stated}
    text = view.office.state(matter).state.slots.get("text")
    puts = row is None or any(write.slot == "text" for write in row.writes)
    if not puts and isinstance(text, str):
        named["text"] = text
    return named


def _of_form(text: Text) -> Mapping[str, Any]:
    """The form that a text is filled in on, or the form that it is."""
    if text.type == forms.MEDIA_TYPE:
        said = canon.decode(text.content, limit=forms.MAX_FILLED)
        shipped = forms.shipped().get(str(said["form"]))
        return {"form": said["form"], **({"class": shipped.subject} if shipped is not None else {})}
    if not text.content.startswith(b'{"$id":"urn:yeollak:form:'):
        return {}
    try:
        form = forms.read_form(text.content)
    except Fault:
        return {}
    return {"digest": form.digest, "form": form.id}
