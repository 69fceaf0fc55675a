"""Accounts: who works at this desk and may do what, and the log of what was tried and done here.

The table of roles is for everybody of this side; accounts and log are for whoever keeps them, after his
passphrase. Whom a key belongs to is chosen among our posted officers; what an officer may sign is in the
record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from yeollak.desk.staff.access import KEEPERS, ROLES, Permission, permission_word, role_word
from yeollak.desk.staff.audited import action_words
from yeollak.desk.staff.gate import LANGUAGES, Desk, office_of, page, staffing
from yeollak.desk.staff.moments import Shown, shown
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.errors import OurFault
from yeollak.storage import reading
from yeollak.storage.local import Audit
from yeollak.storage.staffing import LEAST, Person
from yeollak.words import NATIVE_NAMES, clean, direction
from yeollak.words.acts import value_word
from yeollak.words.called import office_name
from yeollak.words.faults import Worded

#: Lines of the log on one page.
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A permission as a row of the table: a yes or no for each role, in the order of `ROLES`."""

    word: str
    has: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class OfficerShown:
    """A posted officer of ours, whose key an account may be given."""

    key: str
    function: str


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the list."""

    id: int
    name: str
    shown: str
    role: str
    officer: OfficerShown | None
    has_factor: bool
    used: Shown | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class OfficeGiven:
    """An office on the page of an account: whether it was given, and whether a key opens it anyway."""

    number: int
    name: str
    given: bool
    by_key: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log. `who` is empty where nobody is known: `operator` tells whether it was the operator
    at the machine or an attempt under a name that does not exist.
    """

    at: Shown
    who: str
    operator: bool
    what: str
    about: str
    address: str
    times: int


def roles_table() -> list[RoleRow]:
    """The table of roles, from the one table that decides."""
    return [RoleRow(permission_word(one), tuple(one in has for has in ROLES.values())) for one in Permission]


def officers_of(desk: Desk) -> list[OfficerShown]:
    """Our posted officers in this office."""
    posted = desk.view.office.officers(desk.view.place)
    return [
        OfficerShown(key, value_word(desk.lang, "function", held.function) or held.function)
        for key, held in posted.items()
        if held.function != "node"
    ]


def rows_of(
    people: Iterable[Person], office: str, officers: Sequence[OfficerShown], used: Mapping[int, Shown]
) -> list[Row]:
    """The list of accounts; a key whose officer is posted no more is shown without a function."""
    known = {one.key: one for one in officers}
    rows = []
    for person in people:
        key = person.officers.get(office, "")
        officer = known.get(key) or (OfficerShown(key, "") if key else None)
        seen = used.get(person.id)
        rows.append(
            Row(
                person.id,
                person.name,
                person.shown,
                role_word(person.role),
                officer,
                person.has_factor,
                seen,
                person.disabled,
            )
        )
    return rows


def lines_of(rows: Iterable[Audit], zone: str, lang: str) -> list[Line]:
    """Lines of the log in words."""
    words = action_words()
    tried = {"sign-in-refused", "sign-in-locked"}
    return [
        Line(
            shown(row.at, zone, lang),
            row.name,
            not row.name and row.action not in tried,
            words.get(row.action, row.action),
            row.about,
            clean(row.address, longest=64),
            row.times,
        )
        for row in rows
    ]


@require_safe
@page(Permission.INSIDE)
def accounts(desk: Desk) -> HttpResponse:
    """The table of roles, and for whoever keeps them the accounts."""
    return _list(desk)


@page(Permission.ACCOUNTS, confirmed=True)
@sensitive_variables("passphrase")
def new(desk: Desk) -> HttpResponse:
    """Make an account, whose owner then chooses a passphrase of his own."""
    if desk.request.method != "POST":
        return _new(desk)
    post = desk.request.POST
    key, passphrase = post.get("officer", ""), post.get("passphrase", "")
    try:
        _check_posted(desk, key)
        staffing().make_account(
            post.get("name", ""),
            post.get("role", ""),
            passphrase,
            desk.now,
            shown=post.get("shown", ""),
            officers={desk.view.id: key} if key else {},
            offices=[desk.view.id],
            language=post.get("language", "") if post.get("language") in LANGUAGES else "en",
            by=desk.person,
        )
    except OurFault as fault:
        return _new(desk, in_words(desk, fault), post.dict())
    return HttpResponseRedirect(desk.url("accounts"))


@page(Permission.ACCOUNTS, confirmed=True)
def account(desk: Desk, account: int) -> HttpResponse:
    """One account: its role, its key, and what is done when a device or a passphrase is lost."""
    person = staffing().account(account)
    # Of somebody whom nothing here concerns, nothing is known here.
    if person is None or not (person.opens & desk.person.opens or not person.opens):
        raise Http404
    fault = None
    if desk.request.method == "POST":
        try:
            _do(desk, person)
            return HttpResponseRedirect(desk.url("account", account))
        except OurFault as problem:
            fault = in_words(desk, problem)
    context = {
        **frame(desk),
        **_choices(desk),
        "keeps": True,
        "account": person,
        "own": person.id == desk.person.id,
        "officer": person.officers.get(desk.view.id, ""),
        "within": person.opens <= desk.person.opens,
        "offices": _offices(desk, person),
        "fault": fault,
    }
    return render(desk.request, "staff/account.html", context, status=400 if fault else 200)


@require_safe
@page(Permission.ACCOUNTS, confirmed=True)
def audit(desk: Desk) -> HttpResponse:
    """The log, newest first, a page at a time, of one person or one action."""
    asked = desk.request.GET
    name, action = asked.get("name", "")[:64], asked.get("action", "")[:32]
    before = asked.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    rows = staffing().audit(MOST + 1, start, name=name, action=action, offices=desk.person.opens)
    kept = {"name": name, "action": action}
    older = urlencode({**kept, "before": rows[MOST - 1].id}) if len(rows) > MOST else ""
    context = {
        **frame(desk),
        "keeps": True,
        "lines": lines_of(rows[:MOST], desk.zone, desk.lang),
        "people": _known(desk),
        "actions": list(action_words().items()),
        "name": name,
        "action": action,
        "older": older,
        "newest": urlencode(kept) if start is not None else "",
    }
    return render(desk.request, "staff/audit.html", context)


@sensitive_variables("passphrase")
def _do(desk: Desk, person: Person) -> None:
    """The deed of a form on the page of an account. Raises OurFault(`permission-missing`) for one that opens
    an office which whoever keeps the accounts may not open himself: by its passphrase he would open it.
    """
    post, staff = desk.request.POST, staffing()
    deed = post.get("deed", "")
    if not person.opens <= desk.person.opens:
        raise OurFault("permission-missing", permission=Permission.ACCOUNTS.value)
    own = person.id == desk.person.id
    if deed == "change":
        key = post.get("officer", "")
        if key != person.officers.get(desk.view.id, ""):
            _check_posted(desk, key)
        officers = {office: held for office, held in person.officers.items() if office != desk.view.id}
        staff.give(
            person.name,
            desk.now,
            desk.person,
            role=post.get("role", person.role),
            shown=post.get("shown", person.shown),
            officers={**officers, desk.view.id: key} if key else officers,
            offices=_chosen(desk, post.getlist("office")) if "offices" in post and not own else None,
            keepers=KEEPERS,
        )
    elif deed == "passphrase":
        passphrase = post.get("passphrase", "")
        staff.set_passphrase(person.name, passphrase, desk.now, desk.person)
    elif deed == "unlock":
        staff.unlock(person.name, desk.now, desk.person)
    elif deed == "reset-factor":
        staff.reset_factor(person.name, desk.now, desk.person)
    elif deed == "disable":
        staff.disable(person.name, desk.now, desk.person, keepers=KEEPERS)
    elif deed == "enable":
        staff.enable(person.name, desk.now, desk.person)


def _known(desk: Desk) -> list[Person]:
    """The accounts that open an office which the person may open too, and those that open none yet."""
    people = staffing().people(disabled=True)
    return [one for one in people if not one.opens or one.opens & desk.person.opens]


def _chosen(desk: Desk, numbers: Sequence[str]) -> list[str]:
    """The offices of these numbers: nobody gives one that he may not open himself."""
    found = (office_of(desk.person, int(one[:6])) for one in numbers if one.isascii() and one.isdigit())
    return [office for office in found if office is not None]


def _offices(desk: Desk, person: Person) -> list[OfficeGiven]:
    """The offices that the person at the desk may open, and whether an account may."""
    given = []
    for number, office in enumerate(reading.offices(desk.hands.alias), 1):
        if office in desk.person.opens:
            charter = reading.office_view(desk.hands.alias, office).charter
            by_key = bool(person.officers.get(office))
            given.append(
                OfficeGiven(number, office_name(charter, desk.lang), office in person.offices, by_key)
            )
    return given


def _check_posted(desk: Desk, key: str) -> None:
    if key and key not in {one.key for one in officers_of(desk)}:
        raise OurFault("officer-not-posted", officer=key[:64])


def _choices(desk: Desk) -> dict[str, Any]:
    return {
        "roles": [(role, role_word(role)) for role in ROLES],
        "officers": officers_of(desk),
        "languages": [(one, NATIVE_NAMES[one], direction(one)) for one in LANGUAGES],
        "least": LEAST,
    }


def _new(desk: Desk, fault: Worded | None = None, given: Mapping[str, str] | None = None) -> HttpResponse:
    kept = {name: text for name, text in (given or {}).items() if name != "passphrase"}
    context = {**frame(desk), **_choices(desk), "keeps": True, "fault": fault, "given": kept}
    return render(desk.request, "staff/account-new.html", context, status=400 if fault else 200)


def _list(desk: Desk) -> HttpResponse:
    keeps = desk.may(Permission.ACCOUNTS)
    context: dict[str, Any] = {
        **frame(desk),
        "keeps": keeps,
        "role_words": [role_word(role) for role in ROLES],
        "table": roles_table(),
        "own_role": role_word(desk.person.role),
    }
    if keeps:
        used = {number: shown(at, desk.zone, desk.lang) for number, at in staffing().last_used().items()}
        context["rows"] = rows_of(_known(desk), desk.view.id, officers_of(desk), used)
    return render(desk.request, "staff/accounts.html", context)


URLS = [
    path("<int:number>/accounts/", accounts, name="accounts"),
    path("<int:number>/accounts/new/", new, name="account-new"),
    path("<int:number>/accounts/audit/", audit, name="audit"),
    path("<int:number>/accounts/<int:account>/", account, name="account"),
]
