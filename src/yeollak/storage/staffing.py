"""Staffing: the only writer of a node's local tables: accounts, sessions, audit.

Signing in gives one answer for every failure, takes as long for a name that does not exist, and locks a name
for a time that doubles. The store keeps digests of tokens and recovery codes and the Argon2id of passphrases;
whoever reads it can sign in as nobody. Every step is a line of the audit log in the same transaction.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyotp
from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from yeollak.errors import OurFault
from yeollak.storage.local import Account, Audit, DeskSession
from yeollak.storage.writer import Writer

LEAST: Final = 12
#: How long a session lasts, and how long without use; how long a second factor is fresh for a joint act.
LASTS, IDLE, FRESH = timedelta(hours=12), timedelta(hours=1), timedelta(minutes=5)
#: After so many failures a name is locked, first for this long.
_FAILURES, _LOCK, _LONGEST = 5, timedelta(minutes=1), timedelta(hours=8)
_TOUCH: Final = timedelta(minutes=1)
_STEP: Final = 30
_RECOVERY: Final = 10
#: What would be tried first, as far as it is long enough.
_COMMON: Final = frozenset(
    {"passwordpassword", "123456789012", "1234567890123", "qwertyuiop12", "yeollakyeollak"}
)


@dataclass(frozen=True, slots=True)
class Who:
    """Where a request comes from, as far as the log keeps it."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as pages need it; `officers` is {office: key id}. `fresh` says that a second factor was
    given lately enough for a joint act.
    """

    id: int
    name: str
    shown: str
    role: str
    language: str
    officers: Mapping[str, str]
    settings: Mapping[str, Any]
    has_factor: bool
    session: str = ""
    fresh: bool = False


class Staffing(Writer):
    """The local tables of the database `alias`. `hasher` may be a cheap one for tests and demonstrations."""

    def __init__(self, alias: str = "default", hasher: PasswordHasher | None = None) -> None:
        super().__init__(alias)
        self._hasher = hasher or PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

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
        language: str = "en",
        by: Person | None = None,
    ) -> Person:
        """A new account. Raises OurFault(`account-exists`, `passphrase-weak`)."""
        self._check_passphrase(passphrase)
        folded = fold(name)
        with self.atomic():
            if self._all(Account).filter(name=folded).exists():
                raise OurFault("account-exists", name=folded[:64])
            row = self._all(Account).create(
                name=folded,
                shown=(shown or name).strip()[:64],
                role=role,
                passphrase=self._hasher.hash(_plain(passphrase)),
                officers=json.dumps(dict(officers or {})),
                language=language,
                created=now,
            )
            self._log(
                now, "account-made", by.name if by else folded, account=by.id if by else None, about=folded
            )
        return person_of(row)

    def people(self) -> list[Person]:
        """All accounts that are not disabled, by name."""
        return [person_of(row) for row in self._all(Account).filter(disabled=None).order_by("name")]

    def give(self, name: str, now: datetime, by: Person | None = None, **what: Any) -> Person:
        """Change `role`, `language`, `shown`, `officers` or `settings` of an account.

        Raises OurFault(`account-unknown`).
        """
        with self.atomic():
            row = self._account(name)
            for field, value in what.items():
                setattr(row, field, json.dumps(dict(value)) if field in ("officers", "settings") else value)
            row.save(using=self.alias, update_fields=sorted(what))
            self._log(
                now, "account-changed", by.name if by else row.name, about=row.name, fields=sorted(what)
            )
        return person_of(row)

    def disable(self, name: str, now: datetime, by: Person | None = None) -> None:
        """Let an account sign in no more, and end its sessions. Raises OurFault(`account-unknown`)."""
        with self.atomic():
            row = self._account(name)
            row.disabled = now
            row.save(using=self.alias, update_fields=["disabled"])
            self._all(DeskSession).filter(account=row, revoked=None).update(revoked=now)
            self._log(now, "account-disabled", by.name if by else row.name, about=row.name)

    def set_passphrase(self, name: str, passphrase: str, now: datetime, by: Person | None = None) -> None:
        """Give an account another passphrase; its other sessions end.

        Raises OurFault(`account-unknown`, `passphrase-weak`).
        """
        self._check_passphrase(passphrase)
        with self.atomic():
            row = self._account(name)
            row.passphrase = self._hasher.hash(_plain(passphrase))
            row.failures, row.locked_until = 0, None
            row.save(using=self.alias, update_fields=["passphrase", "failures", "locked_until"])
            kept = by.session if by is not None and by.id == row.id else ""
            self._all(DeskSession).filter(account=row, revoked=None).exclude(digest=kept).update(revoked=now)
            self._log(now, "passphrase-changed", by.name if by else row.name, about=row.name)

    # the second factor

    def new_factor(self, person: Person, now: datetime, code: str, secret: str) -> list[str]:
        """Take a secret as the second factor once a code shows that the device has it; returns recovery
        codes, which are shown once. Raises OurFault(`factor-wrong`).
        """
        codes = [secrets.token_hex(5) for _ in range(_RECOVERY)]
        with self.atomic():
            row = self._all(Account).select_for_update().get(id=person.id)
            row.totp, row.totp_step = secret, 0
            if not _factor(row, code, now):
                raise OurFault("factor-wrong")
            row.recovery = json.dumps([_digest(one) for one in codes])
            row.save(using=self.alias, update_fields=["totp", "totp_step", "recovery"])
            self._log(now, "factor-set", row.name, account=row.id)
        return codes

    def prove_factor(self, person: Person, code: str, now: datetime) -> None:
        """Note that the session has shown the second factor now. Raises OurFault(`factor-wrong`)."""
        with self.atomic():
            row = self._all(Account).select_for_update().get(id=person.id)
            right = bool(row.totp) and _factor(row, code, now)
            if right:
                row.save(using=self.alias, update_fields=["totp_step", "recovery"])
                self._all(DeskSession).filter(digest=person.session).update(factor=now)
            self._log(now, "factor-shown" if right else "factor-refused", row.name, account=row.id)
        if not right:
            raise OurFault("factor-wrong")

    # sessions

    def sign_in(
        self, name: str, passphrase: str, code: str, now: datetime, who: Who = Who()
    ) -> tuple[str, Person]:
        """A token for the browser, and who it is for.

        Raises OurFault(`sign-in-refused`), the same for every cause.
        """
        folded = fold(name)
        with self.atomic():
            row = self._all(Account).select_for_update().filter(name=folded, disabled=None).first()
            right = self._matches(row.passphrase if row else self._nobody, passphrase)
            locked = row is not None and row.locked_until is not None and row.locked_until > now
            if row is None or locked or not right or not (not row.totp or _factor(row, code, now)):
                self._note_failure(row, folded, locked, now, who)
                token = ""
            else:
                token = secrets.token_urlsafe(32)
                row.failures, row.locked_until = 0, None
                row.save(
                    using=self.alias, update_fields=["failures", "locked_until", "totp_step", "recovery"]
                )
                self._all(DeskSession).create(
                    digest=_digest(token),
                    account=row,
                    created=now,
                    used=now,
                    factor=now if row.totp else None,
                    address=who.address[:64],
                    agent=who.agent[:200],
                )
                self._log(now, "signed-in", folded, account=row.id, who=who)
        if not token or row is None:
            raise OurFault("sign-in-refused")
        return token, person_of(row, _digest(token), fresh=bool(row.totp))

    def person(self, token: str, now: datetime) -> Person | None:
        """Who a browser's token stands for, or None where its session is over, idle too long or revoked."""
        digest = _digest(token)
        session = self._all(DeskSession).select_related("account").filter(digest=digest, revoked=None).first()
        if session is None or session.account.disabled is not None:
            return None
        if now - session.created > LASTS or now - session.used > IDLE or now < session.created:
            return None
        if now - session.used > _TOUCH:
            self._all(DeskSession).filter(digest=digest).update(used=now)
        fresh = session.factor is not None and now - session.factor <= FRESH
        return person_of(session.account, digest, fresh=fresh)

    def sessions(self, person: Person) -> list[DeskSession]:
        """The sessions of an account that are not revoked, newest first."""
        rows = self._all(DeskSession).filter(account_id=person.id, revoked=None)
        return list(rows.order_by("-created"))

    def revoke(self, person: Person, digest: str, now: datetime) -> None:
        """End a session of one's own; ending the same one again changes nothing."""
        with self.atomic():
            rows = self._all(DeskSession).filter(digest=digest, account_id=person.id, revoked=None)
            if rows.update(revoked=now):
                self._log(now, "session-ended", person.name, account=person.id)

    def end_all(self, now: datetime) -> None:
        """End every session: a restart ends what a restored backup has brought back."""
        self._all(DeskSession).filter(revoked=None).update(revoked=now)

    # the audit log

    def note(
        self, now: datetime, person: Person, action: str, office: str = "", who: Who = Who(), **detail: Any
    ) -> None:
        """Write one line of the audit log. `detail` never holds a secret."""
        with self.atomic():
            self._log(now, action, person.name, account=person.id, office=office, who=who, **detail)

    def audit(self, most: int = 200, before: int | None = None) -> list[Audit]:
        """The newest lines of the audit log, before the line `before` where one is named."""
        rows = self._all(Audit).order_by("-id")
        return list((rows if before is None else rows.filter(id__lt=before))[:most])

    # steps

    def _account(self, name: str) -> Account:
        row: Account | None = self._all(Account).filter(name=fold(name)).first()
        if row is None:
            raise OurFault("account-unknown", name=fold(name)[:64])
        return row

    def _check_passphrase(self, passphrase: str) -> None:
        plain = _plain(passphrase)
        if len(plain) < LEAST or plain.casefold() in _COMMON or len(set(plain)) < 5:
            raise OurFault("passphrase-weak", least=LEAST)

    def _matches(self, kept: str, passphrase: str) -> bool:
        try:
            return self._hasher.verify(kept, _plain(passphrase))
        except (VerificationError, InvalidHashError):
            return False

    def _note_failure(self, row: Account | None, name: str, locked: bool, now: datetime, who: Who) -> None:
        if row is not None and not locked:
            row.failures += 1
            over = row.failures - _FAILURES
            if over >= 0:
                row.locked_until = now + min(_LOCK * 2 ** min(over, 16), _LONGEST)
            row.save(using=self.alias, update_fields=["failures", "locked_until"])
        action = "sign-in-locked" if locked else "sign-in-refused"
        self._log(now, action, name, account=row.id if row else None, who=who)

    def _log(
        self,
        now: datetime,
        action: str,
        name: str,
        *,
        account: int | None = None,
        office: str = "",
        who: Who = Who(),
        **detail: Any,
    ) -> None:
        self._all(Audit).create(
            at=now,
            account_id=account,
            name=name[:64],
            action=action,
            office=office,
            address=who.address[:64],
            detail=json.dumps(detail, ensure_ascii=False, sort_keys=True)[:4000],
        )


def fold(name: str) -> str:
    """A name as accounts are told apart by it: NFKC, without case or space around it."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:64]


def person_of(row: Account, session: str = "", *, fresh: bool = False) -> Person:
    """An account's row as pages have it."""
    return Person(
        row.id,
        row.name,
        row.shown,
        row.role,
        row.language,
        json.loads(row.officers),
        json.loads(row.settings),
        bool(row.totp),
        session,
        fresh,
    )


def _plain(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _factor(row: Account, code: str, now: datetime) -> bool:
    """Whether a code is right now: of this half minute or its neighbours, and newer than the last that was
    taken; or a recovery code that is still good, which is used up. Changes `row`, and saves nothing.
    """
    given = code.strip().replace(" ", "").casefold()
    digest, kept = _digest(given), json.loads(row.recovery)
    if digest in kept:
        row.recovery = json.dumps([one for one in kept if one != digest])
        return True
    step, totp = int(now.timestamp()) // _STEP, pyotp.TOTP(row.totp)
    for at in (step - 1, step, step + 1):
        if at > row.totp_step and secrets.compare_digest(totp.at(at * _STEP), given):
            row.totp_step = at
            return True
    return False
