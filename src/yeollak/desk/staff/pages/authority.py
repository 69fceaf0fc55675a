"""The authority key: what it is, what waits for it, and what is begun here because keys are made first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import pgettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.authority import OPERATOR, SIGNER, awaited, matter_of_kind, offered_to_authority
from yeollak.desk.staff.drafting import drafts
from yeollak.desk.staff.gate import Desk, page, staffing
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.suggesting import matter_label
from yeollak.errors import Fault, OurFault
from yeollak.office import officers as posts
from yeollak.procedures.posting import FUNCTIONS
from yeollak.record.document import Act
from yeollak.storage.desk_drafts import DraftRow, written
from yeollak.words.deeds import deed_word
from yeollak.words.facts import value_word

#: Roles of keys that are replaced here, the authority key first.
ROLES: Final = ("authority", "register", "receipt", "seal")
_POSTED: Final = tuple(name for name in FUNCTIONS if name != posts.NODE)
#: Where a deed is begun on this page instead of on that of its kind.
_HERE: Final = frozenset({"key.replace", "key.rotate", "posting.appoint", "register.reopen"})
#: Tables of the watch officer's day, which the authority key may sign and has no business with.
_DAILY: Final = frozenset({"presence", "watch"})


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the authority key may sign now: its verb, what it is about, and where it is written."""

    kind: str
    verb: str
    about: str
    url: str


@sensitive_post_parameters("passphrase", "again", "operator", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.AUTHORITY, confirmed=True)
def authority(desk: Desk) -> HttpResponse:
    """The page of the authority key; its forms make keys and begin drafts, or take the register up again."""
    if desk.request.method != "POST":
        return _shown(desk)
    try:
        return HttpResponseRedirect(_done(desk, desk.request.POST.get("do", "")))
    except Fault as fault:
        if fault.code == "sign-in-over":
            raise
        return _shown(desk, fault)


def _done(desk: Desk, do: str) -> str:
    """Do what a form asks, and say where to go on."""
    sent, hands = desk.request.POST, desk.hands
    _prove(desk)
    if do == "officer":
        passphrase = sent.get("passphrase", "")[:1000]
        if not passphrase or passphrase != sent.get("again", "")[:1000]:
            raise OurFault("officer-passphrase-otherwise")
        function = sent.get("function", "")
        public = hands.make_officer(passphrase)
        return _begin(desk, "posting.appoint", {"key": public, "function": function[:32]})
    if do == "keys":
        role = sent.get("role", "")
        with staffing().unlocking(desk.person, OPERATOR, desk.now):
            facts = hands.make_keys(desk.view.id, role, sent.get("operator", "")[:1000])
        return _begin(desk, "key.rotate" if role == "authority" else "key.replace", facts)
    if do == "reopen":
        words = {desk.lang: reason} if (reason := sent.get("reason", "").strip()[:500]) else {}
        with staffing().unlocking(desk.person, OPERATOR, desk.now):
            made = hands.reopen(desk.view.id, sent.get("operator", "")[:1000], words)
        return desk.url("act", made)
    raise OurFault("no-such-kind", kind=do[:64])


def _prove(desk: Desk) -> None:
    """Ask for the second factor as for a joint act. Raises OurFault(`factor-needed`, `factor-wrong`)."""
    if desk.person.fresh:
        return
    code = desk.request.POST.get("code", "")[:40]
    if not code.strip():
        raise OurFault("factor-needed")
    staffing().prove_factor(desk.person, code, desk.now)


def _begin(desk: Desk, kind: str, facts: Mapping[str, Any]) -> str:
    typed = {f"f.{name}": [str(value)] for name, value in facts.items()} | {SIGNER: [posts.AUTHORITY]}
    data = written({"request": secrets.token_hex(12), "typed": typed}, desk.person)
    held = drafts(desk).begin(desk.view.id, desk.person, kind, matter_of_kind(desk, kind), data, desk.now)
    return desk.url("draft", held.id)


def _shown(desk: Desk, fault: Fault | None = None) -> HttpResponse:
    view = desk.view
    register = (view.ledger.held(view.place), view.ledger.counted(view.place))
    context = {
        **frame(desk, "record"),
        "key": desk.hands.authority(view.id),
        "awaited": [_deed(desk, one.kind, one.matter) for one in awaited(desk)],
        "deeds": _deeds(desk),
        "held": [_draft(desk, one) for one in _prepared(desk)],
        "functions": [(name, value_word(desk.lang, "function", name) or name) for name in _POSTED],
        "roles": [(role, _role_word(role)) for role in ROLES],
        "asks_code": not desk.person.fresh,
        "has_factor": desk.person.has_factor,
        "stuck": register if register[0] != register[1] else None,
        "fault": in_words(desk, fault) if fault is not None else None,
    }
    return render(desk.request, "staff/authority.html", context, status=409 if fault is not None else 200)


def _deeds(desk: Desk) -> list[Deed]:
    """What the authority key may open now, but for what is begun by a form of this page."""
    return [
        _deed(desk, offer.kind.name, None)
        for offer in offered_to_authority(desk, None)
        if offer.kind.name not in _HERE and offer.procedure not in _DAILY
    ]


def _deed(desk: Desk, kind: str, matter: str | None) -> Deed:
    told = _about(desk, matter) if matter is not None else ""
    return Deed(kind, deed_word(desk.lang, kind), told, _write(desk, kind, matter))


def _draft(desk: Desk, one: DraftRow) -> tuple[str, str, str]:
    return deed_word(desk.lang, one.kind), desk.url("preview", one.id), one.owner_shown


def _write(desk: Desk, kind: str, matter: str | None) -> str:
    asked = {SIGNER: posts.AUTHORITY} | ({"matter": matter} if matter else {})
    return f"{desk.url('compose-kind', kind)}?{urlencode(asked)}"


def _about(desk: Desk, matter: str) -> str:
    folds = desk.view.office.folds(matter)
    phase = desk.view.office.state(matter).state.phase
    return matter_label(desk.view, desk.lang, matter, folds.procedure.name, phase)


def _prepared(desk: Desk) -> list[DraftRow]:
    """The drafts that are prepared for the authority key and not signed yet."""
    kid, found = desk.hands.authority(desk.view.id).kid, []
    for one in drafts(desk).listed(desk.view.id):
        kept = one.data.get("prepared")
        if isinstance(kept, Mapping) and Act.parse(str(kept["document"]).encode()).officer == kid:
            found.append(one)
    return found


def _role_word(role: str) -> str:
    return {
        "authority": pgettext("keys", "the authority key"),
        "register": pgettext("keys", "the keys that sign our register"),
        "receipt": pgettext("keys", "the keys that give receipts"),
        "seal": pgettext("keys", "the key to which parcels are sealed"),
    }[role]


URLS = [path("<int:number>/authority/", authority, name="authority")]
