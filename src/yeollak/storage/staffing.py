"""Staffing: the only writer of a node's accounts, sessions and audit log, no part of the record.

The store keeps digests of tokens and recovery codes and the Argon2id of passphrases; whoever reads it can
sign in as nobody whose passphrase he has not. Every step is a line of the audit log in the same transaction.
A deed without a person (`by`) is the operator's, at the machine.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q

from yeollak.errors import OurFault
from yeollak.storage import factors
from yeollak.storage.asking import Asking
from yeollak.storage.entrance import FRESH, HALF, IDLE, KNOWN, LASTS, Entered
from yeollak.storage.local import Account, Audit, DeskDevice, DeskSession
from yeollak.storage.persons import (
    LEAST,
    ROLE_NAMES,
    UNTOLD,
    Person,
    Who,
    check_passphrase,
    fold,
    new_name,
    person_of,
    shown_name,
)
from yeollak.words.foreign import clean

__all__ = [
    "FRESH",
    "HALF",
    "IDLE",
    "KNOWN",
    "LASTS",
    "LEAST",
    "ROLE_NAMES",
    "Entered",
    "Person",
    "Staffing",
    "Who",
    "fold",
]

_LONGEST_KEY: Final = 64


class Staffing(Asking):
    """The local tables of the database `alias`. `hasher` may be a cheap one for tests and demonstrations."""

    # accounts

    def make_account(
        self,
        name: str,
        role: str,
        passphrase: str,
        now: datetime,
        *,
        shown: str = "",
        officers: Mapping[str, str] | None = None,
        offices: Collection[str] = (),
        language: str = "en",
        by: Person | None = None,
    ) -> Person:
        """A new account, which opens `offices` and those in which it has an officer.

        Raises OurFault(`account-exists`, `account-name`, `officer-taken`, `passphrase-long`,
        `passphrase-weak`, `role-unknown`).
        """
        folded = new_name(name)
        _check_role(role)
        check_passphrase(passphrase)
        hashed = self._hashed(passphrase)
        with self.atomic():
            self._check_officers(officers or {}, None)
            # Of two that make it at once, one makes it.
            row, fresh = self._all(Account).get_or_create(
                name=folded,
                defaults={
                    "shown": shown_name(shown or name),
                    "role": role,
                    "passphrase": hashed,
                    "officers": json.dumps(dict(officers or {})),
                    "offices": json.dumps(sorted(offices)),
                    "language": language,
                    "given": by is not None,
                    "created": now,
                },
            )
            if not fresh:
                raise OurFault("account-exists", name=folded)
            self._done(now, "account-made", row, by, role=role)
        return person_of(row)

    def people(self, office: str = "", *, disabled: bool = False) -> list[Person]:
        """All accounts, or those that may open an office, by name; those that are disabled only where they
        are asked for.
        """
        rows = self._all(Account) if disabled else self._all(Account).filter(disabled=None)
        found = [person_of(row) for row in rows.order_by("name")]
        return [one for one in found if not office or office in one.opens]

    def account(self, number: int) -> Person | None:
        """The account of a number, or None."""
        row = self._all(Account).filter(id=number).first()
        return person_of(row) if row is not None else None

    def last_used(self) -> dict[int, datetime]:
        """Account -> when a session of it was last used, as far as sessions are kept."""
        rows = self._all(DeskSession).filter(half=False).values_list("account").annotate(Max("used"))
        return {number: at for number, at in rows if at is not None}

    def give(
        self,
        name: str,
        now: datetime,
        by: Person | None = None,
        *,
        role: str | None = None,
        shown: str | None = None,
        language: str | None = None,
        officers: Mapping[str, str] | None = None,
        offices: Collection[str] | None = None,
        settings: Mapping[str, Any] | None = None,
        keepers: Collection[str] = (),
    ) -> Person:
        """Change what is given of an account. `keepers` are roles of which one account must be left.

        Raises OurFault(`account-last`, `account-own`, `account-unknown`, `officer-taken`, `role-unknown`).
        """
        changes: dict[str, Any] = {}
        with self.atomic():
            kept = self._keepers(keepers)
            row = self._account(name)
            if role is not None and role != row.role:
                _check_role(role)
                self._check_keepers(row, by, kept if role not in keepers else None)
                changes["role"] = role
            if shown is not None:
                changes["shown"] = shown_name(shown) or row.name
            if language is not None:
                changes["language"] = language[:8]
            if officers is not None:
                self._check_officers(officers, row)
                changes["officers"] = json.dumps(dict(officers))
            if offices is not None:
                changes["offices"] = json.dumps(sorted(offices))
            if settings is not None:
                changes["settings"] = json.dumps(dict(settings))
            for field, value in changes.items():
                setattr(row, field, value)
            row.save(using=self.alias, update_fields=sorted(changes))
            told: dict[str, Any] = {"role": role} if "role" in changes else {}
            if offices is not None:
                told["offices"] = sorted(office[:16] for office in offices)
            self._done(now, "account-changed", row, by, fields=sorted(changes), **told)
        return person_of(row)

    def disable(
        self, name: str, now: datetime, by: Person | None = None, *, keepers: Collection[str] = ()
    ) -> None:
        """Let an account sign in no more, and end its sessions.

        Raises OurFault(`account-last`, `account-own`, `account-unknown`).
        """
        with self.atomic():
            kept = self._keepers(keepers)
            row = self._account(name)
            self._check_keepers(row, by, kept)
            row.disabled = now
            row.save(using=self.alias, update_fields=["disabled"])
            self._shut(row, now)
            self._done(now, "account-disabled", row, by)

    def enable(self, name: str, now: datetime, by: Person | None = None) -> None:
        """Let an account sign in again, with what it had.

        Raises OurFault(`account-unknown`, `officer-taken`).
        """
        with self.atomic():
            row = self._account(name)
            self._check_officers(json.loads(row.officers), row)
            row.disabled = None
            row.save(using=self.alias, update_fields=["disabled"])
            self._done(now, "account-enabled", row, by)

    def set_passphrase(self, name: str, passphrase: str, now: datetime, by: Person | None = None) -> None:
        """Give an account another passphrase; its other sessions end, and its locks.

        Raises OurFault(`account-unknown`, `passphrase-long`, `passphrase-weak`).
        """
        check_passphrase(passphrase)
        hashed = self._hashed(passphrase)
        with self.atomic():
            row = self._account(name)
            own = by is not None and by.id == row.id
            row.passphrase, row.given = hashed, by is not None and not own
            row.save(using=self.alias, update_fields=["passphrase", "given"])
            self._shut(row, now, but=by.session if by is not None and own else "")
            self._throttle.forget(row.name, row.id)
            self._done(now, "passphrase-changed", row, by)

    def unlock(self, name: str, now: datetime, by: Person | None = None) -> None:
        """End the time that a name must wait after failures. Raises OurFault(`account-unknown`)."""
        with self.atomic():
            row = self._account(name)
            self._throttle.forget(row.name, row.id)
            self._done(now, "account-unlocked", row, by)

    # the second factor

    def begin_factor(self, person: Person) -> str:
        """A secret for a new second factor, the same until a code has shown that a device has it."""
        with self.atomic():
            row = self._account(person.name)
            if not row.totp_new:
                row.totp_new = factors.new_secret()
                row.save(using=self.alias, update_fields=["totp_new"])
        return str(row.totp_new)

    def take_factor(self, person: Person, code: str, now: datetime) -> list[str]:
        """Take the secret that was begun as the second factor, once a code shows that the device has it;
        returns recovery codes, which are shown once. Other sessions end. Raises OurFault(`factor-wrong`).
        """
        self._ask_again(person, now)
        with self.atomic():
            row = self._account(person.name)
            codes = factors.new_codes()
            row.totp, row.totp_new, row.totp_used, row.recovery = row.totp_new, "", "[]", "[]"
            right = bool(row.totp) and bool(factors.take(row, code, now))
            if right:
                row.recovery = factors.kept(codes)
                row.save(using=self.alias, update_fields=["totp", "totp_new", "totp_used", "recovery"])
                self._shut(row, now, but=person.session)
                self._all(DeskSession).filter(digest=person.session).update(factor=now, wrong=0)
                self._done(now, "factor-set", row, person)
        if not right:
            raise OurFault("factor-wrong")
        return codes

    def new_codes(self, person: Person, now: datetime) -> list[str]:
        """Fresh recovery codes, which are shown once; the old ones are good no more. Raises OurFault
        (`factor-none`).
        """
        codes = factors.new_codes()
        with self.atomic():
            row = self._account(person.name)
            if not row.totp:
                raise OurFault("factor-none")
            row.recovery = factors.kept(codes)
            row.save(using=self.alias, update_fields=["recovery"])
            self._done(now, "codes-made", row, person)
        return codes

    def reset_factor(self, name: str, now: datetime, by: Person | None = None) -> None:
        """Take the second factor from an account whose device is lost; its other sessions end.

        Raises OurFault(`account-unknown`).
        """
        with self.atomic():
            row = self._account(name)
            row.totp, row.totp_new, row.totp_used, row.recovery = "", "", "[]", "[]"
            row.save(using=self.alias, update_fields=["totp", "totp_new", "totp_used", "recovery"])
            self._shut(row, now, but=by.session if by is not None and by.id == row.id else "")
            self._done(now, "factor-reset", row, by)

    # the audit log

    def note(
        self, now: datetime, person: Person, action: str, office: str = "", who: Who = UNTOLD, **detail: Any
    ) -> None:
        """Write one line of the audit log. `detail` never holds a secret."""
        with self.atomic():
            self._log(now, action, person.name, account=person, office=office, who=who, **detail)

    def audit(
        self,
        most: int = 200,
        before: int | None = None,
        *,
        name: str = "",
        action: str = "",
        offices: Collection[str] | None = None,
    ) -> list[Audit]:
        """The newest lines of the audit log: before the line `before`, by or about a name, of an action; with
        `offices`, but for what was done in other ones, and by or to accounts that may open none of these.
        """
        rows = self._all(Audit).order_by("-id")
        rows = rows if before is None else rows.filter(id__lt=before)
        rows = rows.filter(Q(name=fold(name)) | Q(about=fold(name))) if name else rows
        if (name and not fold(name)) or not (action.isascii() and action.isprintable()):
            return []  # nobody and nothing is called so, and not every database takes the question
        if offices is not None:
            others = [one.name for one in self.people(disabled=True) if not one.opens & set(offices)]
            rows = rows.filter(office__in=["", *offices]).exclude(name__in=others).exclude(about__in=others)
        return list((rows.filter(action=action) if action else rows)[:most])

    # steps

    def _account(self, name: str) -> Account:
        row: Account | None = self._all(Account).select_for_update().filter(name=fold(name)).first()
        if row is None:
            raise OurFault("account-unknown", name=clean(name, longest=64))
        return row

    def _check_officers(self, officers: Mapping[str, str], row: Account | None) -> None:
        """One key, one person: otherwise a signature would name nobody."""
        for other in self._all(Account).filter(disabled=None).exclude(id=row.id if row is not None else None):
            held = json.loads(other.officers)
            for office, key in officers.items():
                if key and held.get(office) == key:
                    raise OurFault("officer-taken", officer=key[:_LONGEST_KEY], name=other.name)

    def _keepers(self, roles: Collection[str]) -> set[int] | None:
        """The accounts that keep the accounts, locked before all others and in one order, so that two who
        disable each other wait for one another; None where it does not matter.
        """
        if not roles:
            return None
        rows = self._all(Account).select_for_update().filter(role__in=list(roles), disabled=None)
        return {row.id for row in rows.order_by("id")}

    def _check_keepers(self, row: Account, by: Person | None, kept: set[int] | None) -> None:
        """Nobody changes what he himself may do, and somebody who keeps accounts is left."""
        if by is not None and by.id == row.id:
            raise OurFault("account-own")
        if kept == {row.id}:
            raise OurFault("account-last")

    def _shut(self, row: Account, now: datetime, but: str = "") -> None:
        """End the sessions of an account except one, and trust none of its browsers."""
        self._all(DeskSession).filter(account=row, revoked=None).exclude(digest=but).update(revoked=now)
        if not but:
            self._all(DeskDevice).filter(account=row).delete()

    def _done(self, now: datetime, action: str, row: Account, by: Person | None, **detail: Any) -> None:
        about = "" if by is not None and by.id == row.id else row.name
        self._log(now, action, by.name if by is not None else "", account=by, about=about, **detail)


def _check_role(role: str) -> None:
    if role not in ROLE_NAMES:
        raise OurFault("role-unknown", role=clean(role, longest=32))
