"""A form: one JSON Schema with labels in every language, known by its id and by the digest of its bytes.

What both sides adopt is a pair (id, digest). A form that comes from the other side is read like any hostile
bytes: a keyword that is not one of ours, a bound beyond ours or a missing label refuses it whole. Source:
docs/spec/15-forms.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from yeollak.forms.fields import (
    LONGEST_HELP,
    LONGEST_LABEL,
    Field,
    Pairs,
    Texts,
    members,
    read_fields,
    refuse,
    texts,
    token,
)
from yeollak.forms.mapping import Mapped, mapping
from yeollak.record import canon

MAX_FORM: Final = 128 * 1024  # bytes
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ID_PREFIX: Final = "urn:yeollak:form:"


@dataclass(frozen=True)
class Form:
    """A form that was read and found within the rules.

    `subject` is the class of subject that a notice on this form has (`flood`, `disease` …); `schema` is the
    whole form, which is a JSON Schema that any validator of Draft 2020-12 can use; `alert` says how it is
    read out as an alert, where it can be.
    """

    id: str
    subject: str
    urgent: bool
    label: Texts
    help: Texts = field(repr=False)
    fields: tuple[Field, ...] = field(repr=False)
    ordered: Pairs = field(repr=False)
    alert: Mapped | None = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)

    @cached_property
    def data(self) -> bytes:
        """The bytes of the form: the deterministic JSON of its schema."""
        return canon.encode(self.schema, what="the form")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `data` in hex: with the id, what both sides adopt."""
        return sha256(self.data).hexdigest()


def read_form(data: bytes) -> Form:
    """The form that `data` is the deterministic JSON of.

    Raises RecordFault: `too-large` or `malformed` for the bytes, `form-refused` for what they say.
    """
    return form_of(canon.decode(data, limit=MAX_FORM, what="the form"))


def form_of(value: Any) -> Form:
    """The form that `value` describes; its bytes are the deterministic JSON of `value`.

    Raises RecordFault(`form-refused`) with the place and the reason for anything outside the rules, and
    `malformed` or `too-large` for a value whose deterministic JSON does not exist or is beyond 128 KiB.
    """
    canon.decode(canon.encode(value, what="the form"), limit=MAX_FORM, what="the form")
    wanted = {"$schema", "$id", "type", "additionalProperties", "properties", "required", "x-form", "x-order"}
    top = members(value, "", wanted, {"x-ordered"})
    head = members(top["x-form"], "/x-form", {"class", "urgent", "label", "help"}, {"alert"})
    if top["$schema"] != DRAFT:
        refuse("/$schema", f"it is not {DRAFT}")
    name = top["$id"]
    if not isinstance(name, str) or not name.startswith(ID_PREFIX):
        refuse("/$id", f"it does not begin with {ID_PREFIX}")
    if type(head["urgent"]) is not bool:
        refuse("/x-form/urgent", "it is neither true nor false")
    fields, ordered = read_fields(top, "", rows=True)
    return Form(
        id=token(name.removeprefix(ID_PREFIX), "/$id"),
        subject=token(head["class"], "/x-form/class"),
        urgent=head["urgent"],
        label=texts(head["label"], "/x-form/label", LONGEST_LABEL),
        help=texts(head["help"], "/x-form/help", LONGEST_HELP),
        fields=fields,
        ordered=ordered,
        alert=mapping(head["alert"], fields) if "alert" in head else None,
        schema=value,
    )


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Form]:
    """The forms that come with this software, by id in the order of ids.

    They are proposals: what counts between two sides is the catalogue that both have adopted.
    """
    found = {}
    for path in files("yeollak.forms").joinpath("data").iterdir():
        if path.name.endswith(".json"):
            form = form_of(json.loads(path.read_text(encoding="utf-8")))
            found[form.id] = form
    return dict(sorted(found.items()))
