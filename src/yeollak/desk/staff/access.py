"""Who may do what at the desk: one table, which the accounts page shows as it is.

What an officer may do in the record is decided by his posting and never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import get_language, pgettext

from yeollak.errors import OurFault
from yeollak.storage.staffing import Person
from yeollak.words.acts import value_word


class Permission(StrEnum):
    """What a role may or may not do at the desk."""

    SEE = "see"
    INSIDE = "inside"
    DRAFT = "draft"
    RELEASE = "release"
    SIGN = "sign"
    ACKNOWLEDGE = "acknowledge"
    EXPORT = "export"
    ACCOUNTS = "accounts"
    AUTHORITY = "authority"


_P = Permission
_OFFICER = frozenset({_P.SEE, _P.INSIDE, _P.DRAFT, _P.SIGN, _P.EXPORT})
#: role -> what it may do. `reader` is a guarantor's reader, who sees the record and
#: nothing that this side keeps to itself.
ROLES: Final[Mapping[str, frozenset[Permission]]] = {
    "co-head": _OFFICER | {_P.RELEASE, _P.ACKNOWLEDGE, _P.ACCOUNTS, _P.AUTHORITY},
    "deputy-head": _OFFICER | {_P.RELEASE, _P.ACKNOWLEDGE, _P.AUTHORITY},
    "liaison": _OFFICER | {_P.RELEASE, _P.ACKNOWLEDGE},
    "duty": _OFFICER | {_P.ACKNOWLEDGE},
    "interpreter": _OFFICER,
    "technical": _OFFICER | {_P.ACKNOWLEDGE, _P.ACCOUNTS, _P.AUTHORITY},
    "archivist": frozenset({_P.SEE, _P.INSIDE, _P.EXPORT}),
    "reader": frozenset({_P.SEE, _P.EXPORT}),
}

#: Roles of which one account must always be left: nobody else can make another.
KEEPERS: Final = frozenset(role for role, has in ROLES.items() if _P.ACCOUNTS in has)


def role_word(role: str) -> str:
    """What a role is called: the function of its officers, where it has any."""
    if role == "archivist":
        return pgettext("desk role", "archivist")
    if role == "reader":
        return pgettext("desk role", "guarantor's reader")
    return value_word(get_language() or "en", "function", role) or role


def permission_word(permission: Permission) -> str:
    """What a permission lets one do."""
    return {
        _P.SEE: pgettext("permission", "see every page of the office"),
        _P.INSIDE: pgettext("permission", "read what lies sealed here, and see who has accounts"),
        _P.DRAFT: pgettext("permission", "draft"),
        _P.RELEASE: pgettext("permission", "release what another has drafted"),
        _P.SIGN: pgettext("permission", "sign with an officer's key"),
        _P.ACKNOWLEDGE: pgettext("permission", "acknowledge alarms"),
        _P.EXPORT: pgettext("permission", "export, verify, make exhibits"),
        _P.ACCOUNTS: pgettext("permission", "keep the accounts of this desk"),
        _P.AUTHORITY: pgettext("permission", "draft for the authority key, and make keys"),
    }[permission]


def may(person: Person, permission: Permission) -> bool:
    """Whether a person's role has a permission."""
    return permission in ROLES.get(person.role, frozenset())


def require(person: Person, permission: Permission) -> None:
    """Raise OurFault(`permission-missing`) unless a person's role has a permission."""
    if not may(person, permission):
        raise OurFault("permission-missing", permission=permission.value)
